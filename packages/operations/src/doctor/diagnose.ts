import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { hubServers } from '@payment-manager/configuration/addresses';
import { CredentialsInvalid, loadTlsCredentials } from '@payment-manager/configuration/files';
import { certificatesOf } from '@payment-manager/connection-manager-client';
import type { ConnectorEndpoint } from '@payment-manager/core-connector';
import { type LoadedKeys, loadKeys, openHubTokens } from '@payment-manager/credentials';
import { openManager } from '@payment-manager/credentials/manager-api';
import type { Credentials, World } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault, type Vault, VaultError } from '@payment-manager/vault';
import { openConfiguredVault } from '@payment-manager/vault/configured';
import { operationsTokenFile } from '../access/operations-access.ts';
import { type Authorization, authorizationIn } from '../access/operations-token.ts';
import { lookAtConnectionManager, lookAtHubToken, lookAtPkiEngine } from './access.ts';
import { certificateFindings } from './certificates.ts';
import { connectorFindings } from './core-connector.ts';
import type { EndpointOrder } from './endpoint.ts';
import { examine } from './examine.ts';
import { fileFindings } from './files.ts';
import { type Finding, findingsOf } from './finding.ts';
import { lookAtJournal } from './journal.ts';
import { proxyBefore } from './proxy-before.ts';
import { signatureFindings } from './signatures.ts';

export type DoctorWorld = Omit<World, 'failpoints'>;

/** For each look: whoever needs longer is not well. */
const TIMEOUT_MS = 5_000;

/** Looks at everything that a Payment Manager with this configuration depends on. Changes nothing. */
export async function diagnose(config: Config, world: DoctorWorld): Promise<readonly Finding[]> {
  const opened: Opened = {
    known: [...(await fileFindings(config, world.clock.now())), ...(await connectorFindings(config)).findings],
    close: [],
  };
  try {
    await openKeys(config, world, opened);
    const manager = opened.environment && (await openManager(config, opened.environment, world.clock));
    opened.close.push(async () => manager?.close());
    const hubTokens = await openHubTokens(config, world.clock, opened.environment);
    opened.close.push(async () => hubTokens?.close());
    const pki = config.vault.hashicorp.pki.serverRole === undefined ? undefined : opened.environment?.authority;
    return await examine(
      {
        known: opened.known,
        disk: { dataFolder: config.dataFolder, minimumFreeBytes: config.operations.minimumFreeBytes },
        own: {
          inbound: config.inbound,
          operations: config.operations,
          authorization: await authorizationOf(config, opened),
          inboundCertificate: config.inbound.tls.enabled ? certificateOf(opened.keys?.inbound) : 'plain',
          proxy: opened.environment && (await proxyBefore(config, opened.environment)),
          environment: config.environment,
          timeoutMs: TIMEOUT_MS,
        },
        endpoints: await endpointsOf(config, opened.keys),
        questions: [
          () => lookAtJournal(config),
          ...(pki ? [() => lookAtPkiEngine(pki)] : []),
          ...(manager ? [() => lookAtConnectionManager(manager.api, config.fspId)] : []),
          ...(hubTokens ? [() => lookAtHubToken(hubTokens.tokens)] : []),
        ],
      },
      world.clock,
    );
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    return [...opened.known, findingsOf('credentials').failed('files', error.message, 'Correct what the message names.')];
  } finally {
    for (const close of opened.close.reverse()) await close();
  }
}

/** Who may not read the token is told so, and the rest is looked at. */
async function authorizationOf(config: Config, { known }: Opened): Promise<Authorization> {
  try {
    return await authorizationIn(operationsTokenFile(config));
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    known.push(findingsOf('product').warning('token', error.message, 'Run the command as the product’s user.'));
    return {};
  }
}

interface Opened {
  readonly known: Finding[];
  readonly close: (() => Promise<unknown> | unknown)[];
  keys?: LoadedKeys;
  environment?: Environment;
}

/** What cannot be opened is told; the rest is looked at without it. */
async function openKeys(config: Config, world: DoctorWorld, opened: Opened): Promise<void> {
  try {
    const vault = config.vault.store === 'none' ? undefined : await openVaultToLook(config, world, opened);
    opened.keys = await loadKeys(config, vault, world);
    opened.close.push(() => opened.keys?.stop());
  } catch (error) {
    if (error instanceof CredentialsInvalid)
      opened.known.push(findingsOf('files').skipped('in use', 'checks that need these files are made without them'));
    else if (error instanceof VaultError)
      opened.known.push(
        findingsOf('vault').failed(
          'open',
          `${error.code}: ${error.message}`,
          'Correct what the message names; docs/errors.md explains each code.',
        ),
      );
    else throw error;
  }
}

async function openVaultToLook(config: Config, world: DoctorWorld, opened: Opened): Promise<Vault> {
  const vault = (await presentVault(config, world)) ?? (await openVault({ store: memoryStore(), ...world }));
  opened.close.push(() => vault.close());
  opened.known.push(
    vaultIsThere(config)
      ? findingsOf('vault').passed('open', `opens; environment ${config.environment}`)
      : findingsOf('vault').skipped('open', 'does not exist yet; the first start creates it'),
  );
  const environment = vault.environment(config.environment);
  opened.environment = environment;
  const needs = { client: config.hub.tls.enabled, server: config.inbound.tls.enabled || config.connectionManager.url !== undefined };
  opened.known.push(...certificateFindings(await certificatesOf(environment), needs, world.clock.now()));
  opened.known.push(...(await signatureFindings(config, environment)));
  return vault;
}

/** Undefined: it is not there yet, and a look must not make it. @throws VaultError */
async function presentVault(config: Config, world: DoctorWorld): Promise<Vault | undefined> {
  return vaultIsThere(config) ? (await openConfiguredVault(config, world))?.vault : undefined;
}

function vaultIsThere({ vault, dataFolder }: Config): boolean {
  return vault.store !== 'file' || existsSync(vault.folder ?? join(dataFolder, 'vault'));
}

/** Undefined while something is missing. */
function credentialsOf(side: LoadedKeys['hub']): Credentials | undefined {
  return side?.missing() === undefined ? side?.credentials : undefined;
}

function certificateOf(side: LoadedKeys['inbound']): string | undefined {
  return credentialsOf(side)?.certificate;
}

async function endpointsOf(config: Config, keys: LoadedKeys | undefined): Promise<EndpointOrder[]> {
  const { hub, lifetimes, connectionManager } = config;
  const limits = { timeoutMs: TIMEOUT_MS, maxSkewMs: lifetimes.clockSkewMs };
  const coreCredentials = credentialsOf(keys?.core);
  const { oauth } = hub;
  const { url, tokenUrl, caFile } = connectionManager;
  return [
    ...hubEndpoints(config, credentialsOf(keys?.hub)),
    ...(await coreEndpoints(config)).map(({ url, own }) => ({
      part: 'core',
      url,
      ...limits,
      ...(own ?? (coreCredentials && { credentials: coreCredentials })),
    })),
    ...(await thirdParty('connection manager', url, caFile, limits)),
    ...(await thirdParty('token server', tokenUrl, caFile, limits)),
    ...(await thirdParty('hub token server', oauth.tokenUrl, oauth.caFile, limits)),
  ];
}

/** Where the core is called; none where a connector cannot be used, or calls nothing over HTTP. */
async function coreEndpoints(config: Config): Promise<readonly ConnectorEndpoint[]> {
  return config.core.baseUrl === undefined ? (await connectorFindings(config)).endpoints : [{ url: config.core.baseUrl }];
}

/** A server that asks for no client certificate. */
async function thirdParty(
  part: string,
  url: string | undefined,
  caFile: string | undefined,
  limits: Pick<EndpointOrder, 'timeoutMs' | 'maxSkewMs'>,
): Promise<EndpointOrder[]> {
  if (url === undefined) return [];
  const trust = caFile === undefined ? {} : { credentials: (await loadTlsCredentials(part, { caFile })).credentials };
  return [{ part, url, ...limits, ...trust }];
}

/** Each server of the hub once, with our side of TLS. */
export function hubEndpoints(config: Config, credentials: Credentials | undefined): EndpointOrder[] {
  const limits = { timeoutMs: TIMEOUT_MS, maxSkewMs: config.lifetimes.clockSkewMs };
  return hubServers(config).map((url) => ({ part: 'hub', url, ...limits, ...(credentials && { credentials }) }));
}

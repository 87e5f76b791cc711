import type { Config } from '@payment-manager/configuration';
import { ownOrigin } from '@payment-manager/configuration/addresses';
import { loadCaBundle } from '@payment-manager/configuration/files';
import type { ConnectionManagerApi } from '@payment-manager/connection-manager-client';
import { moreHubCas, withMoreCas } from '@payment-manager/credentials';
import { type Authorization, authorizationIn, operationsTokenFile } from '@payment-manager/operations/api';
import { type Finding, hubEndpoints, type OwnListeners, proxyBefore } from '@payment-manager/operations/doctor';
import {
  type OutboundClient,
  outboundClient,
  type PartyName,
  type ReadinessTest,
  type TestPayment,
} from '@payment-manager/operations/readiness-test';
import { type Credentials, createHttpClient, type HttpClient, Secret } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';

/** What is to be tested, and by which way. */
export interface ReadinessWish {
  /** Whom to look up; undefined: a number that nobody has. */
  readonly lookUp: PartyName | undefined;
  readonly payment: TestPayment | undefined;
  /** Undefined: there is no Connection Manager. */
  readonly api: ConnectionManagerApi | undefined;
  /** Whether the product runs. */
  readonly running: boolean;
  /** Another process has our servers: how they are looked at, and asked. */
  readonly elsewhere?: OwnServersElsewhere | undefined;
}

/** Our own servers, in another process. */
export interface OwnServersElsewhere extends OutboundClient {
  look(): Promise<readonly Finding[]>;
}

/** For each look. */
const TIMEOUT_MS = 5_000;
const ANSWERING_MS = 5_000;
/** Nobody has it: that this is the answer proves as much as a name. */
const NOBODY: PartyName = { idType: 'MSISDN', idValue: '000000000000000' };

/** What is to be tested, out of the configuration. @throws CredentialsInvalid, VaultError */
export async function readinessOrder(
  config: Config,
  environment: Environment,
  { lookUp = NOBODY, payment, api, running, elsewhere }: ReadinessWish,
): Promise<{ order: ReadinessTest; close(): Promise<void> }> {
  const own = elsewhere === undefined ? await ownServers(config, environment) : () => elsewhere.look();
  const credentials = config.hub.tls.enabled ? await hubCredentials(config, environment) : undefined;
  const http = await clientOf(config);
  return {
    order: {
      fspId: config.fspId,
      environment,
      hub: hubEndpoints(config, credentials),
      own,
      api,
      outbound: running ? (elsewhere ?? (await ownOutbound(config, http))) : undefined,
      lookUp,
      payment,
    },
    close: () => http.close(),
  };
}

/** How this machine's own servers are looked at. */
export async function ownServers(config: Config, environment: Environment): Promise<OwnListeners> {
  return {
    inbound: config.inbound,
    operations: config.operations,
    authorization: await authorizationIn(operationsTokenFile(config)),
    inboundCertificate: config.inbound.tls.enabled ? (await environment.keys.active('tls-server'))?.chain?.[0] : 'plain',
    proxy: await proxyBefore(config, environment),
    environment: config.environment,
    timeoutMs: TIMEOUT_MS,
  };
}

async function ownOutbound(config: Config, http: HttpClient): Promise<OutboundClient> {
  const origin = ownOrigin(config.outbound.tls.enabled ? 'https' : 'http', config.outbound);
  return outboundClient(origin, http, config.timeouts.callbackMs + ANSWERING_MS, await outboundAuthorization(config));
}

async function hubCredentials(config: Config, environment: Environment): Promise<Credentials> {
  const own = await environment.credentials('tls-client');
  return { ...own, trustedCas: withMoreCas(own.trustedCas, await moreHubCas(config)) };
}

/** What the API that the DFSP calls wants of it. */
async function outboundAuthorization({ outbound: { tokenFile } }: Config): Promise<Authorization> {
  return tokenFile === undefined ? {} : authorizationIn(tokenFile);
}

/** Our own server is trusted by its own certificate. */
async function clientOf({ outbound: { tls } }: Config): Promise<HttpClient> {
  if (!tls.enabled || tls.certificateFile === undefined) return createHttpClient({});
  const files = [tls.certificateFile, ...(tls.caFile === undefined ? [] : [tls.caFile])];
  const trustedCas = (await Promise.all(files.map((file) => loadCaBundle('outbound', file)))).join('\n');
  return createHttpClient({ credentials: { certificate: '', privateKey: new Secret(''), trustedCas } });
}

/** `TYPE:ID`; undefined: it is not of that form. */
export function partyNamed(text: string): PartyName | undefined {
  const [, idType, idValue] = /^([A-Z_]{2,32}):([^\s/]{1,128})$/.exec(text) ?? [];
  return idType === undefined || idValue === undefined ? undefined : { idType, idValue };
}

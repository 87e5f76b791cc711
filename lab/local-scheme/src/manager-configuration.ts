import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionManagerServer, Scheme, SchemeDfsp } from '@payment-manager/sandbox';
import { stringify } from 'yaml';
import { demoCoreByConnector } from './connector-core.ts';
import type { OwnCore } from './own-core.ts';

/** Ports of one Payment Manager. */
export interface ManagerPorts {
  readonly inbound: number;
  readonly outbound: number;
  readonly operations: number;
  /** Of the portal, where there is one. */
  readonly management: number;
}

/** A core of somebody's own, or else the demo core; and a portal. */
export interface ManagerWishes {
  readonly ownCore?: OwnCore | undefined;
  /** The folder of the connector; absent: without one. */
  readonly connector?: string | undefined;
  /** Whether people open a portal. */
  readonly portal?: boolean | undefined;
}

/** Every change at the Connection Manager is seen within that, so that one can watch. */
const POLL_MS = 5_000;
/** Two polls of the slowest peer, and until all processes of a Payment Manager have seen it. */
const PROPAGATION_MS = 12_000;
/** Processes of one Payment Manager see within that what another has put into the vault. */
export const VAULT_POLL_MS = 1_000;

/** Writes the configuration of a DFSP's Payment Manager into the sandbox's folder: an example that works. Resolves with its path. */
export async function writeManagerConfiguration(
  folder: string,
  scheme: Scheme,
  dfsp: SchemeDfsp,
  ports: ManagerPorts,
  postgresUrl: string | undefined,
  { ownCore, connector, portal = false }: ManagerWishes,
): Promise<string> {
  const own = join(folder, dfsp.fspId);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const file = join(own, 'payment-manager.yaml');
  const core = ownCore ?? (await demoCore(dfsp, connector, own));
  const comment = `# Written by ./pm start. The Payment Manager of ${dfsp.fspId} in the sandbox; docs/configuration.md explains every key.\n`;
  await writeFile(
    file,
    comment +
      stringify({
        ...configurationOf(scheme, dfsp, ports, postgresUrl, core),
        ...(portal && portalOf(scheme, dfsp, ports, ownCore === undefined)),
      }),
  );
  return file;
}

async function demoCore(dfsp: SchemeDfsp, connector: string | undefined, folder: string): Promise<object> {
  if (connector !== undefined) return demoCoreByConnector(connector, dfsp, folder);
  const { atPrepare, deduplicates } = dfsp.core.settings;
  return { baseUrl: dfsp.coreUrl, atPrepare, transferRepeatable: deduplicates, transferAskable: true };
}

function configurationOf(scheme: Scheme, dfsp: SchemeDfsp, ports: ManagerPorts, postgresUrl: string | undefined, core: object): object {
  const tls = { enabled: true };
  const { url, tokenUrl } = scheme.connectionManager as ConnectionManagerServer;
  return {
    fspId: dfsp.fspId,
    sandbox: true,
    environment: 'sandbox',
    dataFolder: 'data',
    // a schema for each DFSP
    ...(postgresUrl === undefined ? {} : { journal: { store: 'postgres', postgresUrl, postgresSchema: dfsp.fspId } }),
    // with PostgreSQL as well: all processes are on this machine, and both ways have the same keys
    vault: { store: 'file', pollMs: VAULT_POLL_MS },
    inbound: { host: '127.0.0.1', port: ports.inbound, tls },
    outbound: { host: '127.0.0.1', port: ports.outbound },
    operations: { host: '127.0.0.1', port: ports.operations },
    hub: { id: scheme.hubId, baseUrl: scheme.hubUrl, tls },
    core,
    // everything is asked for here; for who switches `quote` on: a little more than the fees of the demo cores
    acceptance: { party: false, quote: false, maxFee: { USD: '1', XOF: '500' } },
    connectionManager: {
      url,
      tokenUrl,
      subject: { organization: dfsp.fspId },
      dnsNames: ['localhost'],
      ips: ['127.0.0.1'],
      ingressUrl: `https://127.0.0.1:${ports.inbound}`,
      egress: [`127.0.0.1:${new URL(scheme.hubUrl).port}`],
      // made in a moment, while somebody waits
      keyAlgorithm: 'RSA-2048',
      pollMs: POLL_MS,
      propagationMs: PROPAGATION_MS,
    },
  };
}

/**
 * On this machine, by http: browsers take cookies and passkeys there under the name localhost. One person tries everything: nothing waits for a second.
 * The hub's statement is pulled, and that of a core of ours.
 */
function portalOf({ hubAdminUrl }: Scheme, { fspId, coreUrl }: SchemeDfsp, { management }: ManagerPorts, isDemoCore: boolean): object {
  const hub = { url: `${hubAdminUrl}/statement?fspId=${fspId}&date={date}` };
  const core = isDemoCore ? { core: { url: `${coreUrl}/statement?date={date}` } } : {};
  return {
    management: { enabled: true, host: '127.0.0.1', port: management, approvals: [] },
    readModel: { enabled: true },
    reconciliation: { statements: { ...core, hub } },
  };
}

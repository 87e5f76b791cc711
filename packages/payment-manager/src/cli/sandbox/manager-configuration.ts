import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scheme, SchemeDfsp } from '@payment-manager/sandbox';
import { stringify } from 'yaml';

/** Ports of one Payment Manager; 0 takes any free one. */
export interface ManagerPorts {
  readonly inbound: number;
  readonly outbound: number;
  readonly operations: number;
}

/** Writes the configuration of a DFSP's Payment Manager into the sandbox's folder: an example that works. Resolves with its path. */
export async function writeManagerConfiguration(
  folder: string,
  scheme: Scheme,
  dfsp: SchemeDfsp,
  ports: ManagerPorts,
  postgresUrl: string | undefined,
): Promise<string> {
  const own = join(folder, dfsp.fspId);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const file = join(own, 'payment-manager.yaml');
  const comment = `# Written by ./pm start. The Payment Manager of ${dfsp.fspId} in the sandbox; docs/configuration.md explains every key.\n`;
  await writeFile(file, comment + stringify(configurationOf(scheme, dfsp, ports, postgresUrl)));
  return file;
}

function configurationOf(scheme: Scheme, dfsp: SchemeDfsp, ports: ManagerPorts, postgresUrl: string | undefined): object {
  const { certificate, privateKey, ca } = dfsp.certificateFiles;
  const tls = { enabled: true, certificateFile: certificate, keyFile: privateKey, caFile: ca };
  const { atPrepare, deduplicates } = dfsp.core.settings;
  return {
    fspId: dfsp.fspId,
    sandbox: true,
    dataFolder: 'data',
    // a schema for each DFSP
    ...(postgresUrl === undefined ? {} : { journal: { store: 'postgres', postgresUrl, postgresSchema: dfsp.fspId } }),
    inbound: { host: '127.0.0.1', port: ports.inbound, tls },
    outbound: { host: '127.0.0.1', port: ports.outbound },
    operations: { host: '127.0.0.1', port: ports.operations },
    hub: { id: scheme.hubId, baseUrl: scheme.hubUrl, tls },
    core: { baseUrl: dfsp.coreUrl, atPrepare, transferRepeatable: deduplicates, transferAskable: true },
    jws: { signingKeyFile: dfsp.signingKey.privateKeyFile, peerKeysFolder: scheme.publicKeysFolder },
  };
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coreByConnector } from '@payment-manager/local-scheme';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { openAuthority, openSigningKey, restCoreSettings } from '@payment-manager/sandbox';
import { stringify } from 'yaml';
import type { BenchJournal } from './bench-journal.ts';

/** Who takes part. */
export const NAMES = { hubId: 'switch', payerFsp: 'greenbank', payeeFsp: 'bluewallet' } as const;

/** CA, certificates and JWS keys (RSA-2048) of everybody, made once. */
export async function fillFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await openAuthority({ folder: join(folder, 'ca'), clock: systemClock, random: systemRandom });
  for (const name of Object.values(NAMES)) {
    await authority.issue({ name });
    await openSigningKey(join(folder, 'jws'), name);
  }
}

/**
 * Writes the configuration of a Payment Manager as in production: mutual TLS on both sides towards the hub, signatures
 * of everything (`PUT /parties` too), a journal on the disk (or at `postgresUrl`), logs at `info`. The core reserves at the prepare, or
 * credits, and the hub is asked about its 200 as `confirm` says. Resolves with the file.
 */
export async function writeConfiguration(
  folder: string,
  fspId: string,
  run: string,
  urls: { readonly hub: string; readonly core: string; readonly postgres: string | undefined },
  { confirm, connector, keepMessagesDays, portal }: Pick<BenchJournal, 'confirm' | 'connector' | 'keepMessagesDays' | 'portal'> = {},
): Promise<string> {
  const own = join(folder, run, fspId);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const certificates = join(folder, 'ca');
  const tls = {
    enabled: true,
    certificateFile: join(certificates, `${fspId}.pem`),
    keyFile: join(certificates, `${fspId}-key.pem`),
    caFile: join(certificates, 'ca.pem'),
  };
  const config = {
    fspId,
    dataFolder: 'data',
    ...(urls.postgres === undefined
      ? {}
      : { journal: { store: 'postgres', postgresUrl: urls.postgres, postgresSchema: `${run}_${fspId}`.replaceAll('-', '_') } }),
    // without TLS of its own, a portal is for a sandbox alone
    ...(portal === true && { sandbox: true, management: { enabled: true, host: '127.0.0.1', port: 0 }, readModel: { enabled: true } }),
    ...(keepMessagesDays !== undefined && { messages: { keepDays: keepMessagesDays } }),
    inbound: { host: '127.0.0.1', port: 0, tls: { ...tls, hubNames: [NAMES.hubId] } },
    outbound: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    hub: { id: NAMES.hubId, baseUrl: urls.hub, tls },
    core:
      connector === undefined
        ? {
            baseUrl: urls.core,
            ...(confirm === undefined ? { atPrepare: 'reserve' } : { atPrepare: 'credit', confirmAcknowledged: confirm }),
          }
        : await coreByConnector(connector, restCoreSettings(urls.core), own),
    jws: {
      signingKeyFile: join(folder, 'jws', 'private', `${fspId}.pem`),
      peerKeysFolder: join(folder, 'jws', 'public'),
      signPutParties: true,
      verifyPutParties: true,
    },
    acceptance: { party: true, quote: true, maxFee: { USD: '1' } },
  };
  const file = join(own, 'payment-manager.yaml');
  await writeFile(file, stringify(config));
  return file;
}

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { JournalConfig } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { keyFingerprint, sealingKey } from '@payment-manager/credentials';
import {
  type Journal,
  openPostgresJournal,
  openSqliteJournal,
  postgresJournalSharedBy,
  type RestoreSign,
  type SeesRestore,
} from '@payment-manager/journal';
import { olderThanAnchors } from '@payment-manager/operations/anchor';
import type { Log, Random, World } from '@payment-manager/runtime';

export interface JournalWorld extends Pick<World, 'clock' | 'timers' | 'random' | 'log'> {
  /** The key that seals what is secret in the journal; replicas that share one must have the same. */
  readonly sealingKey: Uint8Array;
  /** A person says that it was put back to an older copy: then nobody else may be at work in it. */
  readonly restored?: RestoreSign;
  /** The journal cannot be trusted any more, or belongs to others: the process must end. */
  readonly onFatal: (error: Error) => void;
}

const KEY_NAME = 'journal.key';

/** What all that open a journal must have in common: nobody takes another's, or opens it with another key. */
export function sharedByAll(fspId: string, fingerprint: string): Readonly<Record<string, string>> {
  return { fspId, [KEY_NAME]: fingerprint };
}

function seesRestore(config: JournalConfig, { restored, clock }: JournalWorld): { readonly restored?: SeesRestore } {
  if (restored !== undefined) return { restored: async () => restored };
  const { file } = config.journal.anchor;
  return file === undefined ? {} : { restored: olderThanAnchors(file, clock) };
}

/**
 * The key that belongs to the configured journal; made where neither is there yet.
 *
 * @throws DataFolderUnusable for no key, or another one, beside a journal that is there; DatabaseUnavailable when that cannot be looked at
 */
export async function journalKey(config: JournalConfig, random: Random, log: Log): Promise<Uint8Array> {
  return sealingKey(config.dataFolder, await begunJournal(config), random, log);
}

async function begunJournal(config: JournalConfig): Promise<{ where: string; fingerprint: string | undefined } | undefined> {
  if (config.journal.store === 'sqlite') {
    const file = join(config.dataFolder, config.journalFile);
    return existsSync(file) ? { where: `The journal ${file}`, fingerprint: undefined } : undefined;
  }
  const { [KEY_NAME]: fingerprint } = await postgresJournalSharedBy(await postgresAddress(config.journal));
  return fingerprint === undefined
    ? undefined
    : { where: `The journal in PostgreSQL (schema ${config.journal.postgresSchema})`, fingerprint };
}

/**
 * Opens the journal that the configuration names. PostgreSQL's client is loaded only where it is used.
 *
 * The lease in the database is half of `journal.leaseMs`: only a replica that has heard the server for a whole lease may end
 * another's, so that where no other one is left, the one that was started anew needs the second half.
 */
export async function openJournal(config: JournalConfig, world: JournalWorld): Promise<Journal> {
  const { log, onFatal } = world;
  const { store, readConnections, leaseMs, replicaId } = config.journal;
  const sharedBy = sharedByAll(config.fspId, keyFingerprint(world.sealingKey));
  const restored = seesRestore(config, world);
  if (store === 'sqlite')
    return openSqliteJournal({ file: join(config.dataFolder, config.journalFile), sharedBy, log, onFatal, ...restored });
  return openPostgresJournal({
    ...(await postgresAddress(config.journal)),
    readConnections,
    leaseMs: leaseMs / 2,
    replicaId: replicaId ?? `${hostname()}-${process.pid}-${world.random.uuid().slice(0, 8)}`,
    sharedBy,
    ...restored,
    alone: world.restored !== undefined,
    clock: world.clock,
    timers: world.timers,
    log,
    onFatal,
  });
}

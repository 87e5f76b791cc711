import { DatabaseSync } from 'node:sqlite';
import { type BackupFacts, backupFacts, backupSqlite, type RestoreOptions, restoreSqlite } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';
import type { RestoreSign } from './restored/mark.ts';
import { openSqliteJournal } from './sqlite-journal.ts';
import { migrations } from './sqlite-script.ts';

/** What is in a backup. Times in milliseconds since 1970. */
export interface BackedUp {
  readonly records: number;
  readonly open: number;
  /** Time of the latest event; undefined in an empty journal. What was paid after it is not in the backup. */
  readonly lastEventAt: number | undefined;
}

/** Makes a backup of a journal in a SQLite file, which may be in use by another process; `key` makes its MAC. @throws BackupRefused */
export async function backupSqliteJournal(file: string, to: string, facts: BackupFacts, key: Uint8Array): Promise<BackedUp> {
  await backupSqlite(file, to, facts, key);
  return whatIsIn(to);
}

export interface RestoreJournalOptions extends Omit<RestoreOptions, 'migrations' | 'prepare'>, Pick<World, 'log'> {
  readonly sharedBy: Readonly<Record<string, string>>;
  readonly sign: RestoreSign;
}

/**
 * Replaces the journal by a backup; see `restoreSqlite`. The copy is marked as restored before it has its name: there is no instant at
 * which it could be taken for a journal that knows everything. @throws BackupRefused
 */
export async function restoreSqliteJournal(options: RestoreJournalOptions): Promise<BackedUp & { movedAside: string | undefined }> {
  const { sharedBy, sign, log } = options;
  const prepare = async (copy: string): Promise<void> => {
    const journal = await openSqliteJournal({ file: copy, sharedBy, log, restored: async () => sign });
    await journal.close();
  };
  const movedAside = await restoreSqlite({ ...options, migrations, prepare });
  return { ...whatIsIn(options.from), movedAside };
}

export { type BackupFacts, backupFacts };

function whatIsIn(backup: string): BackedUp {
  const db = new DatabaseSync(backup, { readOnly: true });
  try {
    const { records, open, last } = db
      .prepare('SELECT count(*) AS records, coalesce(sum(open), 0) AS open, max(updated_at) AS last FROM records')
      .get() as { records: number; open: number; last: number | null };
    return { records, open, lastEventAt: last ?? undefined };
  } finally {
    db.close();
  }
}

import { DatabaseSync } from 'node:sqlite';
import { type BackupFacts, backupFacts, backupSqlite, restoreSqlite } from '@payment-manager/database';
import { migrations } from './sqlite-script.ts';

/** What is in a backup. Times in milliseconds since 1970. */
export interface BackedUp {
  readonly records: number;
  readonly open: number;
  /** Time of the latest event; undefined in an empty journal. What was paid after it is not in the backup. */
  readonly lastEventAt: number | undefined;
}

/** Makes a backup of a journal in a SQLite file, which may be in use by another process. @throws BackupRefused */
export async function backupSqliteJournal(file: string, to: string, facts: BackupFacts): Promise<BackedUp> {
  await backupSqlite(file, to, facts);
  return whatIsIn(to);
}

/** Puts a backup in the place of the journal; see `restoreSqlite`. @throws BackupRefused */
export async function restoreSqliteJournal(
  from: string,
  file: string,
  aside: string,
): Promise<BackedUp & { movedAside: string | undefined }> {
  const movedAside = await restoreSqlite(from, file, aside, migrations.length);
  return { ...whatIsIn(from), movedAside };
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

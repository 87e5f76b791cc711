import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isRetired, type PostgresAddress, setPostgresAside } from '@payment-manager/database';
import { journalMigrations } from './postgres-schema.ts';
import { migrations } from './sqlite-script.ts';

/**
 * Sets a journal aside that is in a stored form which is not read any more, so that a new one can be begun in its place: for the sandbox, whose
 * payments are nobody's money. Nobody may have it open. Answers its new name; undefined: there is none of an old form.
 */
export function setOldSqliteJournalAside(file: string): string | undefined {
  if (!existsSync(file) || !isRetired(versionOf(file), migrations)) return undefined;
  const aside = nameAside(file);
  // the log goes first: left behind, it would be written into the new one
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}

/** The same in PostgreSQL, where its schema gets another name. Rejects with DatabaseUnavailable. */
export function setOldPostgresJournalAside(address: PostgresAddress): Promise<string | undefined> {
  return setPostgresAside(address, { room: 'journal', migrations: journalMigrations });
}

function versionOf(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
  } finally {
    db.close();
  }
}

function nameAside(file: string): string {
  for (let n = 1; ; n++) if (!existsSync(`${file}.old-form-${n}`)) return `${file}.old-form-${n}`;
}

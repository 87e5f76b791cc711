import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { addMac, copyWithoutMac, macOf } from './backup-mac.ts';
import { BackupRefused } from './backup-refused.ts';
import { isRetired, retiredMessage } from './retired-migration.ts';
import { messageOf, sqliteErrorName } from './sqlite-errors.ts';
import { syncPath, takeLock, unfinishedRestore } from './sqlite-file.ts';
import { alteredInSchema } from './sqlite-schema.ts';
import type { StoreMigration } from './store-script.ts';

/** More pages than a database has: all are copied in one step, under one snapshot. In several, each commit of the running product would make SQLite begin anew. */
const ALL_PAGES = 0x7fff_ffff;

/** What is known about a backup, kept in it: names and short texts, chosen by the room that owns the data. */
export type BackupFacts = Readonly<Record<string, string>>;

/**
 * Copies a database that may be in use by another process into one new file, as of one instant: everything that was
 * committed when it began. The copy is checked and durable before it has its name; the log of the original cannot be
 * written back while it runs. To be called from another process than the one that has the file open. `key` makes the copy's MAC.
 *
 * @throws BackupRefused `BACKUP_EXISTS`, `BACKUP_NOTHING`, `BACKUP_DAMAGED` (the copy is not whole), `BACKUP_FAILED`
 */
export async function backupSqlite(file: string, to: string, facts: BackupFacts, key: Uint8Array): Promise<void> {
  if (existsSync(to)) throw new BackupRefused('BACKUP_EXISTS', `${to} exists already. Choose another name: a backup is never overwritten.`);
  if (!existsSync(file)) throw new BackupRefused('BACKUP_NOTHING', `There is no database ${file} to back up.`);
  const partial = partialBackup(to);
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    await copyTo(file, partial);
    const copy = new DatabaseSync(partial);
    try {
      // One file, without a log beside it.
      copy.exec('PRAGMA journal_mode = DELETE');
      demandWhole(copy, partial);
      writeFacts(copy, facts);
    } finally {
      copy.close();
    }
    addMac(partial, key);
    renameSync(partial, to);
    syncPath(dirname(to));
  } catch (error) {
    throw refusal(`The backup ${to} cannot be made`, error);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** The name of a backup that is being written; its size tells how far it is. */
export function partialBackup(to: string): string {
  return `${to}.partial`;
}

async function copyTo(file: string, partial: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    await backup(source, partial, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}

/** Reads what `backupSqlite` was given. @throws BackupRefused `BACKUP_FOREIGN`, `BACKUP_NOTHING`, `BACKUP_DAMAGED` */
export function backupFacts(from: string): BackupFacts {
  if (!existsSync(from)) throw new BackupRefused('BACKUP_NOTHING', `The file ${from} does not exist.`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(from, { readOnly: true });
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'backup_facts'").get() === undefined)
      throw new BackupRefused('BACKUP_FOREIGN', `${from} is a database, but no backup that ./pm backup made.`);
    const rows = db.prepare('SELECT name, value FROM backup_facts').all() as { name: string; value: string }[];
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  } catch (error) {
    throw refusal(`The backup ${from} cannot be read`, error);
  } finally {
    db?.close();
  }
}

/** What is restored, and where. */
export interface RestoreOptions {
  readonly from: string;
  /** The database; no process may have it open. */
  readonly file: string;
  /** The new name of what stands there. */
  readonly aside: string;
  /** The migrations that this program knows. */
  readonly migrations: readonly StoreMigration[];
  /** The key with which the backup's MAC was made. */
  readonly key: Uint8Array;
  /** A backup without a MAC is taken; one with a wrong MAC never is. */
  readonly mayBeUnsigned?: boolean;
  /** Called with the copy's file before it has its name; what it throws ends the restore, and nothing was changed. */
  readonly prepare?: (copy: string) => Promise<void>;
}

/**
 * Replaces a database by a backup. The previous one is moved aside as a whole, and its new name returned. The copy is made and
 * checked before anything moves; when it is interrupted after that, the database is not opened until the restore was run again.
 *
 * @throws BackupRefused `BACKUP_FORGED`, `BACKUP_UNSIGNED`, `BACKUP_NEWER`, `BACKUP_IN_USE`, `BACKUP_DAMAGED`, `BACKUP_FAILED`, and those
 *   of `backupFacts`
 */
export async function restoreSqlite(options: RestoreOptions): Promise<string | undefined> {
  const { from, file, aside } = options;
  backupFacts(from);
  const lock = lockOf(file);
  const ready = unfinishedRestore(file);
  const partial = `${ready}.partial`;
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    copyChecked(options, partial);
    await options.prepare?.(partial);
    chmodSync(partial, 0o600);
    syncPath(partial);
    // From here on, and until the last rename, the database cannot be opened: half of it may be of the one and half of the other.
    renameSync(partial, ready);
    syncPath(dirname(file));
    const moved = moveAside(file, aside);
    syncPath(dirname(file));
    renameSync(ready, file);
    syncPath(dirname(file));
    return moved;
  } catch (error) {
    throw refusal(`The backup ${from} cannot be restored`, error);
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm', '.lock', '.owner']) rmSync(partial + suffix, { force: true });
    lock.close();
  }
}

function copyChecked({ from, key, mayBeUnsigned = false, migrations }: RestoreOptions, partial: string): void {
  demandMac(copyWithoutMac(from, partial, key), from, mayBeUnsigned);
  const copy = new DatabaseSync(partial);
  try {
    copy.exec('PRAGMA trusted_schema = OFF');
    demandKnown(copy, from, migrations);
    demandWhole(copy, from);
    const altered = alteredInSchema(copy, migrations, [FACTS_TABLE]);
    if (altered !== undefined)
      throw new BackupRefused('BACKUP_FORGED', `${from} was altered: its ${altered} is not what this program makes. Take another backup.`);
    copy.exec('DROP TABLE backup_facts');
  } finally {
    copy.close();
  }
}

/** Before anything is replaced: whether it is as it was made with this key. @throws BackupRefused `BACKUP_FORGED`, `BACKUP_UNSIGNED` */
export function demandAuthentic({ from, key, mayBeUnsigned = false }: Pick<RestoreOptions, 'from' | 'key' | 'mayBeUnsigned'>): void {
  demandMac(macOf(from, key), from, mayBeUnsigned);
}

function demandMac(mac: 'right' | 'wrong' | 'none', from: string, mayBeUnsigned: boolean): void {
  if (mac === 'wrong')
    throw new BackupRefused('BACKUP_FORGED', `${from} is not as it was made with this key: it was altered. Take another backup.`);
  if (mac === 'none' && !mayBeUnsigned)
    throw new BackupRefused(
      'BACKUP_UNSIGNED',
      `${from} has no MAC: a version before there was one made it, or somebody removed it. Whoever could write to it may have altered it. Take another, or, when you know where it was kept since it was made: --unsigned`,
    );
}

/** @throws BackupRefused `BACKUP_IN_USE` while a process has the database, `BACKUP_FAILED` where that cannot be found out */
export function refuseInUse(file: string): void {
  lockOf(file).close();
}

function lockOf(file: string): DatabaseSync {
  try {
    return takeLock(`${file}.lock`);
  } catch (error) {
    if (sqliteErrorName(error) !== 'BUSY') throw refusal(`${file} cannot be locked`, error);
    throw new BackupRefused('BACKUP_IN_USE', `The database ${file} is in use. Stop the process that has it, then restore.`, {
      cause: error,
    });
  }
}

/** A log belongs to its database: left behind, it would be written into the restored one. So it goes first, and with it. */
function moveAside(file: string, aside: string): string | undefined {
  foldLog(file);
  const parts = ['-wal', '-shm', ''].filter((suffix) => existsSync(file + suffix));
  for (const suffix of parts) renameSync(file + suffix, aside + suffix);
  return parts.length > 0 ? aside : undefined;
}

/** Closing writes the log back and removes it, so that what is moved is one file. A damaged one stays as it is. */
function foldLog(file: string): void {
  if (!existsSync(file)) return;
  try {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  } catch {
    // It is replaced because it cannot be read any more.
  }
}

function demandWhole(db: DatabaseSync, file: string): void {
  const found = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {})[0];
  if (found !== 'ok') throw new BackupRefused('BACKUP_DAMAGED', `${file} is damaged: ${String(found)}. Take another backup.`);
}

function demandKnown(db: DatabaseSync, from: string, migrations: readonly StoreMigration[]): void {
  const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
  if (isRetired(version, migrations)) throw new BackupRefused('BACKUP_OLD_FORM', retiredMessage(`The backup ${from}`));
  if (version > migrations.length)
    throw new BackupRefused(
      'BACKUP_NEWER',
      `${from} was made by a newer version of this program (schema ${version}; this one knows ${migrations.length}). Restore it with that version.`,
    );
}

/** What only a backup has; whoever looks at one takes it for no alteration. */
export const FACTS_TABLE = 'CREATE TABLE backup_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID';

function writeFacts(db: DatabaseSync, facts: BackupFacts): void {
  db.exec(FACTS_TABLE);
  const add = db.prepare('INSERT INTO backup_facts (name, value) VALUES (?, ?)');
  for (const [name, value] of Object.entries(facts)) add.run(name, value);
}

function refusal(what: string, error: unknown): BackupRefused {
  if (error instanceof BackupRefused) return error;
  const name = sqliteErrorName(error);
  const damaged = name === 'CORRUPT' || name === 'NOTADB';
  return new BackupRefused(damaged ? 'BACKUP_DAMAGED' : 'BACKUP_FAILED', `${what}: ${messageOf(error)}.`, { cause: error });
}

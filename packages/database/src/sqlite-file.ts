import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { isRetired, retiredMessage } from './retired-migration.ts';
import { sqliteErrorName } from './sqlite-errors.ts';
import { alteredInSchema } from './sqlite-schema.ts';
import type { StoreMigration } from './store-script.ts';

/** How long opening waits for a process that is just ending to let go of the file. */
const LOCK_WAIT_MS = 1_000;
/** The write-ahead log is copied into the database each time it has this many pages (of 4,096 bytes). */
const CHECKPOINT_PAGES = 4_000;
const WAL_KEPT_BYTES = 64 * 1_024 * 1_024;
const CACHE_KB = 8_192;

/** A database that is open, and ours. */
export interface SqliteFile {
  readonly db: DatabaseSync;
  /** Writes the log back into the database file, and lets go of it. */
  close(): void;
}

/**
 * Opens (or makes) a database file that no other process of ours can open, checks that what is committed is durable
 * (docs/money-rules.md, 8), brings its schema up to date, and compares it with what the migrations make. The file is readable by its owner only.
 *
 * @throws DatabaseUnavailable with the codes `DATABASE_IN_USE`, `_NEWER`, `_OLD_FORM`, `_ALTERED`, `_NOT_DURABLE`, `_OPEN_FAILED`.
 */
export function openSqliteFile(file: string, migrations: readonly StoreMigration[]): SqliteFile {
  let lock: DatabaseSync | undefined;
  let db: DatabaseSync | undefined;
  try {
    prepareFile(file);
    lock = takeLock(`${file}.lock`);
    demandRestored(file);
    db = new DatabaseSync(file, { enableForeignKeyConstraints: true, enableDoubleQuotedStringLiterals: false, timeout: LOCK_WAIT_MS });
    // Only a file that is empty takes it; then a script can give freed pages back, a few at a time.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    makeDurable(db, file);
    migrate(db, file, migrations);
    demandSchema(db, file, migrations);
    writeFileSync(ownerFile(file), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    db?.close();
    lock?.close();
    throw openingFailure(file, error);
  }
  const [openDb, openLock] = [db, lock];
  return {
    db,
    close() {
      openDb.close();
      openLock.close();
    },
  };
}

/**
 * A restored database that has not its name yet. While this file is there, the database is not opened: what stands in its
 * place may be without its log.
 */
export function unfinishedRestore(file: string): string {
  return `${file}.restoring`;
}

function demandRestored(file: string): void {
  if (existsSync(unfinishedRestore(file)))
    throw new DatabaseUnavailable(
      'DATABASE_OPEN_FAILED',
      `A restore of ${file} was interrupted (${unfinishedRestore(file)} is there). Run ./pm restore again, to the end, before anything else.`,
    );
}

function prepareFile(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    closeSync(openSync(file, 'a', 0o600));
    syncPath(folder);
  }
  chmodSync(file, 0o600);
}

/** What is in a file, or which names are in a folder, survives a power failure from here on. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * A lock that the operating system drops when the process dies, so there is never a stale one to remove. It is on a file
 * of its own (an empty database, locked by a transaction that never ends) and not on the database, which can thus be read
 * while it is in use: by a person, a backup, a test.
 */
export function takeLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    chmodSync(file, 0o600);
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function makeDurable(db: DatabaseSync, file: string): void {
  const journalMode = pragma(db, 'PRAGMA journal_mode = WAL');
  // Set and read back: some builds of SQLite default to NORMAL in WAL mode, and a pulled plug would then lose what was
  // acknowledged, which no kill test can see.
  db.exec('PRAGMA synchronous = FULL');
  const synchronous = pragma(db, 'PRAGMA synchronous');
  if (journalMode !== 'wal' || synchronous !== 2) {
    throw new DatabaseUnavailable(
      'DATABASE_NOT_DURABLE',
      `The database ${file} cannot be made durable: journal_mode is ${journalMode} (wanted wal), synchronous is ${synchronous} (wanted 2, FULL). Put it on a local disk, and use the Node that comes with this program.`,
    );
  }
  db.exec(`
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${WAL_KEPT_BYTES};
    PRAGMA cache_size = -${CACHE_KB};
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
  `);
}

function migrate(db: DatabaseSync, file: string, migrations: readonly StoreMigration[]): void {
  demandReadable(db, file, migrations);
  const version = Number(pragma(db, 'PRAGMA user_version'));
  if (version > migrations.length) {
    throw new DatabaseUnavailable(
      'DATABASE_NEWER',
      `The database ${file} was written by a newer version of this program: its schema has version ${version}, this program knows ${migrations.length}. Run the newer version, or restore a backup from before the upgrade.`,
    );
  }
  migrations.slice(version).forEach((migration, index) => {
    db.exec('BEGIN IMMEDIATE');
    if (typeof migration === 'string') db.exec(migration);
    else migration(db);
    db.exec(`PRAGMA user_version = ${version + index + 1}; COMMIT`);
  });
}

function demandReadable(db: DatabaseSync, file: string, migrations: readonly StoreMigration[]): void {
  if (isRetired(Number(pragma(db, 'PRAGMA user_version')), migrations))
    throw new DatabaseUnavailable('DATABASE_OLD_FORM', retiredMessage(`The database ${file}`));
}

/** @throws DatabaseUnavailable `DATABASE_ALTERED`, `DATABASE_OLD_FORM` */
export function demandSchema(db: DatabaseSync, file: string, migrations: readonly StoreMigration[], besides?: readonly string[]): void {
  demandReadable(db, file, migrations);
  const altered = alteredInSchema(db, migrations, besides);
  if (altered === undefined) return;
  throw new DatabaseUnavailable(
    'DATABASE_ALTERED',
    `The database ${file} was altered: its ${altered} is not what this program makes. Keep the file as it is, find out who can write to it, and restore a backup.`,
  );
}

function pragma(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

/** Says who has the file; the lock itself is in another one. */
function ownerFile(file: string): string {
  return `${file}.owner`;
}

function openingFailure(file: string, error: unknown): DatabaseUnavailable {
  if (error instanceof DatabaseUnavailable) return error;
  const name = sqliteErrorName(error);
  if (name === 'BUSY' || name === 'LOCKED') {
    return new DatabaseUnavailable(
      'DATABASE_IN_USE',
      `The database ${file} is in use by another process${ownerOf(file)}. Only one process can have it: stop that one, or give this one a file of its own.`,
      { cause: error },
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${file} cannot be opened: ${why}.`, { cause: error });
}

function ownerOf(file: string): string {
  try {
    return ` (probably process ${Number.parseInt(readFileSync(ownerFile(file), 'utf8'), 10)})`;
  } catch {
    return '';
  }
}

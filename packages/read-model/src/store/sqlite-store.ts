import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DatabaseUnavailable } from '@payment-manager/database';
import { writingStatements } from './sqlite-writes.ts';
import type { Answer, Ask, Asked, Place, ReadStore } from './store.ts';
import { type ColumnTypes, FORM, hourCountsOf, tablesOf, weeksOf } from './tables.ts';

/** Pages (of 4,096 bytes) after which the log is written back: often is dear, and nobody but the feeder waits for it. */
const CHECKPOINT_PAGES = 20_000;
const CACHE_KB = 65_536;
const BUSY_MS = 10_000;
const STATEMENTS_KEPT = 100;

const TYPES: ColumnTypes = { bytes: 'blob', large: 'integer', text: 'text', compact: ' WITHOUT ROWID' };
const SQLITE_TABLES = `${tablesOf(TYPES)} ${hourCountsOf(TYPES.large)} ${weeksOf(TYPES)}`;

/**
 * The read model in a folder of its own: the file with the highest number is in use. One that is made anew gets the next number, so that nobody
 * who still reads the former one is disturbed. Nothing in it is needed to know what was paid, so a file that cannot be used (damaged, of another
 * form) is left for the next one. A commit may be lost with the power: the position in it is lost with it.
 *
 * @throws DatabaseUnavailable `DATABASE_OPEN_FAILED`
 */
export function openSqliteStore(folder: string): ReadStore {
  let opened = openUsable(folder);
  /** Another process may have made it anew. */
  const current = (): Opened => {
    if (newestIn(folder) > opened.number) {
      opened.db.close();
      opened = openUsable(folder);
    }
    return opened;
  };
  return {
    dialect: 'sqlite',
    ask: (text, values) => opened.ask(text, values),
    async place() {
      const text = current().placed();
      return text === undefined ? undefined : (JSON.parse(text) as Place);
    },
    async write(changes, from, to) {
      const { db, statements, placed } = current();
      db.exec('BEGIN IMMEDIATE');
      try {
        if (placed() !== JSON.stringify(from)) return false;
        statements.write(changes);
        statements.place(to);
        db.exec('COMMIT');
        return true;
      } finally {
        if (db.isTransaction) db.exec('ROLLBACK');
      }
    },
    async beginAnew(place) {
      const { number, placed } = current();
      if (placed() !== undefined) {
        opened.db.close();
        opened = openNumber(folder, number + 1);
      }
      opened.statements.place(place);
      removeBefore(folder, opened.number);
    },
    async close() {
      opened.db.close();
    },
  };
}

/** Reads what the feeder may be writing. */
export interface SqliteReader {
  /** Ask it anew for each question; undefined while there is nothing. */
  current(): Asked | undefined;
  close(): void;
}

/** A reader of the read model in a folder. */
export function readSqliteStore(folder: string): SqliteReader {
  let open: { readonly number: number; readonly db: DatabaseSync; readonly asked: Asked } | undefined;
  return {
    current() {
      const number = newestIn(folder);
      if (number === 0) return undefined;
      if (open?.number !== number) {
        open?.db.close();
        const db = new DatabaseSync(fileOf(folder, number), { readOnly: true, timeout: BUSY_MS });
        db.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA query_only = ON`);
        open = { number, db, asked: { dialect: 'sqlite', ask: askOf(db) } };
      }
      return open.asked;
    },
    close: () => open?.db.close(),
  };
}

interface Opened {
  readonly number: number;
  readonly db: DatabaseSync;
  readonly ask: Ask;
  readonly statements: ReturnType<typeof writingStatements>;
  placed(): string | undefined;
}

const NAME = /^(\d{1,9})\.db$/;

function fileOf(folder: string, number: number): string {
  return join(folder, `${number}.db`);
}

/** The file of the rows that are in use. @throws RangeError there is none */
export function sqliteFileIn(folder: string): string {
  const number = newestIn(folder);
  if (number === 0) throw new RangeError(`no rows in ${folder}`);
  return fileOf(folder, number);
}

/** 0: there is none. */
function newestIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return Math.max(0, ...readdirSync(folder).map((name) => Number(NAME.exec(name)?.[1] ?? 0)));
}

/** Files of before, with what SQLite puts beside them. */
function removeBefore(folder: string, number: number): void {
  for (const name of readdirSync(folder)) if (Number.parseInt(name, 10) < number) rmSync(join(folder, name), { force: true });
}

function openUsable(folder: string): Opened {
  const number = Math.max(1, newestIn(folder));
  try {
    return openNumber(folder, number);
  } catch (error) {
    if (isBusy(error)) throw unusable(folder, error);
    try {
      return openNumber(folder, number + 1);
    } catch (again) {
      throw unusable(folder, again);
    }
  }
}

function openNumber(folder: string, number: number): Opened {
  const db = prepared(fileOf(folder, number));
  const place = db.prepare('SELECT place FROM rm_place');
  return {
    number,
    db,
    ask: askOf(db),
    statements: writingStatements(db),
    placed: () => place.get()?.['place'] as string | undefined,
  };
}

function prepared(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -${CACHE_KB}; PRAGMA temp_store = MEMORY;`);
    // two processes may come at once: who is second finds what the first one made
    db.exec('BEGIN IMMEDIATE');
    const form = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
    if (form === 0) db.exec(`${SQLITE_TABLES} PRAGMA user_version = ${FORM}`);
    db.exec('COMMIT');
    if (form !== 0 && form !== FORM) throw new Error(`the file has form ${form}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, SQLITE_LOCKED: somebody else has it, and it is whole
  return error instanceof Error && 'errcode' in error && [5, 6].includes(Number(error.errcode) & 0xff);
}

function unusable(folder: string, error: unknown): DatabaseUnavailable {
  const why = error instanceof Error ? error.message : String(error);
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The read model in ${folder} cannot be opened: ${why}.`, { cause: error });
}

function askOf(db: DatabaseSync): Ask {
  const kept = new Map<string, StatementSync>();
  return async (text, values = []) => {
    let statement = kept.get(text);
    if (statement === undefined) {
      statement = db.prepare(text.replaceAll('$', '?'));
      if (values.length > 0 && kept.size < STATEMENTS_KEPT) kept.set(text, statement);
    }
    return statement.all(...(values as (string | number | Uint8Array)[])) as readonly Answer[];
  };
}

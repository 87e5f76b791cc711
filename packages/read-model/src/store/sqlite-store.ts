import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DatabaseUnavailable } from '@payment-manager/database';
import type { RowChanges, TotalChange } from '../rows/changes.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import type { Answer, Ask, Asked, Place, ReadStore } from './store.ts';
import { FORM, tablesOf } from './tables.ts';

/** Pages (of 4,096 bytes) after which the log is written back: often is dear, and nobody but the feeder waits for it. */
const CHECKPOINT_PAGES = 20_000;
const CACHE_KB = 65_536;
const BUSY_MS = 10_000;
const STATEMENTS_KEPT = 100;

const SQLITE_TABLES = tablesOf({ bytes: 'blob', large: 'integer', text: 'text', compact: ' WITHOUT ROWID' });

/**
 * The read model in a SQLite file of its own, for the feeder; its thread waits for the disk. Nothing in it is needed to know what was paid, so a
 * file that cannot be used (damaged, of another form) is made anew. A commit may be lost with the power: the position in it is lost with it.
 *
 * @throws DatabaseUnavailable `DATABASE_OPEN_FAILED`
 */
export function openSqliteStore(file: string): ReadStore {
  let db = openFile(file);
  let statements = writingStatements(db);
  let ask = askOf(db);
  const placed = (): string | undefined => db.prepare('SELECT place FROM rm_place').get()?.['place'] as string | undefined;
  return {
    dialect: 'sqlite',
    ask: (text, values) => ask(text, values),
    async place() {
      const text = placed();
      return text === undefined ? undefined : (JSON.parse(text) as Place);
    },
    async write(changes, from, to) {
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
      db.close();
      removeFile(file);
      db = openFile(file);
      [statements, ask] = [writingStatements(db), askOf(db)];
      statements.place(place);
    },
    async close() {
      db.close();
    },
  };
}

/** Reads a file that the feeder may be writing; undefined while there is none. */
export function readSqliteStore(file: string): (Asked & { close(): void }) | undefined {
  if (!existsSync(file)) return undefined;
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  db.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA query_only = ON`);
  return { dialect: 'sqlite', ask: askOf(db), close: () => db.close() };
}

/** The file with what SQLite puts beside it. */
export function removeFile(file: string): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
}

function openFile(file: string): DatabaseSync {
  try {
    return prepared(file);
  } catch (error) {
    if (!existsSync(file) || isBusy(error)) throw unusable(file, error);
    removeFile(file);
    try {
      return prepared(file);
    } catch (again) {
      throw unusable(file, again);
    }
  }
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
    const form = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
    if (form === FORM) return db;
    if (form !== 0) throw new Error(`the file has form ${form}`);
    db.exec(`BEGIN IMMEDIATE; ${SQLITE_TABLES} PRAGMA user_version = ${FORM}; COMMIT`);
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

function unusable(file: string, error: unknown): DatabaseUnavailable {
  const why = error instanceof Error ? error.message : String(error);
  return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The read model ${file} cannot be opened: ${why}.`, { cause: error });
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

function writingStatements(db: DatabaseSync) {
  const updates = COLUMNS.slice(1).map((name) => `${name} = excluded.${name}`);
  const row = db.prepare(
    `INSERT INTO rm_payments (${COLUMNS.join()}) VALUES (${COLUMNS.map(() => '?').join()}) ON CONFLICT (id) DO UPDATE SET ${updates.join()}`,
  );
  const combo = db.prepare('INSERT INTO rm_combos (no, direction, stage, state, attention, peer, currency) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const addTerm = db.prepare('INSERT OR IGNORE INTO rm_terms (bucket, term, id) VALUES (?, ?, ?)');
  const removeTerm = db.prepare('DELETE FROM rm_terms WHERE bucket = ? AND term = ? AND id = ?');
  const span = db.prepare(`INSERT INTO rm_spans (hour, first, last) VALUES (?, ?, ?)
    ON CONFLICT (hour) DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`);
  const forget = db.prepare('DELETE FROM rm_attention WHERE id = ?');
  const attend = db.prepare('INSERT INTO rm_attention (id, place, level, code, reason, since) VALUES (?, ?, ?, ?, ?, ?)');
  const place = db.prepare('INSERT INTO rm_place (one, place) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET place = excluded.place');
  const totals = (table: string, slot: string) => {
    const add = db.prepare(`INSERT INTO ${table} (${slot}, combo, error, n, hi, lo, fee_hi, fee_lo) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (${slot}, combo, error) DO UPDATE SET n = n + excluded.n,
        hi = hi + excluded.hi + (lo + excluded.lo) / 1000000000000, lo = (lo + excluded.lo) % 1000000000000,
        fee_hi = fee_hi + excluded.fee_hi + (fee_lo + excluded.fee_lo) / 1000000000000, fee_lo = (fee_lo + excluded.fee_lo) % 1000000000000`);
    const clean = db.prepare(`DELETE FROM ${table} WHERE ${slot} = ? AND combo = ? AND error = ? AND n = 0`);
    return (changes: readonly TotalChange[]): void => {
      for (const { slot: at, combo: of, error, n, hi, lo, feeHi, feeLo } of changes) {
        add.run(at, of, error, ...[n, hi, lo, feeHi, feeLo].map(BigInt));
        if (n < 0) clean.run(at, of, error);
      }
    };
  };
  const [hours, days] = [totals('rm_hours', 'hour'), totals('rm_days', 'day')];
  return {
    place: (at: Place): void => void place.run(JSON.stringify(at)),
    write(changes: RowChanges): void {
      for (const [no, { direction, stage, state, attention, peer, currency }] of changes.combos)
        combo.run(no, direction, stage, state, attention, peer, currency);
      for (const numbered of changes.rows) row.run(...columnsOf(numbered));
      for (const { bucket, term, id } of changes.termsRemoved) removeTerm.run(bucket, term, id);
      for (const { bucket, term, id } of changes.termsAdded) addTerm.run(bucket, term, id);
      for (const [hour, first, last] of changes.spans) span.run(hour, first, last);
      for (const id of changes.attentionOf) forget.run(id);
      for (const {
        row: { id, attention },
      } of changes.rows)
        for (const [at, { level, code, reason, since }] of attention.entries()) attend.run(id, at, level, code, reason, since);
      hours(changes.hours);
      days(changes.days);
    },
  };
}

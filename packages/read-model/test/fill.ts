import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type BusinessDaySettings, businessDays, type Log } from '@payment-manager/runtime';
import { comboNumbers, type FeederCombos } from '../src/feed/combo-numbers.ts';
import type { ReadModelSource } from '../src/feed/source.ts';
import { changesOf, type NumberedRow, type RowChanges, type TermChange } from '../src/rows/changes.ts';
import type { ReadRow } from '../src/rows/read-row.ts';
import { COLUMNS, type ColumnValue, columnsOf } from '../src/store/columns.ts';
import { openPostgresStore } from '../src/store/postgres-store.ts';
import { openSqliteStore, sqliteFileIn } from '../src/store/sqlite-store.ts';
import { writingStatements } from '../src/store/sqlite-writes.ts';
import type { Place, ReadStore } from '../src/store/store.ts';

/** Many rows on their way into a read model. */
export interface Filling {
  /** Rows that are not there yet. A part of them may be there only after `finish`. */
  add(rows: readonly ReadRow[]): Promise<void>;
  /** Afterwards tables and indexes are as a feeder leaves them. */
  finish(): Promise<void>;
}

/**
 * Adds rows to a read model that a feeder has begun, for measurements: what a row becomes is what the feeder's own code says, but the journal is not
 * read, nothing is made durable on the way, and PostgreSQL makes its indexes at the end. A fill that is broken off leaves a read model that is to be thrown away.
 *
 * @param folder for files in between, which the user of the PostgreSQL server can read
 */
export async function fillReadModel(
  source: ReadModelSource,
  { businessDay, folder, log }: { readonly businessDay: BusinessDaySettings; readonly folder: string; readonly log: Log },
): Promise<Filling> {
  const store =
    source.store === 'sqlite' ? openSqliteStore(source.folder) : await openPostgresStore({ ...source.address, ...PATIENT, log });
  const combos = comboNumbers(store.ask);
  await combos.refresh();
  const days = businessDays(businessDay);
  const changes = (rows: readonly ReadRow[]): RowChanges => ({ ...changesOf(rows, new Map(), combos, days), combos: combos.made() });
  if (source.store === 'sqlite') {
    await store.close();
    return fillSqlite(sqliteFileIn(source.folder), changes, combos);
  }
  return fillPostgres(store, changes, combos, folder);
}

/** A table of many payments gets its index in minutes. */
const PATIENT = { statementTimeoutMs: 3_600_000 };
const CACHE_KB = 1_500_000;

type ToChanges = (rows: readonly ReadRow[]) => RowChanges;

/** One transaction whose log stays in memory, with a cache that holds what is written to. */
function fillSqlite(file: string, changes: ToChanges, combos: FeederCombos): Filling {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KB}; BEGIN EXCLUSIVE`);
  const { write } = writingStatements(db);
  return {
    async add(rows) {
      write(changes(rows));
      combos.written(true);
    },
    async finish() {
      db.exec('COMMIT; PRAGMA synchronous = NORMAL; PRAGMA journal_mode = WAL');
      db.close();
    },
  };
}

/** Payments and terms as files that the server reads; all the rest, and payments that a person should look at, as the feeder writes them. */
async function fillPostgres(store: ReadStore, changes: ToChanges, combos: FeederCombos, folder: string): Promise<Filling> {
  const place = (await store.place()) as Place;
  // of this connection: an index of many rows is sorted in memory, and nothing here need survive a crash
  for (const text of [`SET maintenance_work_mem = '512MB'`, 'SET synchronous_commit = off']) await store.ask(text);
  const indexes = await withoutIndexes(store);
  const file = join(folder, 'rows.copy');
  const copied = async (table: string, columns: readonly string[], lines: string): Promise<void> => {
    writeFileSync(file, lines);
    chmodSync(file, 0o644);
    await store.ask(`COPY ${table} (${columns.join()}) FROM '${file.replaceAll("'", "''")}'`);
  };
  let pages = 0;
  return {
    async add(rows) {
      pages += 1;
      // each page changes the same sums: what they were before would stand in the way of every later one
      if (pages % VACUUM_EVERY === 0) for (const table of SUMS) await store.ask(`VACUUM ${table}`);
      const all = changes(rows);
      const { looked = [], plain = [] } = Object.groupBy(all.rows, ({ row }) => (row.attention.length > 0 ? 'looked' : 'plain'));
      await copied('rm_payments', COLUMNS, plain.map(paymentLine).join(''));
      await copied(TERMS, ['bucket', 'term', 'id'], all.termsAdded.map(termLine).join(''));
      if (!(await store.write({ ...all, rows: looked, termsAdded: [] }, place, place))) throw new Error('somebody else feeds');
      combos.written(true);
    },
    async finish() {
      for (const text of indexes) await store.ask(text);
      for (const table of ['rm_payments', 'rm_terms', ...SUMS, 'rm_attention', 'rm_combos']) await store.ask(`VACUUM (ANALYZE) ${table}`);
      await store.ask('CHECKPOINT');
      await store.close();
      rmSync(file, { force: true });
    },
  };
}

const SUMS = ['rm_hours', 'rm_days', 'rm_weeks', 'rm_spans'];
const VACUUM_EVERY = 20;

/**
 * Drops the indexes of payments, and gives terms a table beside their own: what the feeder writes looks for terms to be taken away, which without an
 * index would be a look at all of them.
 *
 * @returns how everything is made as it was, in the database's own words
 */
async function withoutIndexes(store: ReadStore): Promise<readonly string[]> {
  const indexes = await store.ask(
    `SELECT indexname AS name, indexdef AS text FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'rm_payments' AND indexname <> 'rm_payments_pkey'`,
  );
  const [key] = await store.ask(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = 'rm_terms'::regclass AND contype = 'p'`,
  );
  if (indexes.length === 0 || key === undefined) throw new Error('the read model has no indexes');
  for (const { name } of indexes) await store.ask(`DROP INDEX ${name}`);
  await store.ask(`CREATE TABLE ${TERMS} (LIKE rm_terms INCLUDING DEFAULTS INCLUDING STORAGE)`);
  await store.ask(`INSERT INTO ${TERMS} SELECT * FROM rm_terms`);
  await store.ask('TRUNCATE rm_terms');
  return [
    ...indexes.map(({ text }) => String(text)),
    'DROP TABLE rm_terms',
    `ALTER TABLE ${TERMS} RENAME TO rm_terms`,
    `ALTER TABLE rm_terms ADD CONSTRAINT ${key['name']} ${key['text']}`,
  ];
}

const TERMS = 'rm_terms_filled';

function paymentLine(row: NumberedRow): string {
  return `${columnsOf(row).map(copyText).join('\t')}\n`;
}

function termLine({ bucket, term, id }: TermChange): string {
  return `${bucket}\t\\\\x${term.toString('hex')}\t${id}\n`;
}

/** A value as COPY reads it. */
function copyText(value: ColumnValue): string {
  if (value === null) return '\\N';
  if (value instanceof Uint8Array) return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  return typeof value === 'number' ? String(value) : value.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] ?? char);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

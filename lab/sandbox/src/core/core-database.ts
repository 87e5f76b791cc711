import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** The demo core's own database: small, synchronous, durable (`synchronous=FULL`). */
export interface CoreDatabase {
  /** Runs `work` in one transaction; what is nested joins the outer one. All or nothing, on disk when it returns. */
  transaction<T>(work: () => T): T;
  run(sql: string, ...values: SQLInputValue[]): void;
  row(sql: string, ...values: SQLInputValue[]): Row | undefined;
  rows(sql: string, ...values: SQLInputValue[]): readonly Row[];
  close(): void;
}

const SCHEMA_VERSION = 3;
const SCHEMA = `
  CREATE TABLE accounts (id TEXT PRIMARY KEY, holder TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, units TEXT NOT NULL DEFAULT '0') STRICT, WITHOUT ROWID;
  CREATE TABLE customers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
  CREATE TABLE identifiers (type TEXT NOT NULL, value TEXT NOT NULL, sub_value TEXT NOT NULL, customer TEXT NOT NULL REFERENCES customers (id), PRIMARY KEY (type, value, sub_value)) STRICT, WITHOUT ROWID;
  CREATE TABLE postings (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, memo TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE lines (posting INTEGER NOT NULL REFERENCES postings, place INTEGER NOT NULL, account TEXT NOT NULL REFERENCES accounts, units TEXT NOT NULL, PRIMARY KEY (posting, place)) STRICT, WITHOUT ROWID;
  CREATE TABLE incoming (transfer_id TEXT NOT NULL, ordinal INTEGER NOT NULL, state TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (transfer_id, ordinal)) STRICT, WITHOUT ROWID;
  CREATE TABLE answers (key TEXT PRIMARY KEY, hash TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE payments (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL) STRICT;
`;
/** Since version 2. */
const HOLDS = `
  CREATE TABLE holds (id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, transfer_id TEXT NOT NULL, state TEXT NOT NULL, captured_by TEXT UNIQUE, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Since version 3. */
const FINERACT = `
  CREATE TABLE fineract_accounts (id INTEGER PRIMARY KEY, ledger_account TEXT UNIQUE, client INTEGER NOT NULL, account_no TEXT NOT NULL UNIQUE, external_id TEXT NOT NULL UNIQUE, currency TEXT NOT NULL, active INTEGER NOT NULL, block TEXT NOT NULL) STRICT;
  CREATE TABLE fineract_transactions (id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES fineract_accounts, type TEXT NOT NULL, units TEXT NOT NULL, date TEXT NOT NULL, reversed INTEGER NOT NULL DEFAULT 0, is_reversal INTEGER NOT NULL DEFAULT 0, released_by INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', details TEXT) STRICT;
  CREATE INDEX fineract_transactions_of ON fineract_transactions (account);
  CREATE TABLE fineract_commands (action TEXT NOT NULL, entity TEXT NOT NULL, key TEXT NOT NULL, status INTEGER, body TEXT, PRIMARY KEY (action, entity, key)) STRICT, WITHOUT ROWID;
`;
/** What each version added, from the first. */
const MIGRATIONS = [SCHEMA, HOLDS, FINERACT];

/** Opens (and makes, at the first start) the database in `file`; `:memory:` for tests. */
export function openCoreDatabase(file: string): CoreDatabase {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;');
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) throw new Error(`${file} was written by a newer version (${version}): use that one, or remove the file`);
  const missing = MIGRATIONS.slice(version).join('');
  if (missing !== '') db.exec(`BEGIN IMMEDIATE; ${missing} PRAGMA user_version=${SCHEMA_VERSION}; COMMIT;`);
  const statements = new Map<string, StatementSync>();
  /** Statements are a fixed few texts, so this map is bounded by the code. */
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  let depth = 0;
  return {
    transaction<T>(work: () => T): T {
      if (depth > 0) return work();
      statement('BEGIN IMMEDIATE').run();
      depth = 1;
      try {
        const result = work();
        statement('COMMIT').run();
        return result;
      } catch (error) {
        statement('ROLLBACK').run();
        throw error;
      } finally {
        depth = 0;
      }
    },
    run: (sql, ...values) => void statement(sql).run(...values),
    row: (sql, ...values) => statement(sql).get(...values),
    rows: (sql, ...values) => statement(sql).all(...values),
    close: () => db.close(),
  };
}

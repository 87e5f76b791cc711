import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type BoundStatement, Rows, SqlRefused, type SqlSession, type StatementResult } from './session.ts';

/** Extended result codes (sqlite.org/rescode.html) as SQLSTATEs. */
const SQLSTATES: Readonly<Record<number, string>> = {
  275: '23514',
  787: '23503',
  1299: '23502',
  1555: '23505',
  1811: '45000',
  2067: '23505',
  2579: '23505',
  3091: '22018',
};
/** By their lowest byte: ERROR, BUSY, LOCKED, READONLY, TOOBIG, CONSTRAINT, MISMATCH. What else there is, e.g. of the disk, says nothing for sure. */
const BY_KIND: Readonly<Record<number, string>> = { 1: '42000', 5: '40001', 6: '40001', 8: '25006', 18: '54000', 19: '23000', 20: '22018' };
/** A connection of an SQLite database. Nothing is waited for between its calls. */
export class SqliteSession implements SqlSession {
  readonly alive = true;
  readonly #db: DatabaseSync;
  readonly #rowsMax: number;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, rowsMax: number) {
    this.#db = db;
    this.#rowsMax = rowsMax;
  }

  async begin(leftMs: number): Promise<void> {
    this.#said(() => this.#db.exec(`PRAGMA busy_timeout = ${Math.ceil(leftMs)}; BEGIN IMMEDIATE`));
  }

  async commit(): Promise<void> {
    this.#said(() => this.#db.exec('COMMIT'));
  }

  async rollback(): Promise<void> {
    // SQLite ends a transaction by itself after some errors
    this.#said(() => this.#db.isTransaction && this.#db.exec('ROLLBACK'));
  }

  async run({ texts, values }: BoundStatement): Promise<StatementResult> {
    return this.#said(() => {
      const statement = this.#statement(texts.join('?'));
      if (statement.columns().length === 0) return { rows: [], count: Number(statement.run(...values).changes) };
      const rows = new Rows(this.#rowsMax);
      for (const row of statement.iterate(...values)) rows.add(row as Readonly<Record<string, unknown>>);
      return { rows: rows.rows, count: rows.rows.length };
    });
  }

  destroy(): void {
    this.#db.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    // a row number beyond 2^53 would throw after the row was inserted
    statement.setReadBigInts(true);
    this.#prepared.set(sql, statement);
    return statement;
  }

  #said<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const { errcode } = error as { readonly errcode?: unknown };
      const sqlstate = typeof errcode === 'number' ? (SQLSTATES[errcode] ?? BY_KIND[errcode & 0xff]) : undefined;
      throw sqlstate === undefined ? error : new SqlRefused(sqlstate);
    }
  }
}

import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@payment-manager/runtime/system';
import type { CallAnswer } from '../../run/answer.ts';
import type { SqlRequest } from '../../run/render-sql.ts';
import { type BoundStatement, Rows, type SessionLimits, SqlRefused, type SqlSession, type StatementResult } from './session.ts';
import { transact } from './transact.ts';

/** What the thread of an SQLite file is asked to do, one after the other. `until`: wall clock, milliseconds since the epoch. */
export interface SqliteAsked {
  readonly id: number;
  readonly request: SqlRequest;
  readonly until: number;
  readonly use: 'read' | 'money';
}

export interface SqliteAnswered {
  readonly id: number;
  readonly answer: CallAnswer;
}

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
/** Cannot be connected to. */
const NO_DATABASE = '08001';

/** A connection of the file. A transaction is begun and ended within one turn of the thread, so that nobody waits for us. */
class SqliteSession implements SqlSession {
  readonly alive = true;
  readonly #db: DatabaseSync;
  readonly #rowsMax: number;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(path: string, use: 'read' | 'money', { statementMs, rowsMax }: SessionLimits) {
    // SQLite would make an empty one
    if (!existsSync(path)) throw new SqlRefused(NO_DATABASE);
    this.#db = new DatabaseSync(path, { readOnly: use === 'read', timeout: statementMs });
    this.#rowsMax = rowsMax;
    if (use === 'money') this.#db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
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

/** Does what it is asked, one after the other. */
function serve({ path, limits }: { readonly path: string; readonly limits: SessionLimits }): void {
  const opened: { read?: SqliteSession; money?: SqliteSession } = {};
  const done = async ({ request, until, use }: SqliteAsked): Promise<CallAnswer> => {
    try {
      opened[use] ??= new SqliteSession(path, use, limits);
    } catch (error) {
      return {
        kind: 'failed',
        sent: false,
        reason: `the database cannot be opened (${error instanceof SqlRefused ? error.sqlstate : 'no code'})`,
      };
    }
    const session = opened[use];
    const { answer, usable } = await transact(session, request, () => until - systemClock.now());
    if (!usable) {
      delete opened[use];
      session.destroy();
    }
    return answer;
  };
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (asked: SqliteAsked) => {
    last = last.then(async () => parentPort?.postMessage({ id: asked.id, answer: await done(asked) } satisfies SqliteAnswered));
  });
}

serve(workerData);

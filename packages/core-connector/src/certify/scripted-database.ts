import { DatabaseSync } from 'node:sqlite';
import type { Timers } from '@payment-manager/runtime';
import { Rows as AllRows, AnswerTooLarge, SqlRefused, type SqlRunner, type SqlSession } from '../back-end/sql/session.ts';
import { SqliteSession } from '../back-end/sql/sqlite-session.ts';
import { transact } from '../back-end/sql/transact.ts';
import { truthy, type Value, type ValueObject } from '../expression/value.ts';
import type { CallAnswer } from '../run/answer.ts';
import { requestName } from '../run/render.ts';
import type { SqlRequest, SqlStep } from '../run/render-sql.ts';
import { type CoreCall, type CoreDouble, paymentIn } from './core-double.ts';
import type { Fault } from './fault.ts';
import type { Plan } from './plan.ts';
import type { PlanDatabase, PlanTransaction } from './plan-database.ts';
import { type Rows, TableLedger } from './table-ledger.ts';

export interface ScriptedDatabaseDeps {
  readonly plan: Plan;
  readonly database: PlanDatabase;
  /** The statements that make its tables. */
  readonly schema: string;
  readonly time: Timers & { now(): number };
}

const LATENCY_MS = 5;
const ROWS_MAX = 1_000;
/** The database cannot be reached: no connection, none free, or not for us. */
const NOT_REACHED: readonly (Fault | undefined)[] = ['not-sent', 'limit', 'unauthorized'];

/**
 * The core that the tables of a connector are, in a real database (SQLite, in the process), whose connections have faults. The connector's
 * own statements run, and the same code decides what became of them as in the product.
 */
export class ScriptedDatabase implements CoreDouble, SqlRunner {
  readonly ledger: TableLedger;
  readonly calls: CoreCall[] = [];
  readonly strays: string[] = [];
  readonly said = new Map<string, Set<string>>();
  readonly payments = new Set<string>();
  fault: (call: CoreCall) => Fault | undefined = () => undefined;
  readonly #deps: ScriptedDatabaseDeps;
  readonly #db = new DatabaseSync(':memory:');
  readonly #session: SqliteSession;
  /** Transactions whose COMMIT has arrived and is not executed yet, by their reference: others wait for them. */
  readonly #open = new Map<string, Promise<void>>();
  /** One connection does one thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: ScriptedDatabaseDeps) {
    this.#deps = deps;
    this.ledger = new TableLedger(deps.database, (sql) => this.#rows(sql));
    this.#db.exec(`PRAGMA foreign_keys = ON; ${deps.schema}`);
    for (const statement of deps.database.fill) this.#db.exec(statement);
    this.#session = new SqliteSession(this.#db, ROWS_MAX);
  }

  async run(request: SqlRequest, until: number): Promise<CallAnswer> {
    await this.#after(LATENCY_MS);
    const known = this.#known(request);
    const effect = request.reads ? undefined : known?.effect;
    if (!request.reads && effect === undefined) {
      this.strays.push(requestName(request));
      return notSent('the plan knows no such transaction');
    }
    const call: CoreCall = { name: requestName(request), effect, payment: paymentIn(wordsOf(request), this.payments) };
    const fault = this.fault(call);
    if (NOT_REACHED.includes(fault)) return notSent('the database cannot be reached');
    this.calls.push(call);
    const reference = known?.reference;
    if (effect !== undefined && reference !== undefined) this.#note(request, `${effect} ${reference}`);
    if (!(await this.#waited(reference, until))) return notSent('a lock was waited for in vain');
    if (fault === 'late' && effect !== undefined && reference !== undefined) return this.#late(request, reference);
    const answer = await this.#transacted(request, () => until - this.#deps.time.now(), fault);
    if (fault === 'silent') await this.#after(until - this.#deps.time.now());
    return answer;
  }

  close(): void {}

  /** COMMIT has left and the connection is lost; the database executes it later. Whoever inserts the same reference waits. */
  #late(request: SqlRequest, reference: string): CallAnswer {
    const done = this.#after(this.#deps.plan.core.lateMs).then(async () => {
      await this.#transacted(request, () => 1, undefined);
      this.#open.delete(reference);
    });
    this.#open.set(reference, done);
    return { kind: 'failed', sent: true, reason: 'nobody knows whether it was committed' };
  }

  /** False: the call's time was over first. */
  async #waited(reference: string | undefined, until: number): Promise<boolean> {
    const open = reference === undefined ? undefined : this.#open.get(reference);
    if (open === undefined) return true;
    return Promise.race([open.then(() => true), this.#after(until - this.#deps.time.now()).then(() => false)]);
  }

  #transacted(request: SqlRequest, leftMs: () => number, fault: Fault | undefined): Promise<CallAnswer> {
    const next = this.#last.then(async () => {
      const { answer } = await transact(faulty(this.#session, request, fault), request, leftMs);
      // whatever a connection that was lost has left open is undone
      if (this.#db.isTransaction) await this.#session.rollback();
      if (answer.kind !== 'sql' || (answer.state === 'DONE' && !request.reads)) this.ledger.change();
      return answer;
    });
    this.#last = next;
    return next;
  }

  /** An enquiry is known by the statement that inserts the reference. */
  #known({
    statements,
    reference,
  }: SqlRequest): { readonly effect: PlanTransaction['effect']; readonly reference: string | undefined } | undefined {
    const names = statementsAsNames(reference === undefined ? statements : [reference]);
    const found = this.#deps.database.transactions.find(({ matches }) => truthy(matches.evaluate(names)));
    const key = found?.reference.evaluate(names);
    return found && { effect: found.effect, reference: typeof key === 'string' ? key : undefined };
  }

  #note({ statements }: SqlRequest, key: string): void {
    const said = this.said.get(key) ?? new Set();
    this.said.set(key, said.add(JSON.stringify(statements)));
  }

  #rows(sql: string): ReturnType<Rows> {
    const statement = this.#db.prepare(sql);
    statement.setReadBigInts(true);
    const read = new AllRows(Number.MAX_SAFE_INTEGER);
    for (const row of statement.all()) read.add(row);
    return read.rows;
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.time.after(Math.max(0, ms), () => resolve()));
  }
}

function notSent(reason: string): CallAnswer {
  return { kind: 'failed', sent: false, reason };
}

function wordsOf({ statements, reference }: SqlRequest): string {
  return [...statements, ...(reference === undefined ? [] : [reference])].flatMap(({ values }) => values).join(' ');
}

function statementsAsNames(statements: readonly SqlStep[]): ValueObject {
  const seen = statements.map(({ title, texts, names, values }): Value => {
    const bound = Object.assign(Object.create(null), Object.fromEntries(names.map((name, index) => [name, values[index]])));
    return Object.assign(Object.create(null), { title, text: texts.join('?'), values: bound }) as ValueObject;
  });
  return Object.assign(Object.create(null), { statements: seen }) as ValueObject;
}

/** The last statement, where the core refuses: it changes no row. */
const REFUSED = { rows: [], count: 0 } as const;

/** A connection with a fault. What is not said of it is as it was. */
function faulty(session: SqlSession, { reads, reference, statements }: SqlRequest, fault: Fault | undefined): SqlSession {
  if (fault === undefined) return session;
  const enquires = reads || reference !== undefined;
  let at = 0;
  const within: SqlSession = {
    alive: true,
    begin: (leftMs) => session.begin(leftMs),
    rollback: () => session.rollback(),
    destroy: () => {},
    async run(statement) {
      if (enquires) throw readFault(fault);
      const last = ++at === statements.length;
      if (at === 1 && fault === 'page') throw new SqlRefused('57P01');
      const result = await session.run(statement);
      if (last && fault === 'error') throw new SqlRefused('40001');
      if (last && fault === 'refuse-lost') throw new Error('the connection was lost');
      return last && fault === 'refuse' ? REFUSED : result;
    },
    async commit() {
      if (fault === 'lost-before' || fault === 'silent') throw new Error('the connection was lost');
      await session.commit();
      if (fault === 'error-after') throw new SqlRefused('57P01');
      throw new AnswerTooLarge();
    },
  };
  return within;
}

function readFault(fault: Fault): Error {
  if (fault === 'page' || fault === 'error') return new SqlRefused(fault === 'page' ? '57P01' : '40001');
  return fault === 'huge' || fault === 'deep' ? new AnswerTooLarge() : new Error('the connection was lost');
}

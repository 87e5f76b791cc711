import type { SqlSession } from '../back-end/sql/session.ts';
import { Decimal } from '../expression/decimal.ts';
import { truthy, type Value, type ValueObject } from '../expression/value.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import type { CoreLedger, LedgerEntry, Totals } from './core-double.ts';
import { totalsOf } from './ledger.ts';
import type { PlanDatabase } from './plan-database.ts';

type Reads = Pick<SqlSession, 'run'>;

/** The ledger that the tables of a core are. It is read after each transaction; nothing is kept beside the tables. */
export class TableLedger implements CoreLedger {
  postings: readonly LedgerEntry[] = [];
  changed: (entry: LedgerEntry) => void = () => {};
  readonly #plan: PlanDatabase;
  #sums: Pick<Totals, 'booked' | 'held'> = { booked: Decimal.of(0n), held: Decimal.of(0n) };

  constructor(plan: PlanDatabase) {
    this.#plan = plan;
  }

  /** Reads the tables anew. */
  async read(session: Reads): Promise<void> {
    const { postings, sums } = this.#plan;
    const before = this.postings.length;
    this.postings = (await rowsOf(session, postings.sql)).map((names) => ({
      kind: textOf(postings.kind.evaluate(names)) as EffectKind,
      account: textOf(postings.account.evaluate(names)),
      amount: numberOf(postings.amount.evaluate(names)),
      payment: textOf(postings.payment.evaluate(names)),
      state: 'DONE',
      ended: truthy(postings.ended.evaluate(names)) ? 'RELEASED' : undefined,
    }));
    const [row] = await rowsOf(session, sums.sql);
    if (row !== undefined) this.#sums = { booked: numberOf(sums.booked.evaluate(row)), held: numberOf(sums.held.evaluate(row)) };
    for (const entry of this.postings.slice(before)) this.changed(entry);
  }

  totals(payment?: string): Totals {
    return totalsOf(this.postings, payment);
  }

  /** A database decides at once. */
  decide(): void {}

  /** What the accounts have must be what was posted to them. */
  faults(): readonly string[] {
    const { held, booked, suspense } = this.totals();
    const all = booked.add(suspense);
    return [
      ...(all.compare(this.#sums.booked) === 0 ? [] : [`the accounts have ${this.#sums.booked}, and ${all} was posted`]),
      ...(held.compare(this.#sums.held) === 0 ? [] : [`the accounts expect ${this.#sums.held}, and ${held} is held`]),
    ];
  }
}

async function rowsOf(session: Reads, sql: string): Promise<readonly ValueObject[]> {
  const { rows } = await session.run({ title: 'ledger', texts: [sql], values: [] });
  return rows.map((row) => Object.assign(Object.create(null), { row }) as ValueObject);
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Value): Decimal {
  if (value instanceof Decimal) return value;
  throw new TypeError('certify.yaml: an amount of the ledger is no number');
}

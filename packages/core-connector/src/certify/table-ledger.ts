import { Decimal } from '../expression/decimal.ts';
import { truthy, type Value, type ValueObject } from '../expression/value.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import type { CoreLedger, LedgerEntry, Totals } from './core-double.ts';
import { totalsOf } from './ledger.ts';
import type { PlanDatabase } from './plan-database.ts';

/** Reads of the database: columns by name. */
export type Rows = (sql: string) => readonly Readonly<Record<string, Value>>[];

const NOBODY = (): void => {};

/** The ledger that the tables of a core are. Nothing is kept beside them but what was read since the last change. */
export class TableLedger implements CoreLedger {
  changed: (entry: LedgerEntry) => void = NOBODY;
  readonly #plan: PlanDatabase;
  readonly #rows: Rows;
  #read: readonly LedgerEntry[] | undefined;

  /** `rows`: what a statement that reads gives; columns are texts, or null. */
  constructor(plan: PlanDatabase, rows: Rows) {
    this.#plan = plan;
    this.#rows = rows;
  }

  get postings(): readonly LedgerEntry[] {
    const { postings } = this.#plan;
    this.#read ??= named(this.#rows(postings.sql)).map((names) => ({
      kind: textOf(postings.kind.evaluate(names)) as EffectKind,
      account: textOf(postings.account.evaluate(names)),
      amount: numberOf(postings.amount.evaluate(names)),
      payment: textOf(postings.payment.evaluate(names)),
      state: 'DONE',
      ended: truthy(postings.ended.evaluate(names)) ? 'RELEASED' : undefined,
    }));
    return this.#read;
  }

  /** The tables have changed. */
  change(): void {
    this.#read = undefined;
    // a transaction makes one posting: its reference. Reading all of them for nobody would be most of the work
    const last = this.changed === NOBODY ? undefined : this.postings.at(-1);
    if (last !== undefined) this.changed(last);
  }

  totals(payment?: string): Totals {
    return totalsOf(this.postings, payment);
  }

  /** A database decides at once. */
  decide(): void {}

  /** What the accounts have must be what was posted to them. */
  faults(): readonly string[] {
    const { sums } = this.#plan;
    const { held, booked, suspense } = this.totals();
    const all = booked.add(suspense);
    const [row = Object.create(null)] = named(this.#rows(sums.sql));
    const [has, expects] = [numberOf(sums.booked.evaluate(row)), numberOf(sums.held.evaluate(row))];
    return [
      ...(all.compare(has) === 0 ? [] : [`the accounts have ${has}, and ${all} was posted`]),
      ...(held.compare(expects) === 0 ? [] : [`the accounts expect ${expects}, and ${held} is held`]),
    ];
  }
}

function named(rows: ReturnType<Rows>): readonly ValueObject[] {
  return rows.map((row) => Object.assign(Object.create(null), { row: Object.assign(Object.create(null), row) }) as ValueObject);
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Value): Decimal {
  if (value instanceof Decimal) return value;
  throw new TypeError('certify.yaml: an amount of the ledger is no number');
}

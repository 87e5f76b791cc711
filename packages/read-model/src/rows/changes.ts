import type { BusinessDays } from '@payment-manager/runtime';
import type { Facets, ReadRow } from './read-row.ts';
import { type Term, termsOf } from './terms.ts';
import { NO_UNITS, type Units, unitsOf } from './units.ts';

/** What is added to a total; negative where a payment has become another one. */
export interface TotalChange {
  /** The hour since the epoch, or the business day. */
  readonly slot: number;
  readonly combo: number;
  /** Code; empty: none. */
  readonly error: string;
  n: number;
  hi: number;
  lo: number;
  feeHi: number;
  feeLo: number;
}

export interface TermChange {
  readonly bucket: number;
  readonly term: Term;
  readonly id: number;
}

/** A row with the number of its facets. */
export interface NumberedRow {
  readonly combo: number;
  readonly row: ReadRow;
}

/** All that a page of changed records changes, to be stored in one transaction. */
export interface RowChanges {
  readonly combos: readonly (readonly [number: number, facets: Facets])[];
  readonly rows: readonly NumberedRow[];
  readonly termsAdded: readonly TermChange[];
  readonly termsRemoved: readonly TermChange[];
  readonly hours: readonly TotalChange[];
  readonly days: readonly TotalChange[];
  /** For each hour the lowest and the highest id that was begun in it. */
  readonly spans: readonly (readonly [hour: number, first: number, last: number])[];
  /** Rows whose matters for a person are to be written anew. */
  readonly attentionOf: readonly number[];
}

export const HOUR_MS = 3_600_000;
/** Rows of one bucket lie together in the index of terms, so that what is written now is on few pages, and a search goes back in steps. */
export const BUCKET_SIZE = 262_144;

/** The bucket that the keys of a payment are in. */
export function bucketOf(id: number): number {
  return Math.floor(id / BUCKET_SIZE);
}

/** One number for each combination of facets; new ones get the next. */
export interface ComboNumbers {
  numberOf(facets: Facets): number;
}

/** What rows change, given what they were before. Pure; `numbers` gives out numbers. */
export function changesOf(
  rows: readonly ReadRow[],
  before: ReadonlyMap<number, NumberedRow>,
  numbers: ComboNumbers,
  days: BusinessDays,
): Omit<RowChanges, 'combos'> {
  const [hourly, daily] = [new Map<string, TotalChange>(), new Map<string, TotalChange>()];
  const [termsAdded, termsRemoved, attentionOf]: [TermChange[], TermChange[], number[]] = [[], [], []];
  const spans = new Map<number, [number, number]>();
  const numbered = rows.map((row): NumberedRow => {
    const old = before.get(row.id);
    const now = { combo: numbers.numberOf(row.facets), row };
    if (old !== undefined) count(old, -1, hourly, daily, days);
    count(now, 1, hourly, daily, days);
    const terms = differing(old === undefined ? [] : termsOf(old.row), termsOf(row));
    for (const term of terms.added) termsAdded.push({ bucket: bucketOf(row.id), term, id: row.id });
    for (const term of terms.removed) termsRemoved.push({ bucket: bucketOf(row.id), term, id: row.id });
    if (row.attention.length > 0 || (old !== undefined && old.row.facets.attention !== '')) attentionOf.push(row.id);
    const hour = Math.floor(row.startedAt / HOUR_MS);
    const [first, last] = spans.get(hour) ?? [row.id, row.id];
    spans.set(hour, [Math.min(first, row.id), Math.max(last, row.id)]);
    return now;
  });
  return {
    rows: numbered,
    termsAdded,
    termsRemoved,
    hours: [...hourly.values()].filter(isChange),
    days: [...daily.values()].filter(isChange),
    spans: [...spans].map(([hour, [first, last]]) => [hour, first, last] as const),
    attentionOf,
  };
}

function differing(old: readonly Term[], now: readonly Term[]): { readonly added: readonly Term[]; readonly removed: readonly Term[] } {
  if (old.length === 0) return { added: now, removed: [] };
  const [before, after] = [new Set(old.map(keyOf)), new Set(now.map(keyOf))];
  return { added: now.filter((term) => !before.has(keyOf(term))), removed: old.filter((term) => !after.has(keyOf(term))) };
}

function keyOf(term: Term): string {
  return term.toString('latin1');
}

type Totals = Map<string, TotalChange>;

function count({ combo, row }: NumberedRow, sign: 1 | -1, hourly: Totals, daily: Totals, days: BusinessDays): void {
  const error = row.error?.code ?? '';
  const amount = unitsIn(row.amount);
  const fee = unitsIn(row.fee);
  for (const [totals, slot] of [
    [hourly, Math.floor(row.startedAt / HOUR_MS)],
    [daily, days.dayOf(row.startedAt)],
  ] as const) {
    const key = `${slot} ${combo} ${error}`;
    const total = totals.get(key) ?? { slot, combo, error, n: 0, hi: 0, lo: 0, feeHi: 0, feeLo: 0 };
    total.n += sign;
    total.hi += sign * amount.hi;
    total.lo += sign * amount.lo;
    total.feeHi += sign * fee.hi;
    total.feeLo += sign * fee.lo;
    totals.set(key, total);
  }
}

function unitsIn(amount: string | undefined): Units {
  return (amount === undefined ? undefined : unitsOf(amount)) ?? NO_UNITS;
}

function isChange({ n, hi, lo, feeHi, feeLo }: TotalChange): boolean {
  return n !== 0 || hi !== 0 || lo !== 0 || feeHi !== 0 || feeLo !== 0;
}

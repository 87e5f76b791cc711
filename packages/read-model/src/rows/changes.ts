import type { BusinessDays } from '@payment-manager/runtime';
import type { Facets, ReadRow } from './read-row.ts';
import { type Term, termsOf } from './terms.ts';
import { NO_UNITS, type Units, unitsOf } from './units.ts';

/** What is added to a total; negative where a payment has become another one. */
export interface TotalChange {
  /** The hour since the epoch, the business day, or the week. */
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

/** What is begun in an hour: between which ids, and what is added to how many there are and to how many were completed or failed. */
export interface SpanChange {
  /** Since the epoch. */
  readonly hour: number;
  first: number;
  last: number;
  n: number;
  completed: number;
  failed: number;
}

/** All that a page of changed records changes, to be stored in one transaction. */
export interface RowChanges {
  readonly combos: readonly (readonly [number: number, facets: Facets])[];
  readonly rows: readonly NumberedRow[];
  readonly termsAdded: readonly TermChange[];
  readonly termsRemoved: readonly TermChange[];
  readonly hours: readonly TotalChange[];
  readonly days: readonly TotalChange[];
  readonly weeks: readonly TotalChange[];
  readonly spans: readonly SpanChange[];
  /** Rows whose matters for a person are to be written anew. */
  readonly attentionOf: readonly number[];
}

export const HOUR_MS = 3_600_000;
/** Business days of which the sums are kept together, too. */
export const DAYS_OF_WEEK = 7;
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
  const totals: AllTotals = { hourly: new Map(), daily: new Map(), weekly: new Map() };
  const [termsAdded, termsRemoved, attentionOf]: [TermChange[], TermChange[], number[]] = [[], [], []];
  const spans = new Map<number, SpanChange>();
  const numbered = rows.map((row): NumberedRow => {
    const old = before.get(row.id);
    const now = { combo: numbers.numberOf(row.facets), row };
    if (old !== undefined) count(old, -1, totals, days);
    count(now, 1, totals, days);
    const terms = differing(old === undefined ? [] : termsOf(old.row), termsOf(row));
    for (const term of terms.added) termsAdded.push({ bucket: bucketOf(row.id), term, id: row.id });
    for (const term of terms.removed) termsRemoved.push({ bucket: bucketOf(row.id), term, id: row.id });
    if (row.attention.length > 0 || (old !== undefined && old.row.facets.attention !== '')) attentionOf.push(row.id);
    if (old !== undefined) span(spans, old.row, -1);
    span(spans, row, 1);
    return now;
  });
  return {
    rows: numbered,
    termsAdded,
    termsRemoved,
    hours: [...totals.hourly.values()].filter(isChange),
    days: [...totals.daily.values()].filter(isChange),
    weeks: [...totals.weekly.values()].filter(isChange),
    spans: [...spans.values()],
    attentionOf,
  };
}

function span(spans: Map<number, SpanChange>, { id, startedAt, facets: { state } }: ReadRow, sign: 1 | -1): void {
  const hour = Math.floor(startedAt / HOUR_MS);
  const of = spans.get(hour) ?? { hour, first: id, last: id, n: 0, completed: 0, failed: 0 };
  of.first = Math.min(of.first, id);
  of.last = Math.max(of.last, id);
  of.n += sign;
  if (state === 'completed' || state === 'failed') of[state] += sign;
  spans.set(hour, of);
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
type AllTotals = Readonly<Record<'hourly' | 'daily' | 'weekly', Totals>>;

function count({ combo, row }: NumberedRow, sign: 1 | -1, { hourly, daily, weekly }: AllTotals, days: BusinessDays): void {
  const error = row.error?.code ?? '';
  const amount = unitsIn(row.amount);
  const fee = unitsIn(row.fee);
  const day = days.dayOf(row.startedAt);
  for (const [totals, slot] of [
    [hourly, Math.floor(row.startedAt / HOUR_MS)],
    [daily, day],
    [weekly, Math.floor(day / DAYS_OF_WEEK)],
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

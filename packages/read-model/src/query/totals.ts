import { type BusinessDays, dateOfDay } from '@payment-manager/runtime';
import { HOUR_MS } from '../rows/changes.ts';
import type { Facets } from '../rows/read-row.ts';
import { amountOf, LO_SIZE, NO_UNITS, unitsOf } from '../rows/units.ts';
import type { Answer, Ask } from '../store/store.ts';
import { demandValid, matchesFacets, type PaymentFilter } from './filter.ts';

/** What totals can be asked for: facets, errors and a period. */
export type TotalsFilter = Omit<PaymentFilter, 'id' | 'party' | 'name' | 'amount'>;

export interface Total {
  readonly count: number;
  /** Exact sums, decimal text. */
  readonly amount: string;
  readonly fees: string;
}

export interface Totals {
  readonly count: number;
  /** By direction, state and currency; sums of different currencies are never added. */
  readonly byCurrency: readonly (Pick<Facets, 'direction' | 'state' | 'currency'> & Total)[];
  /** How many have each value of each facet. */
  readonly counts: Readonly<
    Record<'direction' | 'state' | 'stage' | 'peer' | 'currency' | 'attention' | 'error', Readonly<Record<string, number>>>
  >;
}

export interface DayTotals extends Totals {
  /** The business day, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface TotalsDeps {
  readonly ask: Ask;
  readonly combos: () => Promise<ReadonlyMap<number, Facets>>;
  readonly days: BusinessDays;
}

/** A sum by combination of facets and error. */
interface Part {
  readonly combo: number;
  readonly error: string;
  readonly n: bigint;
  readonly hi: bigint;
  readonly lo: bigint;
  readonly feeHi: bigint;
  readonly feeLo: bigint;
}

/** Exact totals of everything that matches, from sums by business day, by hour, and from the rows of what is left at both ends. @throws FilterInvalid */
export async function totalsOf(deps: TotalsDeps, filter: TotalsFilter): Promise<Totals> {
  demandValid(filter);
  const combos = await deps.combos();
  return summed(await partsOf(deps, filter), combos, filter);
}

/** The totals of each business day that has any, from one to another, both included. @throws FilterInvalid */
export async function totalsByDay(
  deps: TotalsDeps,
  first: number,
  last: number,
  filter: Omit<TotalsFilter, 'from' | 'to'>,
): Promise<readonly DayTotals[]> {
  demandValid(filter);
  const combos = await deps.combos();
  const answers = await deps.ask(
    `SELECT day, combo, error, ${SUMS} FROM rm_days WHERE day >= $1 AND day <= $2 GROUP BY day, combo, error`,
    [first, last],
  );
  const byDay = [...Map.groupBy(answers, ({ day }) => Number(day))].sort(([a], [b]) => a - b);
  return byDay
    .map(([day, parts]) => ({ day: dateOfDay(day), ...summed(parts.map(partIn), combos, filter) }))
    .filter(({ count }) => count > 0);
}

// as text: a sum may be larger than a number holds
const SUMS = ['n', 'hi', 'lo', 'fee_hi', 'fee_lo'].map((name) => `CAST(sum(${name}) AS text) AS ${name}`).join(', ');

function partIn({ combo, error, n, hi, lo, fee_hi, fee_lo }: Answer): Part {
  const whole = (value: unknown): bigint => BigInt(value as string);
  return {
    combo: Number(combo),
    error: error as string,
    n: whole(n),
    hi: whole(hi),
    lo: whole(lo),
    feeHi: whole(fee_hi),
    feeLo: whole(fee_lo),
  };
}

const FIRST_DAY = -1_000_000;
const LAST_DAY = 1_000_000;

async function partsOf({ ask, days }: TotalsDeps, { from, to }: TotalsFilter): Promise<readonly Part[]> {
  const firstDay = from === undefined ? FIRST_DAY : firstFrom(days, from);
  const endDay = to === undefined ? LAST_DAY : days.dayOf(to);
  const parts: Part[] = [];
  if (firstDay < endDay) {
    const answers = await ask(`SELECT combo, error, ${SUMS} FROM rm_days WHERE day >= $1 AND day < $2 GROUP BY combo, error`, [
      firstDay,
      endDay,
    ]);
    parts.push(...answers.map(partIn));
    if (from !== undefined) parts.push(...(await hoursOf(ask, from, days.startOf(firstDay))));
    if (to !== undefined) parts.push(...(await hoursOf(ask, days.startOf(endDay), to)));
    return parts;
  }
  return from === undefined || to === undefined ? parts : hoursOf(ask, from, to);
}

/** The first business day that begins at an instant or later. */
function firstFrom(days: BusinessDays, from: number): number {
  const day = days.dayOf(from);
  return days.startOf(day) === from ? day : day + 1;
}

async function hoursOf(ask: Ask, from: number, to: number): Promise<readonly Part[]> {
  const [first, end] = [Math.ceil(from / HOUR_MS), Math.floor(to / HOUR_MS)];
  // within one hour
  if (first > end) return rowsOf(ask, from, to);
  const answers = await ask(`SELECT combo, error, ${SUMS} FROM rm_hours WHERE hour >= $1 AND hour < $2 GROUP BY combo, error`, [
    first,
    end,
  ]);
  return [...answers.map(partIn), ...(await rowsOf(ask, from, first * HOUR_MS)), ...(await rowsOf(ask, end * HOUR_MS, to))];
}

/** Less than an hour, from its rows. */
async function rowsOf(ask: Ask, from: number, to: number): Promise<readonly Part[]> {
  if (from >= to) return [];
  const hour = Math.floor(from / HOUR_MS);
  const [span] = await ask('SELECT min(first) AS first, max(last) AS last FROM rm_spans WHERE hour >= $1 AND hour <= $2', [
    hour,
    Math.floor((to - 1) / HOUR_MS),
  ]);
  if (span === undefined || span['first'] === null) return [];
  const rows = await ask(
    'SELECT combo, error, amount, fee FROM rm_payments WHERE id >= $1 AND id <= $2 AND started_at >= $3 AND started_at < $4',
    [Number(span['first']), Number(span['last']), from, to],
  );
  return rows.map(({ combo, error, amount, fee }): Part => {
    const [sum, fees] = [amount, fee].map((text) => (text === null ? NO_UNITS : (unitsOf(text as string) ?? NO_UNITS)));
    const [hi, lo, feeHi, feeLo] = [sum?.hi, sum?.lo, fees?.hi, fees?.lo].map((units) => BigInt(units ?? 0));
    return {
      combo: Number(combo),
      error: (error as string | null) ?? '',
      n: 1n,
      hi: hi ?? 0n,
      lo: lo ?? 0n,
      feeHi: feeHi ?? 0n,
      feeLo: feeLo ?? 0n,
    };
  });
}

function summed(parts: readonly Part[], combos: ReadonlyMap<number, Facets>, filter: TotalsFilter): Totals {
  const sums = new Map<string, { of: Pick<Facets, 'direction' | 'state' | 'currency'>; n: bigint; amount: bigint; fees: bigint }>();
  const counts = { direction: {}, state: {}, stage: {}, peer: {}, currency: {}, attention: {}, error: {} } as Record<
    string,
    Record<string, number>
  >;
  let count = 0;
  for (const { combo, error, n, hi, lo, feeHi, feeLo } of parts) {
    const facets = combos.get(combo);
    if (facets === undefined || n === 0n || !matchesFacets(filter, facets)) continue;
    if (filter.error !== undefined && filter.error !== error) continue;
    count += Number(n);
    for (const [name, value] of [...Object.entries(facets), ['error', error] as const]) {
      const of = counts[name];
      if (of !== undefined && value !== '') of[value] = (of[value] ?? 0) + Number(n);
    }
    const { direction, state, currency } = facets;
    const key = `${direction} ${state} ${currency}`;
    const sum = sums.get(key) ?? { of: { direction, state, currency }, n: 0n, amount: 0n, fees: 0n };
    sum.n += n;
    sum.amount += hi * BigInt(LO_SIZE) + lo;
    sum.fees += feeHi * BigInt(LO_SIZE) + feeLo;
    sums.set(key, sum);
  }
  const byCurrency = [...sums.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { of, n, amount, fees }]) => ({ ...of, count: Number(n), amount: amountOf(0n, amount), fees: amountOf(0n, fees) }));
  return { count, byCurrency, counts: counts as unknown as Totals['counts'] };
}

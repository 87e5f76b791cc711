import { dateOfDay } from '@payment-manager/runtime';
import type { Facets } from '../rows/read-row.ts';
import { amountOf, wholeOf } from '../rows/units.ts';
import { demandValid, FilterInvalid, matchesFacets, type PaymentFilter } from './filter.ts';
import { added, type Part, partIn, type SumsDeps, sumsOf } from './sums.ts';

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

/** Exact totals of everything that matches, from sums by week, business day and hour, and from the rows of what is left at both ends. @throws FilterInvalid */
export async function totalsOf(deps: SumsDeps, filter: TotalsFilter): Promise<Totals> {
  demandValid(filter);
  const combos = await deps.combos();
  const { parts } = await sumsOf(deps, filter);
  return summed(parts, wantedOf(combos, filter), filter);
}

/**
 * The totals of each business day that has any, from one to another, both included: `TOTALS_DAYS_MAX` days at most. @throws FilterInvalid
 */
export async function totalsByDay(
  deps: SumsDeps,
  first: number,
  last: number,
  filter: Omit<TotalsFilter, 'from' | 'to'>,
): Promise<readonly DayTotals[]> {
  demandValid(filter);
  if (last - first >= TOTALS_DAYS_MAX) throw new FilterInvalid(`first and last are ${TOTALS_DAYS_MAX} days apart at most`);
  const combos = await deps.combos();
  const wanted = wantedOf(combos, filter);
  if (wanted.size === 0) return [];
  // whole numbers of our own, so they may stand in the text
  const some = wanted.size === combos.size ? '' : `AND combo IN (${[...wanted.keys()].join()})`;
  const answers = await deps.ask(
    `SELECT day, combo, error, n, hi, lo, fee_hi, fee_lo FROM rm_days WHERE day >= ${first} AND day <= ${last} ${some}`,
  );
  const byDay = [...Map.groupBy(answers, ({ day }) => Number(day))].sort(([a], [b]) => a - b);
  return byDay
    .map(([day, parts]) => ({ day: dateOfDay(day), ...summed(parts.map(partIn), wanted, filter) }))
    .filter(({ count }) => count > 0);
}

/** A month: each day has as many sums as there are combinations. */
const TOTALS_DAYS_MAX = 31;

/** A combination of facets, and what its payments are added to. */
interface Wanted {
  readonly facets: Facets;
  /** Those that have one. */
  readonly values: readonly (readonly [keyof Facets, string])[];
  readonly key: string;
}

function wantedOf(combos: ReadonlyMap<number, Facets>, filter: TotalsFilter): ReadonlyMap<number, Wanted> {
  const matching = [...combos].filter(([, facets]) => matchesFacets(filter, facets));
  return new Map(
    matching.map(([no, facets]) => {
      const values = (Object.entries(facets) as [keyof Facets, string][]).filter(([, value]) => value !== '');
      return [no, { facets, values, key: `${facets.direction} ${facets.state} ${facets.currency}` }];
    }),
  );
}

interface Summed extends Wanted {
  n: number;
  hi: number;
  lo: number;
  feeHi: number;
  feeLo: number;
}

function summed(parts: readonly Part[], wanted: ReadonlyMap<number, Wanted>, { error: only }: TotalsFilter): Totals {
  const [sums, ofCombo, ofError] = [new Map<string, Summed>(), new Map<number, number>(), new Map<string, number>()];
  for (const { combo, error, n, hi, lo, feeHi, feeLo } of parts) {
    const of = wanted.get(combo);
    if (of === undefined || n === 0 || (only !== undefined && only !== error)) continue;
    ofCombo.set(combo, (ofCombo.get(combo) ?? 0) + n);
    ofError.set(error, (ofError.get(error) ?? 0) + n);
    let sum = sums.get(of.key);
    if (sum === undefined) {
      sum = { ...of, n: 0, hi: 0, lo: 0, feeHi: 0, feeLo: 0 };
      sums.set(of.key, sum);
    }
    sum.n += n;
    [sum.hi, sum.lo] = added(sum.hi, sum.lo, hi, lo);
    [sum.feeHi, sum.feeLo] = added(sum.feeHi, sum.feeLo, feeHi, feeLo);
  }
  const byCurrency = [...sums.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ facets: { direction, state, currency }, n, hi, lo, feeHi, feeLo }) => ({
      ...{ direction, state, currency, count: n },
      ...{ amount: amountOf(0n, wholeOf(hi, lo)), fees: amountOf(0n, wholeOf(feeHi, feeLo)) },
    }));
  const count = [...ofCombo.values()].reduce((sum, n) => sum + n, 0);
  return { count, byCurrency, counts: countsOf(ofCombo, ofError, wanted) };
}

/** How many have each value of each facet. */
function countsOf(
  ofCombo: ReadonlyMap<number, number>,
  ofError: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<number, Wanted>,
): Totals['counts'] {
  const counts = { direction: {}, state: {}, stage: {}, peer: {}, currency: {}, attention: {}, error: {} } as Record<
    keyof Totals['counts'],
    Record<string, number>
  >;
  for (const [combo, n] of ofCombo)
    for (const [name, value] of (wanted.get(combo) as Wanted).values) counts[name][value] = (counts[name][value] ?? 0) + n;
  for (const [error, n] of ofError) if (error !== '') counts.error[error] = n;
  return counts;
}

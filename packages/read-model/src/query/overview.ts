import type { BusinessDays } from '@payment-manager/runtime';
import { HOUR_MS } from '../rows/changes.ts';
import type { Facets } from '../rows/read-row.ts';
import { amountOf, wholeOf } from '../rows/units.ts';
import { type Side, sideOf } from './causes.ts';
import { type Part, type Period, rowSums, type Sums, type SumsDeps, sumsOf } from './sums.ts';
import type { Total } from './totals.ts';

/** Failures with one code and direction. */
export interface Cause extends Pick<Facets, 'direction'> {
  /** FSPIOP's code; empty: nobody said one. */
  readonly error: string;
  readonly side: Side;
  readonly count: number;
}

/** What went to and came from an institution. */
export interface PeerFigures {
  /** FSP id; empty: it was never known. */
  readonly peer: string;
  readonly count: number;
  readonly completed: number;
  readonly failed: number;
  /** Of completed payments, decimal text. */
  readonly amounts: readonly { readonly currency: string; readonly out: string; readonly in: string }[];
}

/** Payments begun in one hour of the business day, of all days of the period together. */
export interface HourFigures {
  /** 0: the first hour of the business day. Where a clock is put back, the last hour has two. */
  readonly hour: number;
  readonly count: number;
  readonly completed: number;
  readonly failed: number;
}

/** What a period brought. */
export interface Overview {
  readonly count: number;
  /** How many are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** Sums of different currencies are never added. */
  readonly byCurrency: readonly (Pick<Facets, 'direction' | 'state' | 'currency'> & Total)[];
  /** The most frequent first. */
  readonly causes: readonly Cause[];
  /** The busiest first, at most 100. */
  readonly peers: readonly PeerFigures[];
  /** How many peers there are. */
  readonly peerCount: number;
  readonly hours: readonly HourFigures[];
}

const PEERS_MAX = 100;
const HOURS_OF_DAY = 24;

/** All figures of a period, each of the same sums as totals: so they agree with those of the list. */
export async function overviewOf(deps: SumsDeps, period: Period): Promise<Overview> {
  const combos = await deps.combos();
  const { parts, ends } = await sumsOf(deps, period);
  const sums = parts.flatMap((part): FacetSum[] => {
    const facets = combos.get(part.combo);
    return facets === undefined || part.n === 0 ? [] : [sumOfPart(part, facets)];
  });
  return { ...figuresOf(sums), hours: await hoursOf(deps, combos, ends, period) };
}

/** Payments that have all facets and the error in common, in ten-thousandths of their currency. */
export interface FacetSum {
  readonly facets: Facets;
  readonly error: string;
  readonly count: number;
  readonly amount: bigint;
  readonly fees: bigint;
}

function sumOfPart({ error, n, hi, lo, feeHi, feeLo }: Part, facets: Facets): FacetSum {
  return { facets, error, count: n, amount: wholeOf(hi, lo), fees: wholeOf(feeHi, feeLo) };
}

/** The figures of sums; pure. */
export function figuresOf(sums: readonly FacetSum[]): Omit<Overview, 'hours'> {
  const grouped = <K>(of: readonly FacetSum[], key: (sum: FacetSum) => K): readonly (readonly [K, readonly FacetSum[]])[] => [
    ...Map.groupBy(of, key),
  ];
  const counted = (of: readonly FacetSum[]): number => of.reduce((all, { count }) => all + count, 0);
  const inState = (of: readonly FacetSum[], state: string): FacetSum[] => of.filter(({ facets }) => facets.state === state);
  const byCurrency = grouped(sums, ({ facets: { direction, state, currency } }) => `${direction} ${state} ${currency}`).map(([, of]) => {
    const { direction, state, currency } = (of[0] as FacetSum).facets;
    return { direction, state, currency, count: counted(of), amount: moneyOf(of, 'amount'), fees: moneyOf(of, 'fees') };
  });
  const causes = grouped(inState(sums, 'failed'), ({ facets, error }) => `${facets.direction} ${error}`).map(([, of]): Cause => {
    const { facets, error } = of[0] as FacetSum;
    return { direction: facets.direction, error, side: sideOf(facets.direction, error), count: counted(of) };
  });
  const peers = grouped(sums, ({ facets }) => facets.peer).map(([peer, of]): PeerFigures => {
    const moved = inState(of, 'completed');
    const amounts = grouped(moved, ({ facets }) => facets.currency).map(([currency, some]) => ({
      currency,
      out: moneyOf(some.filter(({ facets }) => facets.direction === 'out')),
      in: moneyOf(some.filter(({ facets }) => facets.direction === 'in')),
    }));
    return { peer, count: counted(of), completed: counted(moved), failed: counted(inState(of, 'failed')), amounts };
  });
  return {
    count: counted(sums),
    states: Object.fromEntries(grouped(sums, ({ facets }) => facets.state).map(([state, of]) => [state, counted(of)])),
    byCurrency,
    causes: causes.sort((a, b) => b.count - a.count),
    peers: peers.sort((a, b) => b.count - a.count).slice(0, PEERS_MAX),
    peerCount: peers.length,
  };
}

function moneyOf(sums: readonly FacetSum[], what: 'amount' | 'fees' = 'amount'): string {
  return amountOf(
    0n,
    sums.reduce((all, sum) => all + sum[what], 0n),
  );
}

/** By hour of the business day: whole hours of their sums, what is left at both ends of its rows. */
async function hoursOf(
  deps: SumsDeps,
  combos: ReadonlyMap<number, Facets>,
  ends: Sums['ends'],
  { from, to }: Period,
): Promise<readonly HourFigures[]> {
  const hours = Array.from({ length: HOURS_OF_DAY }, (_, hour) => ({ hour, count: 0, completed: 0, failed: 0 }));
  const at = (instant: number): (typeof hours)[number] => hours[hourOfDay(deps.days, instant)] as (typeof hours)[number];
  const addRows = async (since: number, until: number): Promise<void> => {
    if (since >= until) return;
    // as a rule they have been read: not where business days begin within an hour
    const known = ends.find((one) => one.since === since && one.until === until)?.parts;
    for (const { combo, n } of known ?? (await rowSums(deps.ask, since, until))) {
      const [hour, state] = [at(since), combos.get(combo)?.state];
      hour.count += n;
      if (state === 'completed' || state === 'failed') hour[state] += n;
    }
  };
  const first = from === undefined ? 0 : Math.ceil(from / HOUR_MS);
  const end = to === undefined ? HOUR_MAX : Math.floor(to / HOUR_MS);
  if (first > end) {
    // within one hour
    await addRows(from ?? 0, to ?? 0);
    return hours;
  }
  for (const answer of await deps.ask(HOURLY, [first, end])) {
    const [slot = 0, count = 0, completed = 0, failed = 0] = ['hour', 'n', 'completed', 'failed'].map((name) => Number(answer[name]));
    // the middle: in zones of half hours an hour of ours begins in another one of theirs
    const hour = at((slot + 0.5) * HOUR_MS);
    hour.count += count;
    hour.completed += completed;
    hour.failed += failed;
  }
  if (from !== undefined) await addRows(from, first * HOUR_MS);
  if (to !== undefined) await addRows(end * HOUR_MS, to);
  return hours;
}

const HOUR_MAX = 2 ** 31 - 1;
const HOURLY = 'SELECT hour, n, completed, failed FROM rm_spans WHERE hour >= $1 AND hour < $2';

/** How many hours of its business day were over at an instant, 0 to 23. */
function hourOfDay(days: BusinessDays, at: number): number {
  return Math.min(HOURS_OF_DAY - 1, Math.floor((at - days.startOf(days.dayOf(at))) / HOUR_MS));
}

import {
  compare,
  type DayEdges,
  type Difference,
  EDGE_MS,
  mayStandElsewhere,
  meetingPoint,
  notCompared,
  type PaymentFacts,
  type StatementRow,
} from '@payment-manager/mojaloop-connector';
import { type BusinessDays, dateOfDay } from '@payment-manager/runtime';
import { Problem } from '../server/problem.ts';
import { compareHub, type HubDifference } from './compare-hub.ts';
import { pullStatement, type Side, type StatementSources } from './statement-source.ts';

/** The statements of days around the one that is compared, each on its own, for payments that may stand there; those that are had. */
export type NearStatements = (
  side: Side,
  payments: readonly PaymentFacts[],
  edges: DayEdges,
) => Promise<readonly (readonly StatementRow[])[]>;

/** A payment that began earlier is looked for no further back, in days. */
const DAYS_BACK = 8;

/** Pulls them, and stops at the first that does not come for another reason than that it is not there. */
export function nearStatements(sources: StatementSources, days: BusinessDays, day: number, now: number): NearStatements {
  return async (side, payments, edges) => {
    const first = Math.max(day - DAYS_BACK, Math.min(...payments.map(({ startedAt }) => days.dayOf(startedAt - EDGE_MS))));
    const last = payments.some((payment) => edges.endsLate(payment)) ? day + 1 : day;
    const found: (readonly StatementRow[])[] = [];
    for (let near = first; near <= last && days.startOf(near) <= now; near += 1) {
      if (near === day) continue;
      try {
        found.push((await pullStatement(sources, side, dateOfDay(near))).rows);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.shown.code !== 'STATEMENT_NOT_THERE') return found;
      }
    }
    return found;
  };
}

interface Looked<D> {
  readonly differences: readonly D[];
  readonly payments: readonly PaymentFacts[];
  readonly edges: DayEdges;
  /** Of one side; absent: there are no others than the one that was given. */
  readonly near: ((payments: readonly PaymentFacts[]) => Promise<readonly (readonly StatementRow[])[]>) | undefined;
}

/** How one side's differences are looked at again. */
interface OfSide<D> {
  readonly elsewhere: (one: D) => boolean;
  readonly notCompared: (one: D) => D;
  readonly compare: (payments: readonly PaymentFacts[], rows: readonly StatementRow[]) => readonly D[];
  readonly agrees: (one: D) => boolean;
}

/**
 * What the day's statement need not have is looked for in those of the days around. Where one of them agrees with the payment, it agrees; else the payment
 * is not compared, since none of them need have it, either.
 */
async function lookedUp<D extends { readonly direction: string; readonly transferId: string }>(
  { differences, payments, edges, near }: Looked<D>,
  side: OfSide<D>,
): Promise<readonly D[]> {
  const outside = new Map(payments.filter((one) => !edges.isInside(one)).map((one) => [meetingPoint(one), one]));
  const paymentOf = (one: D): PaymentFacts | undefined =>
    side.elsewhere(one) ? outside.get(`${one.direction} ${one.transferId}`) : undefined;
  const wanted = differences.flatMap((one) => paymentOf(one) ?? []);
  const statements = wanted.length === 0 || near === undefined ? [] : await near(wanted);
  const byDay = statements.map((rows) => Map.groupBy(rows, meetingPoint));
  return differences.flatMap((one) => {
    const payment = paymentOf(one);
    if (payment === undefined) return [one];
    for (const day of byDay) {
      const rows = day.get(meetingPoint(payment));
      const left = rows && side.compare([payment], rows);
      if (left?.every(side.agrees)) return left;
    }
    return [side.notCompared(one)];
  });
}

/** Of the core's side. */
export function coreLookedUp(looked: Looked<Difference>): Promise<readonly Difference[]> {
  return lookedUp(looked, { elsewhere: mayStandElsewhere, notCompared, compare, agrees: ({ code }) => code === 'EXCEPTION_OPEN' });
}

/** Of the hub's. */
export function hubLookedUp(looked: Looked<HubDifference>, now: number): Promise<readonly HubDifference[]> {
  return lookedUp(looked, {
    elsewhere: ({ code }) => code === 'HUB_NOT_LISTED',
    notCompared: (one) => ({ ...one, code: 'HUB_NOT_COMPARED', action: 'look for it in the hub’s statements of the days around' }),
    compare: (payments, rows) => compareHub(payments, rows, now),
    agrees: () => false,
  });
}

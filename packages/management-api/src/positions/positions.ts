import { type CapUse, capUseOf, type PaymentQueries, type Position, positionsSince } from '@payment-manager/read-model';
import { type BusinessDays, dayNumber } from '@payment-manager/runtime';
import type { Seen } from '../store/kept.ts';
import type { Cap } from './caps.ts';

/** A position computed of our payments, beside its cap where there is one. */
export interface ShownPosition extends Position {
  readonly cap?: Cap & CapUse;
}

/** Every currency that has a cap or payments in its time, by name. Rejects as questions of the read model do. */
export async function positionsNow(
  queries: Pick<PaymentQueries, 'totals'>,
  caps: readonly Seen<Cap>[],
  { days, now, warnPercent }: { readonly days: BusinessDays; readonly now: number; readonly warnPercent: number },
): Promise<readonly ShownPosition[]> {
  const today = days.startOf(days.dayOf(now));
  const capOf = new Map(caps.map(({ id, value }) => [id, value]));
  const sinceOf = (cap: Cap | undefined): number => (cap?.settled === undefined ? today : days.startOf(dayNumber(cap.settled.since)));
  const begins = new Set([today, ...caps.map(({ value }) => sinceOf(value))]);
  const found: ShownPosition[] = [];
  for (const since of begins) {
    const of = caps.filter(({ value }) => sinceOf(value) === since);
    const opening = Object.fromEntries(of.map(({ id, value }) => [id, value.settled?.opening ?? '0']));
    for (const position of await positionsSince(queries, since, opening)) {
      const cap = capOf.get(position.currency);
      if (sinceOf(cap) !== since) continue;
      found.push({ ...position, ...(cap !== undefined && { cap: { ...cap, ...capUseOf(position.position, cap.cap, warnPercent) } }) });
    }
  }
  return found.sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

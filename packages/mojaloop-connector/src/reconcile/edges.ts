import type { PaymentFacts } from '../exceptions/payment-facts.ts';
import { type Difference, type DifferenceCode, meetingPoint } from './compare.ts';
import type { DaySource } from './gather-day.ts';

/** So far apart may the days of two books be: what happens this close to the end of a day may stand in the one or the other. */
export const EDGE_MS = 600_000;

/** Which payments the statement of a day must have. */
export interface DayEdges {
  /** It began and ended within the day, away from both its ends, and the hub was not asked about it: the day's statement knows all of it. */
  isInside(payment: PaymentFacts): boolean;
  /** It ended close to the end of the day, or after it: the statement of the day after may have it. */
  endsLate(payment: PaymentFacts): boolean;
}

/**
 * The source, and what the day's statement must have of what comes from it. A payment is of the day of its last event, which may be an answer of the hub
 * long after the core has booked it.
 */
export function watchEdges(source: DaySource): { readonly source: DaySource; readonly edges: DayEdges } {
  const early = new Set<string>();
  const inTime = new Set<string>();
  return {
    source: {
      async payments(fromMs, toMs) {
        const found = await source.payments(fromMs, toMs);
        const last = new Set((await source.payments(toMs - EDGE_MS, toMs)).map(meetingPoint));
        for (const payment of found) {
          const key = meetingPoint(payment);
          if (payment.startedAt < fromMs + EDGE_MS) early.add(key);
          if (!last.has(key) && payment.startedAt < toMs - EDGE_MS) inTime.add(key);
        }
        return found;
      },
      payment: (transferId, flow) => source.payment(transferId, flow),
      askHub(payment) {
        inTime.delete(meetingPoint(payment));
        return source.askHub(payment);
      },
    },
    edges: {
      isInside: (payment) => inTime.has(meetingPoint(payment)) && !early.has(meetingPoint(payment)),
      endsLate: (payment) => !inTime.has(meetingPoint(payment)),
    },
  };
}

const BY_THE_DAY: ReadonlySet<DifferenceCode> = new Set(['CORE_NOT_BOOKED', 'CORE_HOLDS_ABORTED']);

/** Whether a statement of the day before or after could say otherwise, or a later one. */
export function mayStandElsewhere({ code }: Pick<Difference, 'code'>): boolean {
  return BY_THE_DAY.has(code);
}

/** The difference without a deed: whoever acted upon it would book a second time what another day's statement has. */
export function notCompared(one: Difference): Difference {
  return {
    ...one,
    code: 'NOT_COMPARED',
    action: 'look for it in the core’s books on the days around, and compare again with a newer statement; book and release nothing before',
  };
}

/** Differences of payments that the day's statement need not have are not compared. */
export function withoutEdges(
  differences: readonly Difference[],
  payments: readonly PaymentFacts[],
  edges: DayEdges,
): readonly Difference[] {
  const inside = new Set(payments.filter((payment) => edges.isInside(payment)).map(meetingPoint));
  return differences.map((one) => (mayStandElsewhere(one) && !inside.has(`${one.direction} ${one.transferId}`) ? notCompared(one) : one));
}

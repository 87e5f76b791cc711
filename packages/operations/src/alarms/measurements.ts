import type { Clock, Metrics, MetricValue } from '@payment-manager/runtime';

/** What was measured in a stretch of time. */
export interface Measured {
  /** Payments that came to an end, by flow: how many of them moved money. */
  readonly ended: Readonly<Record<'payer' | 'payee', { readonly all: number; readonly completed: number }>>;
  /** Requests of the DFSP by the time within which they were answered, seconds ascending; the last is `Infinity` with all of them. A step within which none came may be left out. */
  readonly within: readonly { readonly seconds: number; readonly count: number }[];
}

/** What the rules about rates look at. */
export interface Measurements {
  /** In the last so many milliseconds. */
  last(windowMs: number): Promise<Measured>;
}

interface Sample {
  /** Monotonic. */
  readonly at: number;
  /** Counts since the start; they only grow. */
  readonly counted: Measured;
}

/** Steps of `pm_outbound_request_seconds`. */
export const REQUEST_STEPS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const ENDS: Readonly<Record<'payer' | 'payee', readonly string[]>> = {
  payer: ['completed', 'failed', 'aborted'],
  payee: ['committed', 'aborted', 'refused'],
};
const COMPLETED = { payer: 'completed', payee: 'committed' } as const;

/** Counts of this process since its start, from its own metrics. */
export async function countedBy(metrics: Pick<Metrics, 'values'>): Promise<Measured> {
  const [payments, requests] = await Promise.all([metrics.values('pm_payments_total'), metrics.values('pm_outbound_request_seconds')]);
  return { ended: endedIn(payments), within: withinIn(requests) };
}

/** What this process has counted: by how much its counts have grown since a look about so long ago. */
export function measuredBy(metrics: Pick<Metrics, 'values'>, clock: Pick<Clock, 'monotonic'>): Measurements {
  let samples: readonly Sample[] = [];
  let longestMs = 0;
  return {
    async last(windowMs) {
      const at = clock.monotonic();
      const counted = await countedBy(metrics);
      longestMs = Math.max(longestMs, windowMs);
      samples = [...samples.filter((one) => one.at >= at - longestMs), { at, counted }];
      return grown(samples.find((one) => one.at >= at - windowMs)?.counted ?? counted, counted);
    },
  };
}

function grown(before: Measured, now: Measured): Measured {
  const flow = (name: 'payer' | 'payee') => ({
    all: now.ended[name].all - before.ended[name].all,
    completed: now.ended[name].completed - before.ended[name].completed,
  });
  const earlier = new Map(before.within.map(({ seconds, count }) => [seconds, count]));
  return {
    ended: { payer: flow('payer'), payee: flow('payee') },
    within: now.within.map(({ seconds, count }) => ({ seconds, count: count - (earlier.get(seconds) ?? 0) })),
  };
}

function endedIn(payments: readonly MetricValue[]): Measured['ended'] {
  const ended = { payer: { all: 0, completed: 0 }, payee: { all: 0, completed: 0 } };
  for (const { labels, value } of payments) {
    const [flow, stage] = [labels['flow'], String(labels['stage'])];
    if (flow !== 'payer' && flow !== 'payee') continue;
    if (ENDS[flow].includes(stage)) ended[flow].all += value;
    if (stage === COMPLETED[flow]) ended[flow].completed += value;
  }
  return ended;
}

function withinIn(requests: readonly MetricValue[]): Measured['within'] {
  const within = new Map<number, number>();
  for (const { name, labels, value } of requests) {
    if (!name.endsWith('_bucket')) continue;
    const seconds = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
    within.set(seconds, (within.get(seconds) ?? 0) + value);
  }
  return [...within].map(([seconds, count]) => ({ seconds, count })).sort((one, other) => one.seconds - other.seconds);
}

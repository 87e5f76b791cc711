import type { Metrics, MetricValue } from '@payment-manager/runtime';
import type { EndedByFlow, Measured } from './minute.ts';

/** Which way a request goes. `round-trip`: from our request until the hub’s callback is here. */
export const DIRECTIONS = ['round-trip', 'to-hub', 'from-hub', 'to-core', 'from-core'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const SERVICES = ['look-up', 'quote', 'transfer', 'notification', 'other'] as const;

interface SampledMetric {
  readonly name: string;
  readonly direction: Direction;
  /** The service of labels; undefined: not shown. */
  service(labels: MetricValue['labels']): string | undefined;
  isBad(labels: MetricValue['labels']): boolean;
}

const never = (): boolean => false;

/** Histograms of which a history is kept. */
const SAMPLED: readonly SampledMetric[] = [
  {
    name: 'pm_payment_stage_seconds',
    direction: 'round-trip',
    service: ({ flow, stage }) => (flow === 'payer' ? STAGES[String(stage)] : undefined),
    isBad: never,
  },
  {
    name: 'pm_hub_message_seconds',
    direction: 'to-hub',
    service: ({ operation }) => serviceOf(String(operation)),
    isBad: ({ result }) => result !== 'taken',
  },
  {
    name: 'pm_inbound_message_seconds',
    direction: 'from-hub',
    service: ({ operation }) => serviceOf(String(operation)),
    isBad: ({ result }) => result !== 'taken',
  },
  {
    name: 'pm_core_call_seconds',
    direction: 'to-core',
    service: ({ operation }) => CORE_OPERATIONS[String(operation)] ?? 'other',
    isBad: ({ outcome }) => !/^[234]xx$/.test(String(outcome)),
  },
  {
    name: 'pm_core_backend_call_seconds',
    direction: 'to-core',
    service: ({ backend }) => `back end ${backend}`,
    isBad: ({ outcome }) => ['5xx', 'not-sent', 'unknown'].includes(String(outcome)),
  },
  {
    name: 'pm_outbound_request_seconds',
    direction: 'from-core',
    service: ({ operation }) => serviceOf(String(operation)),
    isBad: ({ status }) => Number(status) >= 500,
  },
];

const STAGES: Readonly<Record<string, string>> = { lookup: 'look-up', quoting: 'quote', open: 'transfer' };
const CORE_OPERATIONS: Readonly<Record<string, string>> = {
  party: 'look-up',
  quote: 'quote',
  transfer: 'transfer',
  notify: 'notification',
};

/** `POST /quotes` is of quotes, `PATCH /transfers` a notification. */
export function serviceOf(operation: string): (typeof SERVICES)[number] {
  if (/^PATCH /.test(operation)) return 'notification';
  if (/\/(?:parties|participants|accounts)/.test(operation)) return 'look-up';
  if (/quote/.test(operation)) return 'quote';
  return /transfer|sendmoney/.test(operation) ? 'transfer' : 'other';
}

/** Counts since the start of the process, by `DIRECTION SERVICE`. */
export type Counted = Readonly<Record<string, Measured>>;

/** Reads what the process has measured since it began; it changes nothing. */
export async function countedBy(metrics: Pick<Metrics, 'values'>): Promise<Counted> {
  const counted: Record<string, Measured> = {};
  for (const { name, direction, service, isBad } of SAMPLED) {
    const series = Map.groupBy(await metrics.values(name), ({ labels: { le: _le, ...labels } }) => JSON.stringify(labels));
    for (const [text, values] of series) {
      const labels = JSON.parse(text) as MetricValue['labels'];
      const of = service(labels);
      if (of === undefined) continue;
      const key = `${direction} ${of}`;
      counted[key] ??= { n: 0, bad: 0, sumMs: 0, within: [] };
      add(counted[key], name, values, isBad(labels));
    }
  }
  return counted;
}

function add(to: Measured, name: string, values: readonly MetricValue[], isBad: boolean): void {
  const within = new Map(to.within);
  const buckets = values
    .filter((one) => one.name === `${name}_bucket`)
    .map(({ labels: { le }, value }) => [le === '+Inf' ? null : Math.round(Number(le) * 1e6) / 1_000, value] as const)
    .sort(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
  let before = 0;
  for (const [bound, upTo] of buckets) {
    if (upTo > before) within.set(bound, (within.get(bound) ?? 0) + upTo - before);
    before = upTo;
  }
  const single = (suffix: string): number => values.find((one) => one.name === name + suffix)?.value ?? 0;
  to.n += single('_count');
  if (isBad) to.bad += single('_count');
  to.sumMs += single('_sum') * 1_000;
  to.within = [...within];
}

/** Payments that ended since `before`; flows in which none did are left out. Pure. */
export function endedSince(before: EndedByFlow, now: EndedByFlow): EndedByFlow {
  const grown = Object.entries(now).map(([flow, { all, completed }]) => {
    const old = before[flow] ?? { all: 0, completed: 0 };
    return [flow, { all: all - old.all, completed: completed - old.completed }] as const;
  });
  return Object.fromEntries(grown.filter(([, { all }]) => all > 0));
}

/** What was measured since `before`; what did not grow is left out. Pure. */
export function grownSince(before: Counted, now: Counted): Record<string, Measured> {
  const grown: Record<string, Measured> = {};
  for (const [name, { n, bad, sumMs, within }] of Object.entries(now)) {
    const old = before[name] ?? { n: 0, bad: 0, sumMs: 0, within: [] };
    if (n <= old.n) continue;
    const was = new Map(old.within);
    grown[name] = {
      n: n - old.n,
      bad: bad - old.bad,
      sumMs: Math.round(sumMs - old.sumMs),
      within: within.map(([bound, count]) => [bound, count - (was.get(bound) ?? 0)] as const).filter(([, count]) => count > 0),
    };
  }
  return grown;
}

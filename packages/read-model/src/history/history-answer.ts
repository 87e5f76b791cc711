import { GRAIN_MS, GRAINS, type Grain, type HistoryStore, KEPT_MS, type KeptSlot } from './history-store.ts';
import { type PartState, percentileOf, type SeenByProcess, together, worse } from './minute.ts';

/** Requests in one step of time. */
export interface SeriesPoint {
  /** Begin of the step, milliseconds since the epoch. */
  readonly at: number;
  readonly n: number;
  readonly bad: number;
  readonly perSecond: number;
  /** Milliseconds; of all processes together. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** One service in one direction; steps without a request are left out. */
export interface Series {
  readonly direction: string;
  readonly service: string;
  readonly points: readonly SeriesPoint[];
}

/** A stretch of time in which a part of a process was the same. */
export interface PartSpan {
  readonly from: number;
  readonly to: number;
  readonly state: PartState;
}

/** What was kept of a period. */
export interface History {
  readonly from: number;
  readonly to: number;
  /** Length of a step. */
  readonly stepMs: number;
  readonly series: readonly Series[];
  /** Of all processes together, the worst. Where nothing was kept there is no span: no process ran, or it could not write. */
  readonly parts: readonly { readonly part: string; readonly spans: readonly PartSpan[] }[];
  /** Of each process. */
  readonly replicas: readonly {
    readonly replica: string;
    readonly spans: readonly PartSpan[];
    readonly gauges: Readonly<Record<string, readonly (readonly [at: number, value: number])[]>>;
  }[];
}

const STEPS_MS = [1, 2, 5, 10, 60, 120, 180, 360, 720, 1_440].map((minutes) => minutes * 60_000);
const STEPS_MAX = 200;
const PAGE = 300;

/** Of what a longer slot is made. */
const FINER: Readonly<Partial<Record<Grain, Grain>>> = { 'ten-minutes': 'minute', 'six-hours': 'hour' };

/** What is kept of a period, in at most about 200 steps. Pages of it are read one after the other, so nothing is stopped for long. Rejects with DatabaseUnavailable. */
export async function historyOf(
  store: HistoryStore,
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): Promise<History> {
  const enough = STEPS_MS.find((ms) => (to - from) / ms <= STEPS_MAX) ?? (STEPS_MS.at(-1) as number);
  // the longest that makes a step, so that little is read
  const grain = GRAINS.findLast((one) => GRAIN_MS[one] <= enough && from > now - KEPT_MS[one]) ?? 'hour';
  const stepMs = Math.max(GRAIN_MS[grain], enough);
  const gathered = gathering(stepMs);
  const replicas = new Set<string>();
  let firstEnds = to;
  for await (const { slot, replica, body } of slotsIn(store, grain, from, to)) {
    if (replicas.size === 0) firstEnds = (slot + 1) * GRAIN_MS[grain];
    replicas.add(replica);
    gathered.add(slot * GRAIN_MS[grain], replica, JSON.parse(body) as SeenByProcess);
  }
  // a process of a version without these has left what they would be made of
  const finer = FINER[grain];
  if (finer !== undefined)
    for await (const { slot, replica, body } of slotsIn(store, finer, from, firstEnds))
      if (!replicas.has(replica)) gathered.add(slot * GRAIN_MS[finer], replica, JSON.parse(body) as SeenByProcess);
  return { from, to, stepMs, ...gathered.done() };
}

/** All that processes wrote of these minutes, together; one that has died since counts, too. Rejects with DatabaseUnavailable. */
export async function minutesTogether(
  store: HistoryStore,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<SeenByProcess> {
  let all: SeenByProcess = { series: {}, parts: {}, gauges: {} };
  for await (const { body } of slotsIn(store, 'minute', from, to)) all = together(all, JSON.parse(body) as SeenByProcess);
  return all;
}

/** By slot, a page at a time. */
async function* slotsIn(store: HistoryStore, grain: Grain, from: number, to: number): AsyncGenerator<KeptSlot> {
  const query = { grain, first: Math.floor(from / GRAIN_MS[grain]), last: Math.floor((to - 1) / GRAIN_MS[grain]), limit: PAGE };
  for (let after: KeptSlot | undefined; ; ) {
    const page = await store.read({ ...query, ...(after !== undefined && { first: after.slot, after }) });
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

function gathering(stepMs: number) {
  const steps = new Map<number, Gathered>();
  const replicas = new Map<string, Map<number, Gathered>>();
  return {
    add(at: number, replica: string, seen: SeenByProcess): void {
      const step = Math.floor(at / stepMs) * stepMs;
      const all = steps.get(step) ?? nothing();
      steps.set(step, all);
      addSeries(all, seen);
      addHealth(all, seen);
      const own = replicas.get(replica) ?? new Map<number, Gathered>();
      replicas.set(replica, own);
      const ownStep = own.get(step) ?? nothing();
      own.set(step, ownStep);
      addHealth(ownStep, seen);
    },
    done(): Pick<History, 'series' | 'parts' | 'replicas'> {
      const inOrder = [...steps].sort(([a], [b]) => a - b);
      const names = [...new Set(inOrder.flatMap(([, { series }]) => Object.keys(series)))].sort();
      const parts = [...new Set(inOrder.flatMap(([, seen]) => Object.keys(seen.parts)))];
      return {
        series: names.map((name) => seriesOf(name, inOrder, stepMs)),
        parts: parts.map((part) => ({ part, spans: spansOf(inOrder, stepMs, (seen) => seen.parts[part]) })),
        replicas: [...replicas].map(([replica, own]) => {
          const of = [...own].sort(([a], [b]) => a - b);
          const gauges = [...new Set(of.flatMap(([, seen]) => Object.keys(seen.gauges)))];
          return {
            replica,
            spans: spansOf(of, stepMs, (seen) => Object.values(seen.parts).reduce<PartState>((all, one) => worse(all, one), 'ok')),
            gauges: Object.fromEntries(
              gauges.map((name) => [
                name,
                of.flatMap(([at, seen]) => (seen.gauges[name] === undefined ? [] : [[at, seen.gauges[name]] as const])),
              ]),
            ),
          };
        }),
      };
    },
  };
}

/** What was seen in one step, being added up: hours of three months are thousands, so nothing is made anew for each. */
interface Gathered {
  readonly series: Record<string, { n: number; bad: number; readonly within: Map<number | null, number> }>;
  readonly parts: Record<string, PartState>;
  readonly gauges: Record<string, number>;
}

function nothing(): Gathered {
  return { series: {}, parts: {}, gauges: {} };
}

function addSeries({ series }: Gathered, seen: SeenByProcess): void {
  for (const [name, { n, bad, within }] of Object.entries(seen.series)) {
    series[name] ??= { n: 0, bad: 0, within: new Map() };
    const sum = series[name];
    sum.n += n;
    sum.bad += bad;
    for (const [bound, count] of within) sum.within.set(bound, (sum.within.get(bound) ?? 0) + count);
  }
}

/** Of states the worst, of gauges the largest. */
function addHealth(to: Gathered, { parts, gauges }: SeenByProcess): void {
  for (const [name, state] of Object.entries(parts)) to.parts[name] = worse(state, to.parts[name]);
  for (const [name, value] of Object.entries(gauges)) to.gauges[name] = Math.max(value, to.gauges[name] ?? value);
}

type Steps = readonly (readonly [at: number, seen: Gathered])[];

function seriesOf(name: string, steps: Steps, stepMs: number): Series {
  const [direction = '', ...service] = name.split(' ');
  const points = steps.flatMap(([at, { series }]): SeriesPoint[] => {
    const measured = series[name];
    if (measured === undefined) return [];
    const counted = { within: [...measured.within] };
    const within = (share: number): number => Math.round((percentileOf(counted, share) ?? 0) * 10) / 10;
    const perSecond = Math.round((measured.n / (stepMs / 1_000)) * 1_000) / 1_000;
    return [{ at, n: measured.n, bad: measured.bad, perSecond, p50: within(0.5), p95: within(0.95), p99: within(0.99) }];
  });
  return { direction, service: service.join(' '), points };
}

/** Neighbours of the same state are one stretch. */
function spansOf(steps: Steps, stepMs: number, of: (seen: Gathered) => PartState | undefined): readonly PartSpan[] {
  const spans: { from: number; to: number; state: PartState }[] = [];
  for (const [at, seen] of steps) {
    const state = of(seen);
    if (state === undefined) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.state === state && last.to === at) last.to = at + stepMs;
    else spans.push({ from: at, to: at + stepMs, state });
  }
  return spans;
}

/** Requests of one service in one direction, in a stretch of time. */
export interface Measured {
  /** How many. */
  n: number;
  /** How many of them came to nothing. */
  bad: number;
  /** How long all of them took together, milliseconds. */
  sumMs: number;
  /** How many took at most so many milliseconds and more than the bound before: `[bound, count]`, ascending; `null`: longer than the last bound. */
  within: (readonly [boundMs: number | null, count: number])[];
}

/** Payments that came to an end, of one flow: how many of them moved money. */
export interface Ended {
  readonly all: number;
  readonly completed: number;
}

/** By flow: `payer`, `payee`. */
export type EndedByFlow = Readonly<Record<string, Ended>>;

/** How a part is: `warn`: it works, and somebody should look. */
export type PartState = 'ok' | 'warn' | 'down';

/** What one process saw in one minute or hour. What there was none of is left out. */
export interface SeenByProcess {
  /** By `DIRECTION SERVICE`, like `to-hub quote`. */
  readonly series: Readonly<Record<string, Measured>>;
  /** Absent: none came to an end, or a version wrote it that did not count them. */
  readonly ended?: EndedByFlow;
  /** Of an hour the worst. */
  readonly parts: Readonly<Record<string, PartState>>;
  /** Of an hour the largest. */
  readonly gauges: Readonly<Record<string, number>>;
}

const GRAVITY: Readonly<Record<PartState, number>> = { ok: 0, warn: 1, down: 2 };

/** The worse of two states. */
export function worse(one: PartState, other: PartState | undefined): PartState {
  return other !== undefined && GRAVITY[other] > GRAVITY[one] ? other : one;
}

/** Both together: counts are added, of states the worst and of gauges the largest is taken. Pure. */
export function together(one: SeenByProcess, other: SeenByProcess): SeenByProcess {
  const series = { ...one.series };
  for (const [name, measured] of Object.entries(other.series)) series[name] = added(series[name], measured);
  const parts = { ...one.parts };
  for (const [name, state] of Object.entries(other.parts)) parts[name] = worse(state, parts[name]);
  const ended = bothEnded(one.ended, other.ended);
  const gauges = { ...one.gauges };
  for (const [name, value] of Object.entries(other.gauges)) gauges[name] = Math.max(value, gauges[name] ?? value);
  return { series, parts, gauges, ...(ended && { ended }) };
}

function bothEnded(one: EndedByFlow | undefined, other: EndedByFlow | undefined): EndedByFlow | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sum = ([flow, { all, completed }]: readonly [string, Ended]): [string, Ended] => {
    const known = one[flow];
    return [flow, { all: all + (known?.all ?? 0), completed: completed + (known?.completed ?? 0) }];
  };
  return { ...one, ...Object.fromEntries(Object.entries(other).map(sum)) };
}

function added(one: Measured | undefined, other: Measured): Measured {
  if (one === undefined) return other;
  const within = new Map(one.within);
  for (const [bound, count] of other.within) within.set(bound, (within.get(bound) ?? 0) + count);
  return { n: one.n + other.n, bad: one.bad + other.bad, sumMs: one.sumMs + other.sumMs, within: [...within].sort(byBound) };
}

/** Ascending, what is longer than the last bound at the end. */
export function byBound([a]: readonly [number | null, number], [b]: readonly [number | null, number]): number {
  return (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY);
}

/**
 * The time within which a share of the requests was answered, milliseconds: between the bounds of its bucket in proportion. Longer than the last bound
 * is that bound. Undefined: there was none.
 */
export function percentileOf({ within }: Pick<Measured, 'within'>, share: number): number | undefined {
  const all = within.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return undefined;
  const wanted = Math.max(1, Math.ceil(share * all));
  let [below, lower] = [0, 0];
  for (const [bound, count] of [...within].sort(byBound)) {
    if (bound === null) return lower;
    if (below + count >= wanted) return lower + ((bound - lower) * (wanted - below)) / count;
    below += count;
    lower = bound;
  }
  return lower;
}

/**
 * A circuit breaker, as a value. It opens when most of many calls in a short time failed, refuses for a while, then lets one call a
 * second try (half-open): a success closes it, a failure opens it again for twice as long. A core that is called now and then and
 * fails each time is not overloaded by that: its own answers are better than ours, and it stays closed.
 */
export interface Breaker {
  /** The last outcomes while closed, from the first failure on, the latest last: what succeeded before it changes nothing. */
  readonly recent: readonly Outcome[];
  /** Since when it refuses; undefined while closed. Monotonic, as all times here. */
  readonly openedAt?: number;
  readonly openForMs: number;
  /** When the last trial was let through. */
  readonly triedAt?: number;
}

/** What came of a call, and when. */
interface Outcome {
  readonly failed: boolean;
  readonly at: number;
}

export type BreakerMode = 'closed' | 'open' | 'half-open';

/** It looks at so many calls, … */
const RECENT = 20;
/** … of those that came back within so long, … */
const WINDOW_MS = 10_000;
/** … and opens when so many of them failed. */
const FAILED = 16;
const OPEN_FIRST_MS = 2_000;
const OPEN_MAX_MS = 30_000;
const TRIAL_EVERY_MS = 1_000;

/** How metrics show what it does. */
export const MODE_VALUES: Readonly<Record<BreakerMode, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** All is well. */
export const CLOSED: Breaker = { recent: [], openForMs: OPEN_FIRST_MS };

/** What it does now. */
export function modeOf(breaker: Breaker, now: number): BreakerMode {
  if (breaker.openedAt === undefined) return 'closed';
  return now - breaker.openedAt < breaker.openForMs ? 'open' : 'half-open';
}

/** The breaker after a call was let through, or undefined when it refuses the call. */
export function letThrough(breaker: Breaker, now: number): Breaker | undefined {
  switch (modeOf(breaker, now)) {
    case 'closed':
      return breaker;
    case 'open':
      return undefined;
    case 'half-open':
      return breaker.triedAt !== undefined && now - breaker.triedAt < TRIAL_EVERY_MS ? undefined : { ...breaker, triedAt: now };
  }
}

/** The breaker after a call that was begun at `begunAt` came back. What was begun before it opened tells nothing new. */
export function cameBack(breaker: Breaker, failed: boolean, begunAt: number, now: number): Breaker {
  if (breaker.openedAt === undefined) {
    if (!failed && breaker.recent.length === 0) return breaker;
    const within = [...breaker.recent, { failed, at: now }].filter(({ at }) => now - at < WINDOW_MS).slice(-RECENT);
    const first = within.findIndex((outcome) => outcome.failed);
    const recent = first === -1 ? [] : within.slice(first);
    const failures = recent.filter((outcome) => outcome.failed).length;
    return failures >= FAILED ? { recent: [], openedAt: now, openForMs: OPEN_FIRST_MS } : { ...breaker, recent };
  }
  if (begunAt < breaker.openedAt) return breaker;
  if (!failed) return CLOSED;
  return { recent: [], openedAt: now, openForMs: Math.min(breaker.openForMs * 2, OPEN_MAX_MS) };
}

/** How often somebody failed to sign in, as it is kept for a user and a place. */
export interface Attempts {
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

/** So many may fail before there is a pause. */
const FREE = 5;
const FIRST_PAUSE_MS = 2_000;
/** No pause is longer, so that nobody can lock somebody else out for ever. */
const LONGEST_PAUSE_MS = 15 * 60_000;
/** After so long without a failure they are forgotten. */
export const FORGOTTEN_MS = 24 * 3_600_000;

/** Milliseconds until the next try counts: none at first, then doubling, at most a quarter of an hour. */
export function pauseOf(attempts: Attempts | undefined, now: number): number {
  if (attempts === undefined || attempts.failures < FREE) return 0;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, attempts.failures - FREE));
  // a clock that was set back must not make it longer than it is
  return Math.min(pause, Math.max(0, attempts.lastAt + pause - now));
}

/** One failure more. */
export function afterFailure(attempts: Attempts | undefined, now: number): Attempts {
  return { failures: (attempts?.failures ?? 0) + 1, lastAt: now };
}

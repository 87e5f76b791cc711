import type { Clock, Timer, Timers } from '../time.ts';

interface Waiting {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock and timers that move only when they are told to. Between two timers, promises get the time to settle. */
export interface VirtualTime extends Clock, Timers {
  /** Moves on by `ms`, running every timer that falls due on the way at its own instant, in order. */
  advance(ms: number): Promise<void>;
  /** Jumps to the next timer and runs it; false when none is set. */
  runNext(): Promise<boolean>;
  /** Moves the wall clock alone, as an operator or NTP would; timers and the monotonic clock do not notice. */
  jumpWallClock(ms: number): void;
  /** Timers that are set now. */
  readonly pending: number;
}

/**
 * Makes a virtual time that starts at the given instant (milliseconds since the epoch; default 2026-01-01T00:00:00Z).
 *
 * @example
 * const time = virtualTime();
 * time.after(5_000, () => { fired = true; });
 * await time.advance(5_000); // fired
 */
export function virtualTime(startMs = 1_767_225_600_000): VirtualTime {
  let elapsedMs = 0;
  let wallOffsetMs = startMs;
  let order = 0;
  const waiting = new Set<Waiting>();

  function next(latestMs: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const timer of waiting) {
      if (timer.dueMs > latestMs) continue;
      if (!first || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.order < first.order)) first = timer;
    }
    return first;
  }

  async function runOne(latestMs: number): Promise<boolean> {
    const timer = next(latestMs);
    if (!timer) return false;
    waiting.delete(timer);
    elapsedMs = Math.max(elapsedMs, timer.dueMs);
    timer.run();
    await settled();
    return true;
  }

  return {
    now: () => wallOffsetMs + elapsedMs,
    monotonic: () => elapsedMs,
    get pending() {
      return waiting.size;
    },
    after(afterMs: number, run: () => void): Timer {
      const timer: Waiting = { dueMs: elapsedMs + Math.max(0, afterMs), order: order++, run };
      waiting.add(timer);
      return { cancel: () => void waiting.delete(timer) };
    },
    soon: (run) => void waiting.add({ dueMs: elapsedMs, order: order++, run }),
    async advance(ms: number) {
      const untilMs = elapsedMs + ms;
      await settled();
      while (await runOne(untilMs));
      elapsedMs = untilMs;
      await settled();
    },
    runNext: () => runOne(Number.POSITIVE_INFINITY),
    jumpWallClock(ms: number) {
      wallOffsetMs += ms;
    },
  };
}

/** Lets every promise that can go on now go on: an immediate runs after all microtasks. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

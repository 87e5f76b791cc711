import type { Clock, Timer, Timers } from './time.ts';

/** Node's timers hold at most this many milliseconds (a signed 32-bit number); more would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/**
 * The machine's timers. They never keep the process alive by themselves. A wait longer than Node's timers can hold
 * (24.8 days) is waited in several steps, so that it never ends early.
 */
export const systemTimers: Timers = {
  after(afterMs: number, run: () => void): Timer {
    if (afterMs > LONGEST_TIMER_MS) return longTimer(afterMs, run);
    const handle = setTimeout(run, Math.max(afterMs, 0));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  soon: (run) => void setImmediate(run),
};

function longTimer(afterMs: number, run: () => void): Timer {
  let current: Timer;
  const wait = (leftMs: number): void => {
    const step = Math.min(leftMs, LONGEST_TIMER_MS);
    current = systemTimers.after(step, () => (leftMs > step ? wait(leftMs - step) : run()));
  };
  wait(afterMs);
  return { cancel: () => current.cancel() };
}

import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { Random } from './random.ts';
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

/** Asking the system for few bytes costs as much as for many. */
const POOL_BYTES = 4_096;
const POOLED_MAX = 32;
const pool = { bytes: Buffer.alloc(POOL_BYTES), at: POOL_BYTES };

/** So many of the pool's bytes, which are nowhere any more but in the hands of who asked. */
function pooled(length: number): Buffer {
  if (pool.at + length > POOL_BYTES) {
    randomFillSync(pool.bytes);
    pool.at = 0;
  }
  const given = Buffer.from(pool.bytes.subarray(pool.at, pool.at + length));
  pool.bytes.fill(0, pool.at, pool.at + length);
  pool.at += length;
  return given;
}

/** The machine's random source: strong for ids and bytes, quick and weak for `fraction` (jitter). */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  bytes: (length: number) => (length > POOLED_MAX ? randomBytes(length) : pooled(length)),
  fraction: () => Math.random(),
};

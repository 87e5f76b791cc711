import { type Clock, systemClock, systemTimers, type Timers } from '@payment-manager/runtime';

/** Real time that goes so many times faster since a moment, milliseconds since the epoch. Processes that share both have one time. */
export interface Pace {
  readonly since: number;
  readonly times: number;
}

/** Clock and timers of processes that cannot wait for as long as a core may need. */
export function fastTime({ since, times }: Pace): Clock & Timers {
  return {
    now: () => Math.floor(since + (systemClock.now() - since) * times),
    monotonic: () => systemClock.monotonic() * times,
    after: (ms, run) => systemTimers.after(ms / times, run),
    soon: (run) => systemTimers.soon(run),
  };
}

/** The real moment of one of that time. */
export function realMoment({ since, times }: Pace, at: number): number {
  return since + (at - since) / times;
}

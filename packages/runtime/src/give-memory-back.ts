import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Timers } from './time.ts';

/**
 * Collects everything that a start has left behind (texts of modules, parsed files, code that ran once) and gives the memory back to
 * the system. It stops the process for some 70 ms, so it is for the moment before anybody is served. V8 does the same by itself only
 * when it is about to run out of memory.
 */
export function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}

/** How often it is looked whether nothing happens, and for how long at most. */
const LOOK_EVERY_MS = 30_000;
const LOOKS_MOST = 120;
/** Of the time in which the event loop may have worked. */
const QUIET_SHARE = 0.05;

/** What the loop worked since the call before, from 0 to 1. */
function utilization(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization: share } = performance.eventLoopUtilization(now, last);
    last = now;
    return share;
  };
}

/**
 * Does it once more, in the first half a minute in which next to nothing happens: what came into the scheme, was fetched and compiled after the start
 * is left behind as well. A process that is never quiet for an hour has no use for it.
 */
export function giveMemoryBackWhenQuiet(timers: Pick<Timers, 'after'>, worked: () => number = utilization(), give = giveMemoryBack): void {
  const look = (left: number): void => {
    timers.after(LOOK_EVERY_MS, () => {
      if (worked() < QUIET_SHARE) give();
      else if (left > 1) look(left - 1);
    });
  };
  look(LOOKS_MOST);
}

import { performance } from 'node:perf_hooks';
import { systemTimers } from './system-time.ts';
import type { Timers } from './time.ts';

/**
 * Collects everything that a start has left behind in this thread (texts of modules, parsed files, code that ran once) and gives the memory
 * back to the system. It stops the thread for some 70 ms in a main thread and 10 in a worker, so it is for moments in which nobody waits.
 * V8 does the same by itself only when it is about to run out of memory. Where Node runs without `--expose-gc` (see `node-options.ts`)
 * nothing happens.
 */
export function giveMemoryBack(): void {
  void globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' });
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
 * is left behind as well. A thread that is never quiet for an hour has no use for it. Each thread asks for itself; none stays for it.
 */
export function giveMemoryBackWhenQuiet(
  timers: Pick<Timers, 'after'> = systemTimers,
  worked: () => number = utilization(),
  give = giveMemoryBack,
): void {
  const look = (left: number): void => {
    timers.after(LOOK_EVERY_MS, () => {
      if (worked() < QUIET_SHARE) give();
      else if (left > 1) look(left - 1);
    });
  };
  look(LOOKS_MOST);
}

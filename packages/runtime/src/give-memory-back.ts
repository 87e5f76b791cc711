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

/** How often it is looked whether nothing happens. */
const LOOK_EVERY_MS = 30_000;
/** Of the time in which the event loop may have worked; and from which on there was enough to leave something behind. */
const QUIET_SHARE = 0.05;
const BUSY_SHARE = 0.1;

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
 * Does it again in the first half a minute in which next to nothing happens, after the start and after each time of work: what was fetched, compiled
 * and paid leaves free parts of the heap behind, and V8 keeps them (some 50 MB after payments that come a hundred a second). Where nothing but
 * little happens it is not done again and again. Each thread asks for itself; none stays for it.
 */
export function giveMemoryBackWhenQuiet(
  timers: Pick<Timers, 'after'> = systemTimers,
  worked: () => number = utilization(),
  give = giveMemoryBack,
): void {
  let leftBehind = true;
  const look = (): void => {
    timers.after(LOOK_EVERY_MS, () => {
      const share = worked();
      if (share >= BUSY_SHARE) leftBehind = true;
      else if (leftBehind && share < QUIET_SHARE) {
        give();
        leftBehind = false;
      }
      look();
    });
  };
  look();
}

import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;

/** Watches the event loop while somebody asks. */
export interface LoopDelay {
  /**
   * How long what is ready waited for its turn since the last call, milliseconds, mean; `Infinity` when nothing ever had a turn.
   * 0 at the first call, and at the first one after a rest: nobody has watched before.
   */
  read(): number;
  stop(): void;
}

/**
 * The monitor ticks in native code, 200 times a second: next to nothing for a process that works, and 3 % of a core for one that
 * sleeps and is woken each time. So it ends when nobody has asked for `restMs`, and begins with the next question.
 */
export function watchLoopDelay(restMs = 2_000): LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let ending: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(ending);
    ending = undefined;
    delay.disable();
  };
  return {
    read() {
      const watched = ending !== undefined;
      if (watched) ending?.refresh();
      else {
        ending = setTimeout(end, restMs).unref();
        delay.enable();
      }
      const meanMs = delay.count === 0 ? Number.POSITIVE_INFINITY : delay.mean / 1e6 - RESOLUTION_MS;
      delay.reset();
      return watched ? Math.max(0, meanMs) : 0;
    },
    stop: end,
  };
}

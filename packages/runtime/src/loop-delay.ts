import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 5;

/** Watches the event loop. The monitor ticks in native code and costs nothing that can be measured. */
export interface LoopDelay {
  /** How long what was ready waited for its turn since the last call, milliseconds, mean; `Infinity` when nothing ever had a turn. */
  read(): number;
  stop(): void;
}

/** Begins to watch. */
export function watchLoopDelay(): LoopDelay {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    read() {
      const meanMs = delay.count === 0 ? Number.POSITIVE_INFINITY : delay.mean / 1e6 - resolutionMs;
      delay.reset();
      return Math.max(0, meanMs);
    },
    stop: () => void delay.disable(),
  };
}

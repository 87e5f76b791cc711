import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 100;

/** Measures how long the event loop was held up. `take` answers the longest time since it was last asked, milliseconds. */
export function eventLoopLag(): { take(): number; stop(): void } {
  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  return {
    take() {
      const longest = lag.count > 0 ? Math.max(0, lag.max / 1e6 - RESOLUTION_MS) : 0;
      lag.reset();
      return Math.round(longest);
    },
    stop: () => void lag.disable(),
  };
}

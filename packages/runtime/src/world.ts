import type { Signatures } from './crypto.ts';
import { type Failpoints, failpointsFrom } from './failpoint.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createAdjustableLog } from './pino-log.ts';
import { createMetrics } from './prom-metrics.ts';
import type { Random } from './random.ts';
import { systemClock, systemRandom, systemTimers } from './system.ts';
import { threadPoolSignatures } from './thread-pool-signatures.ts';
import type { Clock, Timers } from './time.ts';
import type { Tracing } from './tracing.ts';

/** The outside world in one piece, handed from room to room; tests replace what they want of it. Journal, vault and clients are no part of it. */
export interface World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly signatures: Signatures;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
  /** Traces payments. Absent: switched off. */
  readonly tracing?: Tracing;
  /** Changes the least important level that the log writes. Absent: it cannot be changed. */
  readonly setLogLevel?: (level: WorldSettings['log']['level']) => void;
}

/** What of a configuration the world needs. */
export interface WorldSettings {
  readonly fspId: string;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly pretty: boolean };
}

/**
 * The real world with log and metrics as the configuration says. `failpoint` is the text of PM_FAILPOINT; `worker` is how this
 * process is called among several that write into one output.
 */
export function realWorld({ fspId, log }: WorldSettings, failpoint?: string, worker?: string): World {
  const named = { fsp: fspId, ...(worker === undefined ? {} : { worker }) };
  const adjustable = createAdjustableLog({ ...log, sharedOutput: worker !== undefined });
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log: adjustable.log.child(named),
    setLogLevel: (level) => adjustable.setLevel(level),
    metrics: createMetrics(),
    failpoints: failpointsFrom(failpoint),
  };
}

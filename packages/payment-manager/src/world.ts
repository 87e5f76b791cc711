import {
  type Clock,
  createLog,
  createMetrics,
  type Failpoints,
  failpointsFrom,
  type Log,
  type Metrics,
  type Random,
  type Signatures,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import type { Config } from './config/schema.ts';

/** The outside world, for tests that replace a part of it. The product gives only `failpoint`. */
export interface World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly signatures: Signatures;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
}

/**
 * The real world with log and metrics as the configuration says. `failpoint` is the text of PM_FAILPOINT; `worker` is how this
 * process is called among several that write into one output.
 */
export function realWorld(config: Config, failpoint?: string, worker?: string): World {
  const { level, pretty } = config.log;
  const named = { fsp: config.fspId, ...(worker === undefined ? {} : { worker }) };
  return {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log: createLog({ level, pretty, sharedOutput: worker !== undefined }).child(named),
    metrics: createMetrics(),
    failpoints: failpointsFrom(failpoint),
  };
}

import { Worker } from 'node:worker_threads';
import type { BusinessDaySettings, Log, World } from '@payment-manager/runtime';
import type { FeedStart, FeedStatus, ToFeeder } from './feed-messages.ts';
import type { ReadModelSource } from './source.ts';

export interface FeedingOptions extends Pick<World, 'log'> {
  readonly source: ReadModelSource;
  readonly businessDay: BusinessDaySettings;
  /** Asked each second: whether this process feeds, or another replica. */
  leads(): boolean;
}

/** Rows that are kept up to date in a thread of their own. */
export interface Feeding {
  status(): FeedStatus;
  /** The journal has something new. */
  stored(): void;
  /** Asked by whoever owns the timers, each second. */
  look(): void;
  stop(): Promise<void>;
}

/** The thread holds a page of records at a time; above the bound it dies, and is not missed by any payment. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** Starts the thread. What it cannot do it tries again; it never ends the process. */
export function startFeeding({ source, businessDay, log, leads }: FeedingOptions): Feeding {
  let status: FeedStatus = { state: leads() ? 'following' : 'waiting', behindMs: 0, rows: 0 };
  let led = leads();
  const start: FeedStart = { source, businessDay, leads: led };
  const worker = new Worker(new URL('./feeder-thread.ts', import.meta.url), {
    workerData: start,
    resourceLimits: THREAD_LIMITS,
    name: 'read model',
  });
  // the process does not stay for it
  worker.unref();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const tell = (message: ToFeeder): void => worker.postMessage(message);
  worker.on('message', (next: FeedStatus) => {
    if (next.state !== status.state) told(log, status, next);
    status = next;
  });
  worker.on('error', (error) => {
    status = { ...status, state: 'failing', reason: error.message };
    log.error('the thread of the read model died; payments go on, and the next start feeds on', { reason: error.message });
  });
  return {
    status: () => status,
    stored: () => tell('stored'),
    look() {
      const leading = leads();
      if (leading !== led) tell(leading ? 'lead' : 'wait');
      led = leading;
    },
    async stop() {
      tell('close');
      await ended;
    },
  };
}

function told(log: Log, before: FeedStatus, { state, reason }: FeedStatus): void {
  if (state === 'failing') log.warn('the read model is not fed; payments go on, and it is tried again', { reason });
  else if (state === 'building') log.info('the read model is made anew');
  else if (before.state === 'failing' || before.state === 'building') log.info('the read model is fed');
}

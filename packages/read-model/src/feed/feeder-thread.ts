/** The thread that keeps the rows, so that no payment waits for it. Started by `startFeeding`. */
import { parentPort, workerData } from 'node:worker_threads';
import { giveMemoryBackWhenQuiet, type Log, systemClock, systemTimers } from '@payment-manager/runtime';
import type { FeedStart, FeedStatus, ToFeeder } from './feed-messages.ts';
import { type OpenedFeeder, openFeeder } from './source.ts';

/** News are gathered for so long: a payment that ends within it is one row written once. */
const GATHER_MS = 400;
/** Notices may get lost. */
const LOOK_EVERY_MS = 1_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

const port = parentPort;
if (!port) throw new Error('this module runs in a worker thread only');
const { source, businessDay, leads: leadsAtFirst } = workerData as FeedStart;

/** What goes wrong is told as a status; the main thread logs it. */
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

let leads = leadsAtFirst;
let closing = false;
let gathering = false;
let opened: OpenedFeeder | undefined;
let rows = 0;
let retryMs = RETRY_FIRST_MS;
let failingSince: number | undefined;
let wake: () => void = () => {};

const tell = (status: Omit<FeedStatus, 'rows'>): void => port.postMessage({ ...status, rows } satisfies FeedStatus);
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = systemTimers.after(ms, resolve);
    wake = () => {
      timer.cancel();
      resolve();
    };
  });

/** What comes meanwhile is what is gathered: only the end cuts it short. */
const gather = (): Promise<void> => {
  gathering = true;
  return pause(GATHER_MS).finally(() => (gathering = false));
};

port.on('message', (message: ToFeeder) => {
  if (message === 'lead' || message === 'wait') leads = message === 'lead';
  if (message === 'close') closing = true;
  if (closing || (!gathering && (message !== 'stored' || leads))) wake();
});

/** One step; how long to wait before the next one. */
async function work(): Promise<number> {
  if (!leads) {
    await shut();
    tell({ state: 'waiting', behindMs: 0 });
    return LOOK_EVERY_MS;
  }
  opened ??= await openFeeder(source, businessDay, SILENT);
  const step = await opened.step();
  rows += step.rows;
  [retryMs, failingSince] = [RETRY_FIRST_MS, undefined];
  if (step.built !== undefined) tell({ state: 'building', behindMs: step.behindMs ?? 0, built: step.built });
  else tell({ state: 'following', behindMs: step.behindMs ?? 0 });
  return step.more ? 0 : LOOK_EVERY_MS;
}

async function shut(): Promise<void> {
  const before = opened;
  opened = undefined;
  await before?.close().catch(() => {});
}

giveMemoryBackWhenQuiet();
while (!closing) {
  let waitMs: number;
  try {
    waitMs = await work();
  } catch (error) {
    await shut();
    failingSince ??= systemClock.monotonic();
    tell({
      state: 'failing',
      behindMs: systemClock.monotonic() - failingSince,
      reason: error instanceof Error ? error.message : String(error),
    });
    waitMs = retryMs;
    retryMs = Math.min(RETRY_MAX_MS, retryMs * 2);
  }
  // 0: messages are taken, and it goes on
  await pause(waitMs);
  if (waitMs > 0 && !closing) await gather();
}
await shut();
port.close();

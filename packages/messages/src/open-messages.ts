import {
  type AlarmEntry,
  alarmBoard,
  type Clock,
  type Log,
  type Metrics,
  type Random,
  type Timer,
  type Timers,
} from '@payment-manager/runtime';
import { type Erased, eraseParty, findMessages, type Wanted } from './find.ts';
import { frames } from './frame.ts';
import { dayOf, type FrameStore, firstKept } from './frame-store.ts';
import type { KeptMessage, Message, MessageLog } from './message.ts';

/** Memory for what is not written yet. */
const HELD_BYTES_MAX = 16_777_216;
/** So much is one frame: large enough to be compressed, small enough to be read for one payment. */
const FRAME_RAW_BYTES = 262_144;
/** What waits no longer than this for others to be written with. */
const GATHER_MS = 2_000;
/** What a message takes beside its bodies, about. */
const HEAD_BYTES = 1_024;
const DAY_LOOK_MS = 3_600_000;
/** Longest wait for the last frames when the process ends. */
const LAST_WRITE_MS = 2_000;
const FOUND_MAX = 500;

export interface OpenMessagesOptions {
  readonly store: FrameStore;
  /** 32 bytes from which the keys of frames are made: see `keyFor`. */
  readonly rootKey: Uint8Array;
  /** Days that are kept besides today. */
  readonly keepDays: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The messages of this process, and all that are kept. */
export interface Messages extends MessageLog {
  /** The messages of one payment, oldest first, at most 500. Rejects when the store cannot be read. */
  find(wanted: Wanted): Promise<readonly KeptMessage[]>;
  /** Removes a person's messages, see `eraseParty`; `party` is `TYPE/ID` or `TYPE/ID/SUB`. Rejects when the store cannot be changed. */
  erase(party: string): Promise<Erased>;
  /** `MESSAGES_LOST`, from the first lost message until some are kept again. */
  alarms(): readonly AlarmEntry[];
  /** Writes what waits, if that is quick. */
  close(): Promise<void>;
}

/** Keeps messages in a store that nothing waits for. */
export function openMessages(options: OpenMessagesOptions): Messages {
  const { store, clock, timers, log, metrics } = options;
  const sealer = frames(options.rootKey, options.random);
  const board = alarmBoard(clock);
  const counted = metrics.counter(
    'pm_messages_total',
    'Messages by what became of them: kept, or lost because memory was full or a write failed',
    ['result'],
  );
  const stored = metrics.counter('pm_messages_stored_bytes_total', 'Bytes of messages that were written, compressed and sealed');
  let waiting: Message[] = [];
  let heldBytes = 0;
  /** Bytes of `waiting`. */
  let waitingBytes = 0;
  let timer: Timer | undefined;
  let writing: Promise<void> | undefined;
  let lost = false;

  function lose(messages: number, result: 'memory-full' | 'write-failed', reason: string): void {
    lost = true;
    counted.add(messages, { result });
    if (board.raise({ id: 'messages', code: 'MESSAGES_LOST', reason }) !== 'new') return;
    log.error('messages are lost; payments go on', { code: 'MESSAGES_LOST', reason });
    metrics.counter('pm_alarms_total', 'Alarms by code', ['code']).add(1, { code: 'MESSAGES_LOST' });
  }

  function keptAgain(): void {
    if (!lost && board.clear('messages', 'MESSAGES_LOST') !== undefined) log.info('messages are kept again');
    lost = false;
  }

  /** One frame after the other, as long as something waits. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = taken();
      const bytes = batch.reduce((sum, message) => sum + sizeOf(message), 0);
      try {
        const frame = await sealer.seal(batch);
        await store.append(dayOf(clock.now()), frame);
        counted.add(batch.length, { result: 'kept' });
        stored.add(frame.bytes.length);
        keptAgain();
      } catch (error) {
        lose(batch.length, 'write-failed', `they cannot be written: ${whyOf(error)}`);
      }
      heldBytes -= bytes;
    }
  }

  function taken(): readonly Message[] {
    let [count, bytes] = [0, 0];
    while (count < waiting.length && bytes < FRAME_RAW_BYTES) bytes += sizeOf(waiting[count++] as Message);
    const batch = waiting.slice(0, count);
    waiting = count === waiting.length ? [] : waiting.slice(count);
    waitingBytes -= bytes;
    return batch;
  }

  function write(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  /** Everything that was recorded before is written, or lost. */
  async function written(): Promise<void> {
    while (waiting.length > 0 || writing !== undefined) await write();
  }

  const days = dayKeeper(options);
  /** One at a time: both replace what the other reads. */
  let erasing: Promise<unknown> = Promise.resolve();
  return {
    record(message) {
      const bytes = sizeOf(message);
      if (heldBytes + bytes > HELD_BYTES_MAX) {
        lose(1, 'memory-full', 'more is said than can be written');
        return;
      }
      heldBytes += bytes;
      waitingBytes += bytes;
      waiting.push(message);
      if (waitingBytes >= FRAME_RAW_BYTES) {
        if (writing === undefined) void write();
      } else timer ??= timers.after(GATHER_MS, write);
    },
    async find(wanted) {
      await written();
      return findMessages(store, sealer, wanted, FOUND_MAX);
    },
    async erase(party) {
      const turn = erasing.then(async () => {
        await written();
        return eraseParty(store, sealer, party);
      });
      erasing = turn.catch(() => {});
      return turn;
    },
    alarms: board.alarms,
    async close() {
      days.stop();
      const patience = Promise.withResolvers<void>();
      const last = timers.after(LAST_WRITE_MS, patience.resolve);
      await Promise.race([written(), patience.promise]);
      last.cancel();
      await Promise.race([store.close().catch(() => {}), patience.promise]);
    },
  };
}

function sizeOf({ body, answer, target }: Message): number {
  return HEAD_BYTES + target.length + (body?.length ?? 0) + (answer?.body?.length ?? 0);
}

/** Where it failed, for people; no path of a person is in it. */
function whyOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' ? code : String(message);
}

/** Removes the days that are not kept any more: at the start, and each hour. */
function dayKeeper({ store, clock, timers, log, keepDays }: OpenMessagesOptions): { stop(): void } {
  let timer: Timer | undefined;
  let stopped = false;
  const look = (): void => {
    store
      .removeBefore(firstKept(clock.now(), keepDays))
      .then(
        (removed) => removed > 0 && log.info('old messages were removed', { days: removed, keepDays }),
        (error: unknown) => log.warn('old messages cannot be removed', { reason: whyOf(error) }),
      )
      .finally(() => {
        if (!stopped) timer = timers.after(DAY_LOOK_MS, look);
      });
  };
  timer = timers.after(0, look);
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

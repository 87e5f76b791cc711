import {
  type AlarmEntry,
  alarmBoard,
  type Counter,
  type Log,
  type Metrics,
  systemRandom,
  type Timer,
  type World,
} from '@payment-manager/runtime';
import { MessageBatch } from './encode.ts';
import { type Erased, eraseParty, findMessages, type Stored, type Wanted } from './find.ts';
import { frames } from './frame.ts';
import { dayOf, type FrameStore, firstKept } from './frame-store.ts';
import type { Message, MessageLog } from './message.ts';

/** Memory for what is not written yet. */
const HELD_BYTES_MAX = 16_777_216;
/** So much is one frame: large enough to be compressed, small enough to be read for one payment. */
const FRAME_RAW_BYTES = 524_288;
/** What waits no longer than this for others to be written with. */
const GATHER_MS = 2_000;
/** One is filled while the other is written. */
const ROOMS_KEPT = 2;
/** Larger ones were needed for bodies of a rare size. */
const ROOM_BYTES_MAX = 1_048_576;
/** What a message takes beside its bodies, about. */
const HEAD_BYTES = 1_024;
const DAY_LOOK_MS = 3_600_000;
/** Longest wait for the last frames when the process ends. */
const LAST_WRITE_MS = 2_000;
/** So long whoever looks waits for what was said last. */
const PATIENCE_MS = 5_000;
/** After this time another process has written what it had in memory: gathered, and one slow write. */
const OTHERS_WRITE_MS = 2 * GATHER_MS;
const FOUND_MAX = 500;

export interface OpenMessagesOptions extends Pick<World, 'clock' | 'timers' | 'random' | 'log' | 'metrics'> {
  readonly store: FrameStore;
  /** 32 bytes from which the keys of frames are made: see `keyFor`. */
  readonly rootKey: Uint8Array;
  /** Days that are kept besides today. */
  readonly keepDays: number;
}

/** What is kept of a payment. */
export interface Found extends Stored {
  /** Whether the store did not take in time what was said last, which therefore may be missing. */
  readonly unwritten: boolean;
}

/** The messages of this process, and all that are kept. */
export interface Messages extends MessageLog {
  /** The messages of one payment, oldest first, at most 500: the first and the last ones. Rejects when the store cannot be read. */
  find(wanted: Wanted): Promise<Found>;
  /**
   * Removes a person's messages, see `eraseParty`; `party` is `TYPE/ID` or `TYPE/ID/SUB`. Where other processes write, too, it takes some
   * seconds: what they have in memory is removed when they have written it. Rejects when the store cannot be changed, or does not take in
   * time what this process has in memory (`MESSAGES_NOT_WRITTEN`).
   */
  erase(party: string): Promise<Erased>;
  /** `MESSAGES_LOST`, from the first lost message until some are kept again. */
  alarms(): readonly AlarmEntry[];
  /** Writes what waits, if that is quick. */
  close(): Promise<void>;
}

/** Keeps messages in a store that nothing waits for. */
export function openMessages(options: OpenMessagesOptions): Messages {
  const { store, timers } = options;
  const sealer = frames(options.rootKey, options.random);
  const losses = new Losses(options);
  const waiting = new Waiting(options, sealer, losses);
  const days = dayKeeper(options);
  /** One at a time: both replace what the other reads. */
  let erasing: Promise<unknown> = Promise.resolve();
  return {
    record: (message) => waiting.record(message),
    async find(wanted) {
      const written = await waiting.written(PATIENCE_MS);
      return { ...(await findMessages(store, sealer, wanted, FOUND_MAX)), unwritten: !written };
    },
    async erase(party) {
      const ids = new Set([party]);
      const once = async (): Promise<Erased> => {
        if (await waiting.written(PATIENCE_MS)) return eraseParty(store, sealer, ids);
        throw Object.assign(new Error('what was said last is not written yet, and may be of this person'), {
          code: 'MESSAGES_NOT_WRITTEN',
        });
      };
      const turn = erasing.then(async () => {
        const erased = await once();
        if (!store.shared) return erased;
        await new Promise<void>((resolve) => void timers.after(OTHERS_WRITE_MS, resolve));
        const after = await once();
        return { ...after, messages: erased.messages + after.messages };
      });
      erasing = turn.catch(() => {});
      return turn;
    },
    alarms: () => losses.alarms(),
    async close() {
      days.stop();
      const patience = Promise.withResolvers<void>();
      const last = timers.after(LAST_WRITE_MS, patience.resolve);
      await waiting.written(LAST_WRITE_MS);
      await Promise.race([store.close().catch(() => {}), patience.promise]);
      last.cancel();
    },
  };
}

/** The messages of a payment in a store that another process writes, or none does: nothing is written, and nothing removed. */
export function readMessages(store: FrameStore, rootKey: Uint8Array, wanted: Wanted): Promise<Stored> {
  return findMessages(store, frames(rootKey, systemRandom), wanted, FOUND_MAX);
}

/** What became of messages, and the alarm while some are lost. */
class Losses {
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #board: ReturnType<typeof alarmBoard>;
  readonly #counted: Counter;
  #lost = false;

  constructor({ clock, log, metrics }: OpenMessagesOptions) {
    this.#log = log;
    this.#metrics = metrics;
    this.#board = alarmBoard(clock);
    this.#counted = metrics.counter(
      'pm_messages_total',
      'Messages by what became of them: kept, or lost because memory was full or a write failed',
      ['result'],
    );
  }

  alarms(): readonly AlarmEntry[] {
    return this.#board.alarms();
  }

  lost(messages: number, result: 'memory-full' | 'write-failed', reason: string): void {
    this.#lost = true;
    this.#counted.add(messages, { result });
    if (this.#board.raise({ id: 'messages', code: 'MESSAGES_LOST', reason }) !== 'new') return;
    this.#log.error('messages are lost; payments go on', { code: 'MESSAGES_LOST', reason });
    this.#metrics.counter('pm_alarms_total', 'Alarms by code', ['code']).add(1, { code: 'MESSAGES_LOST' });
  }

  kept(messages: number): void {
    this.#counted.add(messages, { result: 'kept' });
    if (!this.#lost && this.#board.clear('messages', 'MESSAGES_LOST') !== undefined) this.#log.info('messages are kept again');
    this.#lost = false;
  }
}

/** What was said and is not written yet. */
class Waiting {
  readonly #options: OpenMessagesOptions;
  readonly #sealer: ReturnType<typeof frames>;
  readonly #losses: Losses;
  readonly #stored: Counter;
  /** Full ones, and the last, to which is added. None is empty. */
  readonly #batches: MessageBatch[] = [];
  /** Memory of batches that are written, for those to come: taken anew for each, it would have V8 collect its whole heap several times a second. */
  readonly #rooms: Buffer[] = [];
  /** Bytes of what waits and of what is being written. */
  #heldBytes = 0;
  #timer: Timer | undefined;
  /** How many batches were begun, and how many of these are written, or lost. */
  #begun = 0;
  #ended = 0;
  /** Of those that were begun so many are written also when they are no full frame; nothing is added to them any more. */
  #closed = 0;
  /** The batch that is being written. */
  #writing: Promise<void> | undefined;

  constructor(options: OpenMessagesOptions, sealer: ReturnType<typeof frames>, losses: Losses) {
    this.#options = options;
    this.#sealer = sealer;
    this.#losses = losses;
    this.#stored = options.metrics.counter('pm_messages_stored_bytes_total', 'Bytes of messages that were written, compressed and sealed');
  }

  record(message: Message): void {
    if (this.#heldBytes + sizeOf(message) > HELD_BYTES_MAX) {
      this.#losses.lost(1, 'memory-full', 'more is said than can be written');
      return;
    }
    const batch = this.#open();
    const before = batch.bytes;
    batch.add(message);
    this.#heldBytes += batch.bytes - before;
    if (batch.bytes >= FRAME_RAW_BYTES) this.#write();
    else this.#gather();
  }

  #open(): MessageBatch {
    const last = this.#batches.at(-1);
    if (last !== undefined && this.#begun > this.#closed && last.bytes < FRAME_RAW_BYTES) return last;
    const batch = new MessageBatch(this.#rooms.pop());
    this.#batches.push(batch);
    this.#begun++;
    return batch;
  }

  #keepRoom({ room }: MessageBatch): void {
    if (this.#rooms.length < ROOMS_KEPT && room.length <= ROOM_BYTES_MAX) this.#rooms.push(room);
  }

  /** Waits until everything that was recorded before is written, or lost, and not for what comes after it. False: it was not in time. */
  async written(patienceMs: number): Promise<boolean> {
    const until = this.#begun;
    if (this.#ended === until) return true;
    const patience = Promise.withResolvers<void>();
    let isOver = false;
    const timer = this.#options.timers.after(patienceMs, () => {
      isOver = true;
      patience.resolve();
    });
    this.#writeAll();
    while (this.#ended < until && !isOver) await Promise.race([this.#writing, patience.promise]);
    timer.cancel();
    return this.#ended >= until;
  }

  #gather(): void {
    this.#timer ??= this.#options.timers.after(GATHER_MS, () => this.#writeAll());
  }

  /** Also what is no full frame yet. */
  #writeAll(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#closed = this.#begun;
    this.#write();
  }

  /** One frame after the other. */
  #write(): void {
    if (this.#writing !== undefined) return;
    const [first] = this.#batches;
    if (first === undefined) return;
    if (this.#ended >= this.#closed && first.bytes < FRAME_RAW_BYTES) {
      this.#gather();
      return;
    }
    this.#batches.shift();
    this.#writing = this.#writeOne(first).finally(() => {
      this.#ended++;
      this.#writing = undefined;
      this.#write();
    });
  }

  async #writeOne(batch: MessageBatch): Promise<void> {
    const { store, clock } = this.#options;
    try {
      const frame = await this.#sealer.seal(batch);
      this.#keepRoom(batch);
      await store.append(dayOf(clock.now()), frame);
      this.#stored.add(frame.bytes.length);
      this.#losses.kept(batch.count);
    } catch (error) {
      this.#losses.lost(batch.count, 'write-failed', `they cannot be written: ${whyOf(error)}`);
    }
    this.#heldBytes -= batch.bytes;
  }
}

/** About, before it is bytes. */
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

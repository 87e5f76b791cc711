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
import { type Erased, eraseParty, findMessages, type Wanted } from './find.ts';
import { frames } from './frame.ts';
import { dayOf, type FrameStore, firstKept } from './frame-store.ts';
import type { KeptMessage, Message, MessageLog } from './message.ts';

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
const FOUND_MAX = 500;

export interface OpenMessagesOptions extends Pick<World, 'clock' | 'timers' | 'random' | 'log' | 'metrics'> {
  readonly store: FrameStore;
  /** 32 bytes from which the keys of frames are made: see `keyFor`. */
  readonly rootKey: Uint8Array;
  /** Days that are kept besides today. */
  readonly keepDays: number;
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
      await waiting.written();
      return findMessages(store, sealer, wanted, FOUND_MAX);
    },
    async erase(party) {
      const turn = erasing.then(async () => {
        await waiting.written();
        return eraseParty(store, sealer, party);
      });
      erasing = turn.catch(() => {});
      return turn;
    },
    alarms: () => losses.alarms(),
    async close() {
      days.stop();
      const patience = Promise.withResolvers<void>();
      const last = timers.after(LAST_WRITE_MS, patience.resolve);
      await Promise.race([waiting.written(), patience.promise]);
      last.cancel();
      await Promise.race([store.close().catch(() => {}), patience.promise]);
    },
  };
}

/** The messages of a payment in a store that another process writes, or none does: nothing is written, and nothing removed. */
export function readMessages(store: FrameStore, rootKey: Uint8Array, wanted: Wanted): Promise<readonly KeptMessage[]> {
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
  /** Whether what is no full frame is written, too. */
  #all = false;
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
    if (batch.bytes >= FRAME_RAW_BYTES) void this.#write();
    else this.#gather();
  }

  #open(): MessageBatch {
    const last = this.#batches.at(-1);
    if (last !== undefined && last.bytes < FRAME_RAW_BYTES) return last;
    const batch = new MessageBatch(this.#rooms.pop());
    this.#batches.push(batch);
    return batch;
  }

  #keepRoom({ room }: MessageBatch): void {
    if (this.#rooms.length < ROOMS_KEPT && room.length <= ROOM_BYTES_MAX) this.#rooms.push(room);
  }

  /** Everything that was recorded before is written, or lost. */
  async written(): Promise<void> {
    while (this.#batches.length > 0 || this.#writing !== undefined) await this.#writeAll();
  }

  #gather(): void {
    this.#timer ??= this.#options.timers.after(GATHER_MS, () => void this.#writeAll());
  }

  /** Also what is no full frame yet. */
  #writeAll(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#all = true;
    return this.#write();
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeDue().finally(() => {
      this.#writing = undefined;
      this.#all = false;
      if (this.#batches.length > 0) this.#gather();
    });
    return this.#writing;
  }

  #due(): MessageBatch | undefined {
    const first = this.#batches[0];
    return first !== undefined && (this.#all || first.bytes >= FRAME_RAW_BYTES) ? this.#batches.shift() : undefined;
  }

  /** One frame after the other. */
  async #writeDue(): Promise<void> {
    const { store, clock } = this.#options;
    for (let batch = this.#due(); batch !== undefined; batch = this.#due()) {
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

import { batchOf } from './encode.ts';
import { type Frames, MessagesUnreadable, readHeader } from './frame.ts';
import type { FrameStore, Stretch } from './frame-store.ts';
import { isOfOne, isParty, type KeptMessage, wholeParty } from './message.ts';

/** Which messages are wanted: those about any of the ids, and those about any of the parties between `partiesFromMs` and `partiesUntilMs`. */
export interface Wanted extends Stretch {
  readonly ids: readonly string[];
  /** Look-ups name no payment: they belong to it when they are about its party and not later than its quote. */
  readonly parties: readonly string[];
  readonly partiesFromMs: number;
  readonly partiesUntilMs: number;
}

/** Stored frames that cannot be opened: what is in them nobody knows. */
export interface Unreadable {
  /** How many. */
  readonly frames: number;
  /** Of the first of them, a sentence. */
  readonly why: string;
}

/** What is stored of a payment. */
export interface Stored {
  /** Oldest first: all, or the first and the last ones. */
  readonly messages: readonly KeptMessage[];
  /** How many there are between the first and the last ones. */
  readonly leftOut: number;
  /** Absent: everything could be looked through. */
  readonly unreadable?: Unreadable;
}

/** The messages of a payment, at most `limit`: where there are more, half of them are the first, and half the last. */
export async function findMessages(store: FrameStore, frames: Frames, wanted: Wanted, limit: number): Promise<Stored> {
  const ids = new Set(wanted.ids);
  const parties = new Set(wanted.parties);
  const either = new Set([...ids, ...parties]);
  const reading = new Reading(frames);
  let found: KeptMessage[] = [];
  let leftOut = 0;
  const leaveOut = (): void => {
    if (found.length <= limit) return;
    leftOut += found.length - limit;
    const ends = found.sort((a, b) => a.at - b.at);
    found = [...ends.slice(0, limit / 2), ...ends.slice(-limit / 2)];
  };
  for await (const stored of store.frames(wanted)) {
    if (!reading.mayHave(stored.head, either)) continue;
    const whole = await stored.whole();
    for (const message of whole === undefined ? [] : await reading.open(whole))
      if (isWanted(message, ids, parties, wanted)) found.push(message);
    if (found.length > 2 * limit) leaveOut();
  }
  leaveOut();
  return { messages: found.sort((a, b) => a.at - b.at), leftOut, ...reading.result() };
}

/** Opens frames, and counts those that cannot be opened: one that was altered keeps nobody from what is in the others. */
class Reading {
  readonly #frames: Frames;
  #unreadable: Unreadable | undefined;

  constructor(frames: Frames) {
    this.#frames = frames;
  }

  /** False also of what cannot be read. */
  mayHave(head: Buffer, ids: ReadonlySet<string>): boolean {
    try {
      return this.#frames.mayHave(head, ids);
    } catch (error) {
      this.#count(error);
      return false;
    }
  }

  /** None of what cannot be read. */
  async open(frame: Buffer): Promise<readonly KeptMessage[]> {
    try {
      return await this.#frames.open(frame);
    } catch (error) {
      this.#count(error);
      return [];
    }
  }

  result(): { readonly unreadable?: Unreadable } {
    return this.#unreadable === undefined ? {} : { unreadable: this.#unreadable };
  }

  #count(error: unknown): void {
    if (!(error instanceof MessagesUnreadable)) throw error;
    this.#unreadable = { why: error.message, ...this.#unreadable, frames: (this.#unreadable?.frames ?? 0) + 1 };
  }
}

/** A message that names other payments alone is not this one's, whatever party it names. */
function isWanted(message: KeptMessage, ids: ReadonlySet<string>, parties: ReadonlySet<string>, wanted: Wanted): boolean {
  if (message.ids.some((id) => ids.has(id))) return true;
  if (message.at < wanted.partiesFromMs || message.at > wanted.partiesUntilMs) return false;
  return message.ids.length > 0 && message.ids.every((id) => isParty(id)) && message.ids.some((id) => parties.has(id));
}

/** Until the last year of four digits. */
const EVER: Stretch = { fromMs: 0, toMs: Date.UTC(9999, 11, 31) };
/** quoteId leads to condition, condition to transferId: more steps there are not, but for a store that is written meanwhile. */
const STEPS_MOST = 6;

/** What erasing has removed. */
export interface Erased {
  readonly messages: number;
  /** Present where the person's messages may be in what nobody can read: it stays until its day goes. */
  readonly unreadable?: Unreadable;
}

/**
 * Removes every message that names the party (with whatever sub-id, where it is given without one), and every message of the payments that
 * those belong to. Looks through everything that is kept, as often as there are new ids.
 *
 * @param ids the party; those of the payments are added, for who looks again at what was written meanwhile
 */
export async function eraseParty(store: FrameStore, frames: Frames, ids: Set<string>): Promise<Erased> {
  for (let step = 0; step < STEPS_MOST; step++) {
    const before = ids.size;
    const looking = new Reading(frames);
    for await (const stored of store.frames(EVER)) {
      if (!looking.mayHave(stored.head, ids)) continue;
      const whole = await stored.whole();
      for (const message of whole === undefined ? [] : await looking.open(whole))
        if (isAbout(message, ids)) for (const id of message.ids) if (isOfOne(id)) ids.add(id);
    }
    if (ids.size === before) break;
  }
  const reading = new Reading(frames);
  const messages = await store.rewrite(async (bytes) => {
    const headBytes = readHeader(bytes)?.headBytes;
    if (!reading.mayHave(bytes.subarray(0, headBytes), ids)) return 'same';
    const all = await reading.open(bytes);
    const left = all.filter((message) => !isAbout(message, ids));
    if (left.length === all.length) return 'same';
    return { frame: left.length === 0 ? undefined : await frames.seal(batchOf(left)), removed: all.length - left.length };
  });
  return { messages, ...reading.result() };
}

function isAbout(message: KeptMessage, ids: ReadonlySet<string>): boolean {
  return message.ids.some((id) => ids.has(id) || ids.has(wholeParty(id) ?? id));
}

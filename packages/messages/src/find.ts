import { batchOf } from './encode.ts';
import { type Frames, readHeader } from './frame.ts';
import type { FrameStore, Stretch } from './frame-store.ts';
import type { KeptMessage } from './message.ts';

/** Which messages are wanted: those about any of the ids, and those about any of the parties between `partiesFromMs` and `partiesUntilMs`. */
export interface Wanted extends Stretch {
  readonly ids: readonly string[];
  /** Look-ups name no payment: they belong to it when they are about its party and not later than its quote. */
  readonly parties: readonly string[];
  readonly partiesFromMs: number;
  readonly partiesUntilMs: number;
}

/** The messages of a payment, oldest first, at most `limit`. */
export async function findMessages(store: FrameStore, frames: Frames, wanted: Wanted, limit: number): Promise<readonly KeptMessage[]> {
  const ids = new Set(wanted.ids);
  const parties = new Set(wanted.parties);
  const either = new Set([...ids, ...parties]);
  const found: KeptMessage[] = [];
  for await (const stored of store.frames(wanted)) {
    if (!frames.mayHave(stored.head, either)) continue;
    const whole = await stored.whole();
    if (whole === undefined) continue;
    for (const message of await frames.open(whole)) if (isWanted(message, ids, parties, wanted)) found.push(message);
    if (found.length > 2 * limit) break;
  }
  return found.sort((a, b) => a.at - b.at).slice(0, limit);
}

/** A message that names other payments alone is not this one's, whatever party it names. */
function isWanted(message: KeptMessage, ids: ReadonlySet<string>, parties: ReadonlySet<string>, wanted: Wanted): boolean {
  if (message.ids.some((id) => ids.has(id))) return true;
  if (message.at < wanted.partiesFromMs || message.at > wanted.partiesUntilMs) return false;
  return message.ids.length > 0 && message.ids.every((id) => isParty(id)) && message.ids.some((id) => parties.has(id));
}

function isParty(id: string): boolean {
  return id.includes('/');
}

/** Until the last year of four digits. */
const EVER: Stretch = { fromMs: 0, toMs: Date.UTC(9999, 11, 31) };
/** quoteId leads to condition, condition to transferId: more steps there are not, but for a store that is written meanwhile. */
const STEPS_MOST = 6;

/** What erasing has removed. */
export interface Erased {
  readonly messages: number;
}

/**
 * Removes every message that names the party, and every message of the payments that those belong to. Looks through everything that is
 * kept, as often as there are new ids.
 */
export async function eraseParty(store: FrameStore, frames: Frames, party: string): Promise<Erased> {
  const ids = new Set([party]);
  for (let step = 0; step < STEPS_MOST; step++) {
    const before = ids.size;
    for await (const stored of store.frames(EVER)) {
      if (!frames.mayHave(stored.head, ids)) continue;
      const whole = await stored.whole();
      for (const message of whole === undefined ? [] : await frames.open(whole))
        if (isAbout(message, ids)) for (const id of message.ids) if (!isParty(id)) ids.add(id);
    }
    if (ids.size === before) break;
  }
  let messages = 0;
  await store.rewrite(async (bytes) => {
    const header = readHeader(bytes);
    if (header === undefined || !frames.mayHave(bytes.subarray(0, header.headBytes), ids)) return 'same';
    const all = await frames.open(bytes);
    const left = all.filter((message) => !isAbout(message, ids));
    messages += all.length - left.length;
    if (left.length === all.length) return 'same';
    return left.length === 0 ? undefined : frames.seal(batchOf(left));
  });
  return { messages };
}

function isAbout(message: KeptMessage, ids: ReadonlySet<string>): boolean {
  return message.ids.some((id) => ids.has(id));
}

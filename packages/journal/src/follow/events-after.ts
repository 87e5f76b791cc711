import { type ChainContent, type ChainedAppend, type ChainedPrune, decodeContent, UNIT } from '../chain/chain-hash.ts';
import type { JournalSnapshot, JournalView, RecordFacts, StoredBatch } from '../chain/journal-view.ts';
import type { JournalEvent } from '../journal.ts';
import type { PrunedEvent } from '../prune/pruned.ts';

/**
 * Where a follower stands in the journal. Opaque text, which the follower keeps with what it made of the events, in one transaction; it
 * names a batch by its position and its hash, so that a journal that was put back to an older copy is not taken for the one that was followed.
 */
export type JournalPosition = string;

/** Before the first event. */
export const JOURNAL_START: JournalPosition = '';

interface OfRecord {
  readonly recordId: string;
  /** Which flow the record belongs to, e.g. `payer`. */
  readonly recordKind: string;
}

/** One append, as it was stored. */
export interface FollowedAppend extends OfRecord {
  readonly kind: 'append';
  /** How many events the record had before. */
  readonly before: number;
  /** Empty for an append without events, and where they were pruned meanwhile. */
  readonly events: readonly JournalEvent[];
  /** The events were pruned since: `PrunedRecord` comes later. */
  readonly pruned: boolean;
  /** As they were after this append. */
  readonly open: boolean;
  readonly label: string;
  /** Time of the record's last event, milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** A record lost its events. Who follows must forget what it has of them, and may keep what is in `event.summary`. */
export interface PrunedRecord extends OfRecord {
  readonly kind: 'pruned';
  /** How many events it had. */
  readonly before: number;
  readonly event: PrunedEvent;
}

export type FollowedEntry = FollowedAppend | PrunedRecord;

export interface Followed {
  /** What happened after the position that was asked for, in the order in which it was stored. */
  readonly entries: readonly FollowedEntry[];
  /** Behind the last of them: where to go on. */
  readonly position: JournalPosition;
  /** Whether there was more to read. */
  readonly more: boolean;
}

const BATCHES_AT_ONCE = 50;
const LIMIT_MAX = 5_000;

/**
 * Reads what was stored after a position. The order is that of the commits, in SQLite and in PostgreSQL with any number of writers: what is stored
 * later has a later position, so nothing is missed by going on from the last one. An event stands behind all that its writer could see.
 *
 * Batches are given whole, so there may be somewhat more than `limit` entries. Reads only, in one short snapshot, through a view of its own: no
 * payment waits for it. In SQLite it works on the calling thread.
 *
 * @param limit entries, 1 to 5,000; some hundreds are a good page
 * @returns `'not-followed'`: the position is none of this journal (an older copy was put in its place, or it is another one): begin anew.
 */
export function eventsAfter(view: JournalView, position: JournalPosition, limit: number): Promise<Followed | 'not-followed'> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new RangeError(`not a limit from 1 to ${LIMIT_MAX}: ${limit}`);
  return view.snapshot(async (seen) => {
    const after = await placeOf(position, seen);
    return after === undefined ? 'not-followed' : pageAfter(after, position, limit, seen);
  });
}

/** Whether anything was stored after a position. Costs one look at an index. */
export function isNewAfter(view: JournalView, position: JournalPosition): Promise<boolean> {
  return view.snapshot(async (seen) => (await seen.batches(placeIn(position) ?? 0, 1)).length > 0);
}

function placeIn(position: JournalPosition): number | undefined {
  const [place] = position.split(' ');
  return place !== undefined && /^\d{1,15}$/.test(place) ? Number(place) : undefined;
}

/** The place of a position in the chain, if this journal has it. */
export async function placeOf(position: JournalPosition, seen: JournalSnapshot): Promise<number | undefined> {
  if (position === JOURNAL_START) return 0;
  const place = placeIn(position);
  if (place === undefined) return undefined;
  const [batch] = await seen.batches(place - 1, 1);
  return batch !== undefined && positionOf(batch) === position ? place : undefined;
}

/** How a batch is named. */
export function positionOf({ position, hash }: StoredBatch): JournalPosition {
  return `${position} ${hash}`;
}

interface ReadBatch {
  readonly appends: readonly ChainedAppend[];
  readonly prunes: readonly ChainedPrune[];
}

async function pageAfter(after: number, position: JournalPosition, limit: number, seen: JournalSnapshot): Promise<Followed> {
  const read: ReadBatch[] = [];
  let [last, end, entries, more] = [after, position, 0, true];
  while (more && entries < limit) {
    const batches = await seen.batches(last, Math.min(BATCHES_AT_ONCE, limit - entries));
    for (const batch of batches) {
      if (entries >= limit) break;
      const { appends, prunes = [] } = contentOf(batch);
      read.push({ appends, prunes });
      entries += appends.length + prunes.length;
      [last, end] = [batch.position, positionOf(batch)];
    }
    more = batches.length > 0 && (await isMore(batches, last, seen));
  }
  return { entries: await entriesOf(read, seen), position: end, more };
}

async function isMore(batches: readonly StoredBatch[], last: number, seen: JournalSnapshot): Promise<boolean> {
  return batches.at(-1)?.position !== last || (await seen.batches(last, 1)).length > 0;
}

/** What a batch did. @throws RangeError when it cannot be read */
export function contentOf(batch: StoredBatch): ChainContent {
  const content = decodeContent(batch.content);
  if (!content) throw new RangeError(`batch ${batch.number} of writer ${batch.writer} cannot be read: run ./pm verify`);
  return content;
}

/** Each record is read once, however many of its appends are in the page. */
async function entriesOf(batches: readonly ReadBatch[], seen: JournalSnapshot): Promise<readonly FollowedEntry[]> {
  const ordinals = batches.flatMap(({ appends, prunes }) => [
    ...appends.map(([ordinal]) => ordinal),
    ...prunes.map(([ordinal]) => ordinal),
  ]);
  const records = await seen.records([...new Set(ordinals)]);
  const found = (ordinal: number): RecordFacts => {
    const record = records.get(ordinal);
    if (!record) throw new RangeError(`record ${ordinal} is in the chain, and is not there: run ./pm verify`);
    return record;
  };
  return batches.flatMap(({ appends, prunes }) => [
    ...appends.map((append) => appendIn(found(append[0]), append)),
    ...prunes.map(([ordinal, version]) => pruneIn(found(ordinal), version)),
  ]);
}

function appendIn(record: RecordFacts, [, , before, open, label, updatedAt, , hashes]: ChainedAppend): FollowedAppend {
  const { recordId, kind: recordKind } = record;
  const pruned = before < record.pruned;
  const texts = pruned ? [] : record.events.filter(([seq]) => seq > before && seq <= before + hashes.length);
  const events = texts.map(([, text]) => eventIn(text));
  return { kind: 'append', recordId, recordKind, before, events, pruned, open: open === 1, label, updatedAt };
}

function pruneIn({ recordId, kind, events }: RecordFacts, before: number): PrunedRecord {
  const [seq, text] = events[0] ?? [];
  if (seq !== 0 || text === undefined) throw new RangeError(`what pruning left of record ${recordId} is not there: run ./pm verify`);
  return { kind: 'pruned', recordId, recordKind: kind, before, event: eventIn(text) as PrunedEvent };
}

/** The event in what is hashed: behind its time and its type. */
export function eventIn(hashed: string): JournalEvent {
  return JSON.parse(hashed.slice(hashed.indexOf(UNIT, hashed.indexOf(UNIT) + 1) + 1)) as JournalEvent;
}

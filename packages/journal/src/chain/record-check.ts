import { type ChainedAppend, eventHash, recordStart } from './chain-hash.ts';
import type { RecordFacts, StoredBatch } from './journal-view.ts';
import { tombstoneOf } from './tombstone.ts';
import type { BatchName, Problem } from './verdict.ts';

/** What the chain has said of a record so far. */
export interface TrackedRecord {
  readonly ordinal: number;
  /** Known when its first append was seen now, and not before it changed while it was being looked at. */
  recordId: string | undefined;
  kind: string | undefined;
  nth: number;
  version: number;
  open: boolean;
  label: string;
  updatedAt: number;
  attention: string;
  /** Where its hashes begin: the number of its first event here, less one. */
  readonly from: number;
  readonly hashes: string[];
  /** For each append that added events: its batch, and the number of its last event. */
  readonly batches: { readonly batch: BatchName; readonly upTo: number }[];
  lastBatch: BatchName;
}

/** Goes on with a record, or begins with it. Undefined: the append does not follow from what was seen of the record. */
export function track(before: TrackedRecord | undefined, append: ChainedAppend, batch: StoredBatch): TrackedRecord | undefined {
  const [ordinal, nth, version, open, label, updatedAt, attention, events, , recordId, kind] = append;
  if (before && (before.nth + 1 !== nth || before.version !== version)) return undefined;
  const { writer, number, position, at } = batch;
  const lastBatch: BatchName = { writer, number, position, at };
  const record: TrackedRecord = before ?? {
    ordinal,
    recordId,
    kind,
    nth,
    version,
    open: open === 1,
    label,
    updatedAt,
    attention,
    from: version,
    hashes: [],
    batches: [],
    lastBatch,
  };
  record.hashes.push(...events);
  if (events.length > 0) record.batches.push({ batch: lastBatch, upTo: version + events.length });
  return Object.assign(record, { nth, version: version + events.length, open: open === 1, label, updatedAt, attention, lastBatch });
}

/** Compares a record with the chain, which has said all that there is to say of it. The first thing that differs, if any. */
export function recordProblem(chained: TrackedRecord, stored: RecordFacts | undefined): Problem | undefined {
  const recordId = chained.recordId ?? stored?.recordId ?? '';
  const about = { recordId, batch: chained.lastBatch };
  if (!stored) {
    const events = chained.version === 1 ? 'its event' : `its ${chained.version} events`;
    return { code: 'RECORD_MISSING', message: `Record ${recordId} (${chained.label}) was removed, with ${events}.`, ...about };
  }
  if (chained.recordId !== undefined && (stored.recordId !== chained.recordId || stored.kind !== chained.kind))
    return altered(about, 'id', `${chained.kind} ${chained.recordId}`, `${stored.kind} ${stored.recordId}`);
  return (
    eventProblem(chained, stored) ??
    (stored.attention === chained.attention
      ? stateProblem(about, chained, stored)
      : { code: 'ATTENTION_ALTERED', message: `What needs a person in record ${recordId} (${chained.label}) was changed.`, ...about })
  );
}

type About = { readonly recordId: string; readonly batch: BatchName };

function stateProblem(about: About, chained: TrackedRecord, stored: RecordFacts): Problem | undefined {
  for (const name of ['version', 'appends', 'open', 'label', 'updatedAt'] as const) {
    const expected = name === 'appends' ? chained.nth : chained[name];
    if (stored[name] !== expected) return altered(about, name, expected, stored[name]);
  }
  const end = chained.hashes.at(-1);
  if (end !== undefined && stored.head !== end) return altered(about, 'the hash of its last event', end, stored.head);
  return stored.agrees ? undefined : altered(about, 'what it is found by', 'what the rest says', 'something else');
}

function altered(about: About, what: string, expected: string | number | boolean, found: string | number | boolean): Problem {
  const message = `Record ${about.recordId} was changed: ${what} is ${found}, and was ${expected}.`;
  return { code: 'RECORD_ALTERED', message, ...about, expected: String(expected), found: String(found) };
}

/** The first event that is not as it was appended. Of those that were pruned only the hash of the last is there. */
function eventProblem(chained: TrackedRecord, stored: RecordFacts): Problem | undefined {
  const { from, hashes } = chained;
  const first = firstHash(chained, stored);
  if (typeof first !== 'string') return first;
  let hash = first;
  for (let event = stored.pruned + 1; event <= chained.version; event++) {
    const [seq, text] = stored.events[placeOf(event, stored)] ?? [];
    if (seq !== event || text === undefined) return ofEvent('EVENT_MISSING', chained, stored, event, ' was removed');
    hash = eventHash(hash, text);
    const expected = hashes[event - 1 - from];
    if (expected === undefined || expected === hash) continue;
    const which = event === from + 1 && from > 0 ? ', or one before it,' : '';
    return { ...ofEvent('EVENT_ALTERED', chained, stored, event, `${which} was changed`), expected, found: hash };
  }
  const more = stored.events[placeOf(chained.version + 1, stored)];
  return more && ofEvent('EVENT_INSERTED', chained, stored, more[0], ' was slipped in');
}

/** Where an event stands: behind the one that replaces those that were pruned, if there is one. */
function placeOf(event: number, { pruned }: RecordFacts): number {
  return pruned === 0 ? event - 1 : event - pruned;
}

/** What the hash of the first event that is there is over. */
function firstHash(chained: TrackedRecord, stored: RecordFacts): string | Problem {
  const { pruned } = stored;
  const atZero = stored.events[0]?.[0] === 0;
  if (pruned === 0)
    return atZero ? ofEvent('EVENT_INSERTED', chained, stored, 0, ' was slipped in') : recordStart(stored.recordId, stored.kind);
  const tombstone = tombstoneOf(stored);
  if (tombstone?.version !== pruned || pruned > chained.version)
    return ofEvent('EVENT_MISSING', chained, stored, Math.min(pruned, chained.version), ', or what pruning left of it, was removed');
  const expected = chained.hashes[pruned - 1 - chained.from];
  if (expected === undefined || expected === tombstone.head) return tombstone.head;
  const what = ' is not the one that was pruned';
  return { ...ofEvent('EVENT_ALTERED', chained, stored, pruned, what), expected, found: tombstone.head };
}

function ofEvent(code: Problem['code'], chained: TrackedRecord, { recordId }: RecordFacts, event: number, what: string): Problem {
  const batch = chained.batches.find(({ upTo }) => upTo >= event)?.batch ?? chained.lastBatch;
  const message = `Event ${event} of record ${recordId} (${chained.label})${what}.`;
  return { code, message, recordId, event, batch };
}

import { type Anchor, standsBefore, unmetAnchor } from './anchor.ts';
import { type BatchCheck, batchCheck, checkEnds, nameOf } from './batch-check.ts';
import { type ChainedAppend, decodeContent } from './chain-hash.ts';
import { insertedClaims } from './inserted-claims.ts';
import type { JournalSnapshot, JournalView, StoredBatch } from './journal-view.ts';
import { type OrdinalSet, ordinalSet } from './ordinal-set.ts';
import { type PruneCheck, pruneCheck, type ToldPrune } from './prune-check.ts';
import { recordProblem, type TrackedRecord, track } from './record-check.ts';
import { PROBLEMS_MAX, type Problem, type Verdict } from './verdict.ts';

export interface VerifyOptions {
  /** Anchors that were kept outside, oldest first. */
  readonly anchors?: { readonly count: number; readonly last: Anchor | undefined; all(): AsyncIterable<Anchor> };
  /** Told after each page: batches and records so far. */
  readonly onProgress?: (batches: number, records: number) => void;
}

/** About as many appends are looked at in one snapshot: some tens of milliseconds. */
const APPENDS_PER_PAGE = 4_000;
const [batchesMin, batchesMax] = [8, 4_000];
/** Records, with all their events, in memory at once. */
const RECORDS_AT_ONCE = 500;
const IDS_PER_PAGE = 20_000;

/**
 * Proves that what is stored is what was appended: follows the chain of each writer from its first batch, and compares each
 * record once the chain has said all of it; then looks for what the chain does not know. A page at a time, each in a
 * snapshot of its own: the journal may be written meanwhile, since what stands in the chain does not change.
 *
 * In memory are the records of which the chain has more to say: those that were open at that time.
 */
export async function verifyJournal(view: JournalView, options: VerifyOptions = {}): Promise<Verdict> {
  const walk = newWalk(options);
  for (let limit = batchesMin, position = 0; ; ) {
    const done = await view.snapshot(async (seen) => {
      const batches = await seen.batches(position, limit);
      const appends = await takeBatches(walk, batches, seen);
      const end = batches.length < limit;
      position = batches.at(-1)?.position ?? position;
      limit = Math.round(Math.min(batchesMax, Math.max(batchesMin, (limit * APPENDS_PER_PAGE) / Math.max(appends, 1))));
      if (end && walk.complete) await finish(walk, seen, options);
      return end || !walk.complete;
    });
    options.onProgress?.(walk.batches, walk.records);
    if (done) return verdict(walk, options);
  }
}

interface Walk {
  readonly chain: BatchCheck;
  readonly tracked: Map<number, TrackedRecord>;
  readonly known: OrdinalSet;
  readonly pruning: PruneCheck;
  readonly problems: Problem[];
  readonly proven: ReturnType<typeof standsBefore>;
  complete: boolean;
  records: number;
  events: number;
  claims: number;
  batches: number;
  readonly tail: { batches: number; events: number; since: number | undefined };
}

function newWalk({ anchors }: VerifyOptions): Walk {
  return {
    chain: batchCheck(),
    tracked: new Map(),
    known: ordinalSet(),
    pruning: pruneCheck(),
    problems: [],
    proven: standsBefore(anchors?.last),
    complete: true,
    records: 0,
    events: 0,
    claims: 0,
    batches: 0,
    tail: { batches: 0, events: 0, since: undefined },
  };
}

function tell(walk: Walk, problem: Problem | undefined, broken = false): void {
  if (!problem) return;
  if (walk.problems.length < PROBLEMS_MAX) walk.problems.push(problem);
  if (broken || walk.problems.length >= PROBLEMS_MAX) walk.complete = false;
}

/** Follows the chain through a page, and compares the records of which it says the last. Resolves with its number of appends. */
async function takeBatches(walk: Walk, batches: readonly StoredBatch[], seen: JournalSnapshot): Promise<number> {
  const touched = new Set<number>();
  const claims: TakenClaim[] = [];
  const prunes: ToldPrune[] = [];
  let appends = 0;
  for (const batch of batches) {
    const content = decodeContent(batch.content);
    tell(walk, walk.chain.follow(batch), true);
    if (!walk.complete) break;
    if (!content) throw new RangeError(`batch ${batch.number} of writer ${batch.writer} cannot be read, and has the right hash`);
    if (content.ties) tell(walk, await walk.chain.tie(content.ties, batch, seen), true);
    let events = 0;
    for (const append of content.appends) {
      takeAppend(walk, append, batch);
      touched.add(append[0]);
      events += append[7].length;
      for (const key of append[8]) claims.push({ key, batch, append });
    }
    for (const prune of content.prunes ?? []) prunes.push({ prune, batch });
    appends += content.appends.length + (content.prunes?.length ?? 0);
    count(walk, batch, events);
  }
  walk.claims += claims.length;
  for (let at = 0; at < claims.length && walk.complete; at += IDS_PER_PAGE)
    await compareClaims(walk, claims.slice(at, at + IDS_PER_PAGE), seen);
  if (walk.complete) await compareRecords(walk, [...touched], seen, false);
  for (let at = 0; at < prunes.length && walk.complete; at += RECORDS_AT_ONCE)
    for (const problem of await walk.pruning.take(prunes.slice(at, at + RECORDS_AT_ONCE), seen)) tell(walk, problem);
  return appends;
}

function count(walk: Walk, batch: StoredBatch, events: number): void {
  walk.batches += 1;
  walk.events += events;
  if (walk.proven(batch)) return;
  walk.tail.batches += 1;
  walk.tail.events += events;
  walk.tail.since ??= batch.at;
}

function takeAppend(walk: Walk, append: ChainedAppend, batch: StoredBatch): void {
  const [ordinal, nth] = append;
  const before = walk.tracked.get(ordinal);
  const first = nth === 1;
  const record = first === walk.known.has(ordinal) ? undefined : track(before, append, batch);
  if (!record) {
    const message = `Batch ${batch.number} of writer ${batch.writer} has append ${nth} of a record (${append[4]}) out of its turn.`;
    tell(walk, { code: 'BATCH_ALTERED', message, batch: nameOf(batch) }, true);
    return;
  }
  if (first) {
    walk.known.add(ordinal);
    walk.records += 1;
  }
  walk.tracked.set(ordinal, record);
}

interface TakenClaim {
  readonly key: string;
  readonly batch: StoredBatch;
  readonly append: ChainedAppend;
}

async function compareClaims(walk: Walk, claims: readonly TakenClaim[], seen: JournalSnapshot): Promise<void> {
  const holders = await seen.holders(claims.map(({ key }) => key));
  for (const [place, { key, batch, append }] of claims.entries()) {
    const holder = holders[place];
    if (holder === append[0]) continue;
    const owner = (await seen.records([append[0]])).get(append[0])?.recordId;
    const what = `The claim ${key} of record ${owner ?? append[4]}`;
    const about = { batch: nameOf(batch), ...(owner === undefined ? {} : { recordId: owner }) };
    if (holder === undefined) tell(walk, { code: 'CLAIM_MISSING', message: `${what} was removed.`, ...about });
    else {
      const other = (await seen.records([holder])).get(holder)?.recordId ?? 'a record that is not there';
      tell(walk, { code: 'CLAIM_MOVED', message: `${what} leads to ${other} now.`, ...about, expected: owner ?? append[0], found: other });
    }
  }
}

/** Compares those of which the chain has no more to say; at the end, all that are left. */
async function compareRecords(walk: Walk, ordinals: readonly number[], seen: JournalSnapshot, atTheEnd: boolean): Promise<void> {
  for (let at = 0; at < ordinals.length; at += RECORDS_AT_ONCE) {
    const some = ordinals.slice(at, at + RECORDS_AT_ONCE);
    const stored = await seen.records(some);
    for (const ordinal of some) {
      const [chained, row] = [walk.tracked.get(ordinal), stored.get(ordinal)];
      if (!chained || (!atTheEnd && row && row.appends > chained.nth)) continue;
      tell(walk, recordProblem(chained, row));
      if (row && row.pruned > 0) walk.pruning.found(ordinal);
      walk.tracked.delete(ordinal);
    }
  }
}

/** What the chain does not know, and whether it is the one that was anchored. All within the snapshot of the last page. */
async function finish(walk: Walk, seen: JournalSnapshot, { anchors }: VerifyOptions): Promise<void> {
  await compareRecords(walk, [...walk.tracked.keys()], seen, true);
  for (const problem of checkEnds(walk.chain, await seen.heads())) tell(walk, problem);
  await findUnknownRecords(walk, seen);
  if ((await seen.claimCount()) > walk.claims) {
    for (const claim of await insertedClaims(seen, PROBLEMS_MAX)) {
      const recordId = (await seen.records([claim.ordinal])).get(claim.ordinal)?.recordId;
      const message = `The claim ${claim.key} of record ${recordId ?? claim.ordinal} was slipped in.`;
      tell(walk, { code: 'CLAIM_INSERTED', message, ...(recordId === undefined ? {} : { recordId }) });
    }
  }
  if (anchors) tell(walk, await unmetAnchor(anchors.all(), seen));
}

async function findUnknownRecords(walk: Walk, seen: JournalSnapshot): Promise<void> {
  const stray = async (from: number, to: number): Promise<void> => {
    const ordinal = to - from > 1 ? await seen.strayBetween(from, to) : undefined;
    if (ordinal === undefined) return;
    tell(walk, { code: 'RECORD_INSERTED', message: `Something of a record ${ordinal} was slipped in; there is no such record.` });
  };
  for (let last = 0; ; ) {
    const ids = await seen.recordIds(last, IDS_PER_PAGE);
    for (const [ordinal, recordId] of ids) {
      await stray(last, ordinal);
      last = ordinal;
      if (walk.known.has(ordinal)) {
        tell(walk, walk.pruning.untold(ordinal, recordId));
        continue;
      }
      tell(walk, { code: 'RECORD_INSERTED', message: `Record ${recordId} was slipped in: the chain knows nothing of it.`, recordId });
    }
    if (!walk.complete) return;
    if (ids.length < IDS_PER_PAGE) return stray(last, 2 ** 33);
  }
}

function verdict(walk: Walk, { anchors }: VerifyOptions): Verdict {
  const { complete, records, events, claims, batches, tail, chain, pruning } = walk;
  const order = ({ batch }: Problem): number => batch?.position ?? Number.POSITIVE_INFINITY;
  const problems = walk.problems.toSorted((a, b) => order(a) - order(b) || 0).slice(0, PROBLEMS_MAX);
  const counts = { records, events, claims, batches, writers: chain.ends.size };
  return {
    problems,
    complete,
    ...counts,
    pruned: pruning.counts(),
    tail,
    anchors: anchors && { count: anchors.count, last: anchors.last },
  };
}

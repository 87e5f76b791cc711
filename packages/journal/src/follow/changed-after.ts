import { claimKeyOf } from '../chain/chain-hash.ts';
import type { JournalSnapshot, JournalView, RecordFacts } from '../chain/journal-view.ts';
import type { Claim, JournalEvent } from '../journal.ts';
import { contentOf, eventIn, type JournalPosition, placeOf, positionOf } from './events-after.ts';

/** A record as it is now, for who keeps one row for each. */
export interface ChangedRecord {
  /** Its number by age: what was made later has a higher one. */
  readonly ordinal: number;
  readonly recordId: string;
  /** Which flow the record belongs to, e.g. `payer`. */
  readonly kind: string;
  readonly label: string;
  readonly open: boolean;
  /** Time of the last event, milliseconds since the epoch. */
  readonly updatedAt: number;
  /** Its first events were pruned; then the first of `events` is `PrunedEvent`. */
  readonly pruned: boolean;
  readonly events: readonly JournalEvent[];
}

export interface Changed {
  readonly records: readonly ChangedRecord[];
  /** Behind the last change that was looked at. */
  readonly position: JournalPosition;
  /** When the oldest change after it was stored, milliseconds since the epoch; undefined: there is none. */
  readonly oldestLeft: number | undefined;
}

const BATCHES_AT_ONCE = 200;
const LIMIT_MAX = 5_000;

/**
 * The records that were changed after a position, each once and as it is at this instant, however often it was changed: for a read model, which
 * keeps what a record is and not how it came to be so. A record may be newer than the position says; it then comes again, and is the same.
 *
 * Reads only, in one short snapshot. In SQLite it works on the calling thread.
 *
 * @param limit changes that are looked at, 1 to 5,000
 * @returns `'not-followed'`: the position is none of this journal: begin anew.
 */
export function changedAfter(view: JournalView, position: JournalPosition, limit: number): Promise<Changed | 'not-followed'> {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new RangeError(`not a limit from 1 to ${LIMIT_MAX}: ${limit}`);
  return view.snapshot(async (seen) => {
    const after = await placeOf(position, seen);
    if (after === undefined) return 'not-followed';
    const ordinals = new Set<number>();
    let [last, end, changes] = [after, position, 0];
    for (;;) {
      const batches = await seen.batches(last, BATCHES_AT_ONCE);
      for (const batch of batches) {
        if (changes >= limit) break;
        const { appends, prunes = [] } = contentOf(batch);
        for (const [ordinal] of [...appends, ...prunes]) ordinals.add(ordinal);
        changes += appends.length + prunes.length;
        [last, end] = [batch.position, positionOf(batch)];
      }
      if (changes >= limit || batches.length < BATCHES_AT_ONCE) break;
    }
    const [next] = await seen.batches(last, 1);
    return { records: await recordsOf([...ordinals], seen), position: end, oldestLeft: next?.at };
  });
}

/** All records after an ordinal, in the order of their age, as they are now: for who begins anew. */
export function recordsAfter(view: JournalView, ordinal: number, limit: number): Promise<readonly ChangedRecord[]> {
  return view.snapshot(async (seen) => {
    const ids = await seen.recordIds(ordinal, limit);
    return recordsOf(
      ids.map(([one]) => one),
      seen,
    );
  });
}

/** The records with these ordinals that are there, as they are now. */
export function recordsAt(view: JournalView, ordinals: readonly number[]): Promise<readonly ChangedRecord[]> {
  return view.snapshot((seen) => recordsOf(ordinals, seen));
}

/** Where the journal ends now, and the ordinal of its youngest record: where a rebuild will have been, and how far it is to go. */
export function journalEnd(view: JournalView): Promise<{ readonly position: JournalPosition; readonly ordinal: number }> {
  return view.snapshot(async (seen) => {
    const batch = await seen.lastBatch();
    return { position: batch === undefined ? '' : positionOf(batch), ordinal: await seen.lastOrdinal() };
  });
}

/** The records that hold the claims, as they are now; those that nobody holds are left out. */
export function heldBy(view: JournalView, claims: readonly Claim[]): Promise<readonly ChangedRecord[]> {
  return view.snapshot(async (seen) => {
    const ordinals = await seen.holders(claims.map(({ kind, scope, value }) => claimKeyOf(kind, scope, value)));
    return recordsOf(
      ordinals.filter((ordinal) => ordinal !== undefined),
      seen,
    );
  });
}

async function recordsOf(ordinals: readonly number[], seen: JournalSnapshot): Promise<readonly ChangedRecord[]> {
  return [...(await seen.records(ordinals)).values()].map(changedRecord);
}

function changedRecord({ ordinal, recordId, kind, label, open, updatedAt, pruned, events }: RecordFacts): ChangedRecord {
  return { ordinal, recordId, kind, label, open, updatedAt, pruned: pruned > 0, events: events.map(([, text]) => eventIn(text)) };
}

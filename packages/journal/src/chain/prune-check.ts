import { nameOf } from './batch-check.ts';
import type { ChainedPrune } from './chain-hash.ts';
import type { JournalSnapshot, RecordFacts, StoredBatch } from './journal-view.ts';
import { ordinalSet } from './ordinal-set.ts';
import { tombstoneOf } from './tombstone.ts';
import type { Problem, Verdict } from './verdict.ts';

/** A prune, and the batch that tells it. */
export interface ToldPrune {
  readonly prune: ChainedPrune;
  readonly batch: StoredBatch;
}

/**
 * Compares what was pruned with what the chain says of it. A record is found pruned long before the chain comes to its pruning,
 * so of each a bit is kept.
 */
export interface PruneCheck {
  /** What differs of the prunes of a page. */
  take(prunes: readonly ToldPrune[], seen: JournalSnapshot): Promise<readonly Problem[]>;
  /** A record has events that were pruned. */
  found(ordinal: number): void;
  /** At the end: it was found pruned, and the chain knows nothing of that. */
  untold(ordinal: number, recordId: string): Problem | undefined;
  counts(): Verdict['pruned'];
}

/** Begins before the first batch. */
export function pruneCheck(): PruneCheck {
  const [foundOnes, told] = [ordinalSet(), ordinalSet()];
  const counts = { records: 0, events: 0, first: undefined as number | undefined, last: undefined as number | undefined };
  return {
    async take(prunes, seen) {
      const stored = await seen.records(prunes.map(({ prune: [ordinal] }) => ordinal));
      for (const { prune, batch } of prunes) {
        told.add(prune[0]);
        counts.records += 1;
        counts.events += prune[1];
        counts.first ??= batch.at;
        counts.last = batch.at;
      }
      // a record that is gone is told as such
      return prunes.flatMap((told) => {
        const row = stored.get(told.prune[0]);
        return (row && pruneProblem(told, row)) ?? [];
      });
    },
    found: (ordinal) => foundOnes.add(ordinal),
    untold(ordinal, recordId) {
      if (!foundOnes.has(ordinal) || told.has(ordinal)) return undefined;
      const message = `The events of record ${recordId} were removed: the chain knows of no pruning.`;
      return { code: 'EVENT_MISSING', message, recordId };
    },
    counts: () => counts,
  };
}

function pruneProblem({ prune: [, version, expected], batch }: ToldPrune, row: RecordFacts): Problem | undefined {
  const { recordId, label, pruned } = row;
  const about = { recordId, batch: nameOf(batch) };
  if (pruned !== version) {
    const message = `Record ${recordId} (${label}) was changed: ${pruned} of its events are pruned, and the chain says ${version}.`;
    return { code: 'RECORD_ALTERED', message, ...about, expected: version, found: pruned };
  }
  const found = tombstoneOf(row)?.hash;
  if (found === expected) return undefined;
  const message = `What pruning left of record ${recordId} (${label}) was changed.`;
  return { code: 'EVENT_ALTERED', message, ...about, event: 0, expected, ...(found === undefined ? {} : { found }) };
}

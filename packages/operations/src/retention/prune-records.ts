import { corePruningSummary, neededVersions, VERSION_KIND } from '@payment-manager/core-connector/in-journal';
import { type Journal, JournalUnavailable, type Prune, type PruneResult, type StoredRecord, versionOf } from '@payment-manager/journal';
import { pruningSummary } from '@payment-manager/mojaloop-connector';
import type { Clock } from '@payment-manager/runtime';

/** A record as it was exported. */
export interface PruneWish {
  readonly recordId: string;
  readonly version: number;
}

/** As the journal says, or `too-young`: something happened in it lately. */
export type Pruned = PruneResult | 'too-young';

/** Prunes some records, at most `prunedAtOnce`; one result for each. Repeating it changes nothing. */
export type Pruner = (wishes: readonly PruneWish[]) => Promise<readonly Pruned[]>;

/** So many share a commit: a few milliseconds of the journal's time. */
export const PRUNED_AT_ONCE = 50;
/** A payment of which something happened since then is never pruned: repeats, late words and questions come within days. */
export const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** Nothing from this instant on is pruned, milliseconds since the epoch. */
export function keptFrom(clock: Clock): number {
  return clock.now() - KEPT_DAYS * DAY_MS;
}

/** Prunes in a journal that is open here. Rejects with JournalUnavailable. */
export function journalPruner(journal: Journal, clock: Clock): Pruner {
  return async (wishes) => {
    if (wishes.length > PRUNED_AT_ONCE) throw new RangeError(`at most ${PRUNED_AT_ONCE} records at once`);
    if (journal.prune === undefined) throw new JournalUnavailable('This journal cannot be pruned.');
    const results: (Pruned | undefined)[] = [];
    const prunes: Prune[] = [];
    const records = await Promise.all(wishes.map(({ recordId }) => journal.load(recordId)));
    const needed = records.some((record) => record?.kind === VERSION_KIND) ? await neededVersions(journal) : undefined;
    for (const [index, record] of records.entries()) {
      const prune = judged(record, wishes[index] as PruneWish, clock, needed);
      if (typeof prune !== 'string') prunes.push(prune);
      results.push(typeof prune === 'string' ? prune : undefined);
    }
    const pruned = [...(await journal.prune(prunes))];
    return results.map((result) => result ?? (pruned.shift() as PruneResult));
  };
}

/** `needed`: versions of a core connector that something needs. */
function judged(
  record: StoredRecord | undefined,
  { recordId, version }: PruneWish,
  clock: Clock,
  needed: ReadonlySet<string> | undefined,
): Prune | Pruned {
  if (record === undefined) return 'missing';
  if (record.events[0]?.type === 'pruned') return 'pruned-before';
  if (versionOf(record) !== version) return 'changed';
  if (record.events.some(({ at }) => at >= keptFrom(clock))) return 'too-young';
  const summary = pruningSummary(record) ?? corePruningSummary(record, needed);
  return summary === undefined ? 'not-at-rest' : { recordId, version, at: clock.now(), summary };
}

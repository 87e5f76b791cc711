import { type Journal, JournalUnavailable } from '@payment-manager/journal';
import type { Clock, Metrics } from '@payment-manager/runtime';

/** A failure counts against the readiness this long; without new work there is no commit that could prove the contrary. */
const FAILURE_COUNTS_MS = 10_000;

/** A journal that remembers how its last commit went. */
export interface JournalWatch extends Journal {
  /** Why the last commit failed, if it did and that was not long ago. */
  recentFailure(): string | undefined;
  /** Asks the store for something that is not there. Rejects when it does not answer. */
  probe(): Promise<void>;
}

/** Wraps a journal: the same doors, its appends timed and their failures remembered. */
export function watchJournal(journal: Journal, clock: Clock, metrics: Metrics): JournalWatch {
  const seconds = metrics.histogram(
    'pm_journal_append_seconds',
    'From the wish to append until it is durable',
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  );
  const failures = metrics.counter('pm_journal_append_failures_total', 'Appends that the journal could not commit');
  const { readsWaiting } = journal;
  if (readsWaiting !== undefined)
    metrics.readGauge('pm_journal_reads_waiting', 'Questions to PostgreSQL that wait for a connection now', [], () => [
      { labels: {}, value: readsWaiting() },
    ]);
  let failure: { reason: string; at: number } | undefined;
  return {
    async append(append) {
      const start = clock.monotonic();
      try {
        const result = await journal.append(append);
        failure = undefined;
        return result;
      } catch (error) {
        failures.add(1);
        failure = { reason: error instanceof JournalUnavailable ? error.message : 'an unexpected error', at: clock.monotonic() };
        throw error;
      } finally {
        seconds.observe((clock.monotonic() - start) / 1000);
      }
    },
    load: (recordId) => journal.load(recordId),
    findByClaim: (claim) => journal.findByClaim(claim),
    openRecords: (limit, after) => journal.openRecords(limit, after),
    between: (query) => journal.between(query),
    attention: (query) => journal.attention(query),
    ...(journal.prune === undefined ? {} : { prune: journal.prune.bind(journal) }),
    ...(journal.replica === undefined ? {} : { replica: journal.replica }),
    ...(journal.writes === undefined ? {} : { writes: journal.writes.bind(journal) }),
    ...(journal.onStored === undefined ? {} : { onStored: journal.onStored.bind(journal) }),
    ...(journal.chainHeads === undefined ? {} : { chainHeads: journal.chainHeads.bind(journal) }),
    ...(journal.mark === undefined ? {} : { mark: journal.mark }),
    close: () => journal.close(),
    recentFailure() {
      if (failure === undefined || clock.monotonic() - failure.at > FAILURE_COUNTS_MS) return undefined;
      return failure.reason;
    },
    async probe() {
      await journal.load('readiness-probe');
    },
  };
}

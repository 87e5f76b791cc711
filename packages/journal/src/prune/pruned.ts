import type { JournalEvent, StoredRecord } from '../record.ts';

/** The type of the event that replaces those that were pruned; no append may use it. */
export const PRUNED_TYPE = 'pruned';

/** What pruning leaves of a record: its first event from then on. */
export interface PrunedEvent<S = object> extends JournalEvent {
  readonly type: typeof PRUNED_TYPE;
  /** How many events it stands for. */
  readonly version: number;
  /** Hash of the last of them: what was exported is proven by it. */
  readonly head: string;
  /** What must still be known; the caller of `prune` made it. */
  readonly summary: S;
}

/** One record to be pruned, as it was exported. */
export interface Prune {
  readonly recordId: string;
  /** Number of events it had then. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What must still be known of it, as JSON members; small. */
  readonly summary: object;
}

/**
 * - `pruned`: its events are gone, their hashes and its claims stay.
 * - `pruned-before`: nothing was left to do.
 * - `changed`: it has other events than were exported.
 * - `not-at-rest`: it is open, or somebody must look at it.
 * - `missing`: there is no such record.
 */
export type PruneResult = 'pruned' | 'pruned-before' | 'changed' | 'not-at-rest' | 'missing';

/** Number of events that were ever appended to a record. */
export function versionOf({ events }: Pick<StoredRecord, 'events'>): number {
  const first = events[0];
  return first?.type === PRUNED_TYPE ? (first as PrunedEvent).version + events.length - 1 : events.length;
}

/** The text of a pruned event, in the order in which PostgreSQL writes it, too. `summary` is JSON. */
export function prunedBody(at: number, version: number, head: string, summary: string): string {
  return `{"type":"${PRUNED_TYPE}","at":${at},"version":${version},"head":"${head}","summary":${summary}}`;
}

const SUMMARY_MAX = 65_536;

/** @throws RangeError when a prune is not of the journal's form. */
export function encodedSummary({ at, version, summary }: Prune): string {
  if (!Number.isSafeInteger(version) || version < 1) throw new RangeError(`not the version of a record: ${version}`);
  if (!Number.isSafeInteger(at)) throw new RangeError(`not a time: ${at}`);
  const text = JSON.stringify(summary);
  if (text.length > SUMMARY_MAX) throw new RangeError(`a summary has at most ${SUMMARY_MAX} characters, not ${text.length}`);
  return text;
}

import { UNIT } from '../chain/chain-hash.ts';
import type { JournalView, RecordFacts } from '../chain/journal-view.ts';

/** A record as it is exported. With `eventHash` its texts lead from `recordStart` to the hash that pruning leaves. */
export interface ExportedRecord {
  /** Its number in this journal. */
  readonly ordinal: number;
  readonly recordId: string;
  readonly kind: string;
  readonly label: string;
  /** Time of its last event, milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly version: number;
  /** Each event as it was stored: the JSON text that is hashed. */
  readonly events: readonly string[];
}

export interface ExportQuery {
  /** Only records without an event from then on, milliseconds since the epoch. */
  readonly beforeMs: number;
  /** Records in one snapshot. Default 200. */
  readonly pageSize?: number;
}

/** Records that may be pruned: at rest, nothing to look at, old enough, and not pruned before. Pages of them, by their last event. */
export async function* exportRecords(
  view: JournalView,
  { beforeMs, pageSize = 200 }: ExportQuery,
): AsyncIterable<readonly ExportedRecord[]> {
  for (let after: readonly [number, number] = [0, 0]; ; ) {
    const { last, records } = await view.snapshot(async (seen) => {
      const found = await seen.prunable(beforeMs, after, pageSize);
      const rows = await seen.records(found.map(([, ordinal]) => ordinal));
      return { last: found.at(-1), records: found.flatMap(([, ordinal]) => exported(rows.get(ordinal)) ?? []) };
    });
    if (!last) return;
    if (records.length > 0) yield records;
    after = last;
  }
}

function exported(row: RecordFacts | undefined): ExportedRecord | undefined {
  if (!row) return undefined;
  const { ordinal, recordId, kind, label, updatedAt, version } = row;
  return { ordinal, recordId, kind, label, updatedAt, version, events: row.events.map(([, hashed]) => bodyOf(hashed)) };
}

/** What is behind time and type. */
function bodyOf(hashed: string): string {
  return hashed.slice(hashed.indexOf(UNIT, hashed.indexOf(UNIT) + 1) + 1);
}

import { eventHash, hashedEvent, recordStart } from '../chain/chain-hash.ts';
import type { JournalSnapshot, JournalView, RecordFacts } from '../chain/journal-view.ts';
import { tombstoneOf } from '../chain/tombstone.ts';
import { PROBLEMS_MAX, type Problem } from '../chain/verdict.ts';
import type { JournalEvent } from '../journal.ts';
import type { ExportedRecord } from './export-records.ts';

/** What an export is worth, by the journal that it came from. */
export interface ExportVerdict {
  readonly records: number;
  /** Of these, pruned: the export alone has their events. */
  readonly pruned: number;
  /** At most `problemsMax`; then the rest was not looked at. */
  readonly problems: readonly Problem[];
}

const RECORDS_AT_ONCE = 500;

/**
 * Proves that what was exported is what was pruned: the hashes of the exported texts lead to the one that was left in the
 * journal. That this one was not altered is `verifyJournal`'s to say.
 */
export async function proveExport(view: JournalView, records: AsyncIterable<ExportedRecord>): Promise<ExportVerdict> {
  const verdict = { records: 0, pruned: 0, problems: [] as Problem[] };
  let page: ExportedRecord[] = [];
  const look = async (): Promise<void> => {
    await view.snapshot((seen) => compare(page, seen, verdict));
    page = [];
  };
  for await (const record of records) {
    page.push(record);
    if (page.length === RECORDS_AT_ONCE) await look();
    if (verdict.problems.length >= PROBLEMS_MAX) return verdict;
  }
  if (page.length > 0) await look();
  return verdict;
}

async function compare(
  page: readonly ExportedRecord[],
  seen: JournalSnapshot,
  verdict: { records: number; pruned: number; problems: Problem[] },
): Promise<void> {
  const rows = await seen.records(page.map(({ ordinal }) => ordinal));
  for (const record of page) {
    verdict.records += 1;
    const row = rows.get(record.ordinal);
    const expected = row?.recordId === record.recordId ? endOf(row, record.version) : undefined;
    if (row && row.pruned > 0) verdict.pruned += 1;
    const found = lastHash(record);
    if (found === expected || verdict.problems.length >= PROBLEMS_MAX) continue;
    const { recordId, label } = record;
    const message = `Record ${recordId} (${label}) in the export is not the one that the journal had${expected === undefined ? ', or the export is of another journal' : ''}.`;
    verdict.problems.push({ code: 'EXPORT_DIFFERS', message, recordId, ...(expected === undefined ? {} : { expected, found }) });
  }
}

/** The hash of the record's last event among its first `version`, as the journal has it. */
function endOf(row: RecordFacts, version: number): string | undefined {
  const tombstone = tombstoneOf(row);
  if (tombstone) return tombstone.version === version ? tombstone.head : undefined;
  let hash = recordStart(row.recordId, row.kind);
  for (const [seq, text] of row.events) if (seq <= version) hash = eventHash(hash, text);
  return hash;
}

function lastHash({ recordId, kind, events }: ExportedRecord): string {
  let hash = recordStart(recordId, kind);
  for (const body of events) {
    const { at, type } = JSON.parse(body) as JournalEvent;
    hash = eventHash(hash, hashedEvent(at, type, body));
  }
  return hash;
}

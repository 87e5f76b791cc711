import type { Journal, StoredRecord } from '@payment-manager/journal';
import { CORE_KIND } from './claims.ts';
import type { ConnectorVersions } from './versions.ts';

/** The versions of the connector that a record needs. */
export function versionsIn({ kind, events }: StoredRecord): readonly string[] {
  if (kind !== CORE_KIND) return [];
  // a record runs with the version of its first operation; of one that was pruned nothing is run any more
  const [first] = events as readonly { readonly type: string; readonly version?: unknown }[];
  return first?.type === 'operation-begun' && typeof first.version === 'string' ? [first.version] : [];
}

/**
 * The journal of the records at the core: before a record comes out of it, the version of the connector that it began with is brought into
 * memory, since what follows from a record is worked out without waiting.
 */
export function versionedJournal(journal: Journal, versions: ConnectorVersions): Journal {
  const ensured = async (records: readonly StoredRecord[]): Promise<void> => {
    const needed = new Set(records.flatMap(versionsIn).filter((version) => versions.of(version) === undefined));
    if (needed.size > 0) await versions.ensure(needed);
  };
  return {
    ...journal,
    // what a journal is made of may be methods of a class: they keep their `this`
    append: (append) => journal.append(append),
    findByClaim: (claim) => journal.findByClaim(claim),
    async load(recordId) {
      const record = await journal.load(recordId);
      if (record !== undefined) await ensured([record]);
      return record;
    },
    async openRecords(limit, after) {
      const records = await journal.openRecords(limit, after);
      await ensured(records);
      return records;
    },
  };
}

import type { Journal, StoredRecord } from '@payment-manager/journal';

/** The kind of the records that keep a version of the connector. */
export const VERSION_KIND = 'core-version';
/** The member of a price that says which version of the connector made it: the transfer goes on with that. */
export const PRICE_VERSION = 'connectorVersion';

const PAGE = 500;
/** So many records that need a person are looked at: where there are more, nothing is let go of. */
const ATTENTION_MAX = 2_000;

/**
 * The versions of the connector that something still needs: an open payment whose price one of them made, an open record at the core, or either of them
 * where a person has to look. Undefined: there is too much to look at. Rejects as the journal does.
 */
export async function neededVersions(
  journal: Pick<Journal, 'openRecords' | 'attention' | 'load'>,
): Promise<ReadonlySet<string> | undefined> {
  const needed = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await journal.openRecords(PAGE, after);
    for (const version of page.flatMap(versionsOf)) needed.add(version);
    if (page.length < PAGE) break;
    after = page.at(-1)?.recordId;
  }
  const rows = await journal.attention({ limit: ATTENTION_MAX });
  if (rows.length === ATTENTION_MAX) return undefined;
  for (const recordId of new Set(rows.map((row) => row.recordId))) {
    const record = await journal.load(recordId);
    for (const version of record === undefined ? [] : versionsOf(record)) needed.add(version);
  }
  return needed;
}

/** Whatever an event names: a record at the core its own version, a payment that of its price. */
function versionsOf({ events }: Pick<StoredRecord, 'events'>): readonly string[] {
  return (events as readonly { readonly version?: unknown; readonly coreQuote?: Readonly<Record<string, unknown>> }[]).flatMap(
    ({ version, coreQuote }) => [version, coreQuote?.[PRICE_VERSION]].filter((one) => typeof one === 'string'),
  );
}

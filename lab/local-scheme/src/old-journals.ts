import { join } from 'node:path';
import { setOldPostgresJournalAside, setOldSqliteJournalAside } from '@payment-manager/journal';

/**
 * Sets the journal of a DFSP of the sandbox aside when it is in a stored form that is not read any more: elsewhere a person decides, here no money is at
 * stake. Answers its new name. The balances of hub and core stay.
 */
export async function setOldJournalAside(folder: string, fspId: string, postgresUrl: string | undefined): Promise<string | undefined> {
  if (postgresUrl !== undefined) return setOldPostgresJournalAside({ url: postgresUrl, schema: fspId });
  return setOldSqliteJournalAside(join(folder, fspId, 'data', 'journal.db'));
}

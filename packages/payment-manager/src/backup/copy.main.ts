import { statSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { backupSqliteJournal } from '@payment-manager/journal';
import { backupManagement, managementBackup } from '@payment-manager/management-api/commands';
import type { CopyAnswer, CopyOrder } from './copy-order.ts';

/**
 * One copy of a journal that is in use, and of the portal's store beside it; then it ends. A process of its own, since whoever has a SQLite file
 * open must not open it a second time to copy it, and since a large one is read three times. Payments go first.
 */
const LOW_PRIORITY = 10;

setPriority(Math.max(LOW_PRIORITY, getPriority()));
// whoever wanted the copy is gone: what there is of it is removed before the next one
// at once: an exit would wait for the copying, which may hang, and while it reads SQLite's log grows
const gone = (): void => void process.kill(process.pid, 'SIGKILL');
process.once('disconnect', gone);
process.once('message', (order: CopyOrder) => {
  void copied(order).then((answer) =>
    process.send?.(answer, () => {
      process.off('disconnect', gone);
      process.disconnect();
    }),
  );
});

async function copied({ journal, dataFolder, to, facts, journalKey, portalKey }: CopyOrder): Promise<CopyAnswer> {
  try {
    // the portal's first: by the name of the journal's copy both are known to be there
    await backupManagement(dataFolder, managementBackup(to), facts, portalKey);
    await backupSqliteJournal(journal, to, facts, journalKey);
    return { bytes: statSync(to).size };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type BackupFacts, backupSqlite, refuseInUse, restoreSqlite } from '@payment-manager/database';
import { entryOf } from '../audit/audit-log.ts';
import { type AuditProof, verifyAudit } from '../audit/verify-chain.ts';
import { chainQuestion, readEntry } from './entry-questions.ts';
import { managementFile } from './management-file.ts';
import { migrations, operations } from './sqlite-script.ts';

/** Beside which name of a journal's backup that of the portal's store stands. */
export function managementBackup(journalBackup: string): string {
  return `${journalBackup}.portal`;
}

/** Copies the store of a product that may be running, as of one instant; `key` makes the copy's MAC. Undefined: there is none. @throws BackupRefused */
export async function backupManagement(
  dataFolder: string,
  to: string,
  facts: BackupFacts,
  key: Uint8Array,
): Promise<AuditProof | undefined> {
  const file = managementFile(dataFolder);
  if (!existsSync(file)) return undefined;
  await backupSqlite(file, to, facts, key);
  return proveFile(to);
}

export interface RestoreManagement {
  readonly from: string;
  readonly dataFolder: string;
  /** The new name of what stands there. */
  readonly aside: string;
  readonly key: Uint8Array;
  readonly mayBeUnsigned: boolean;
  /** As the audit log calls who does it. */
  readonly by: string;
  readonly madeAt: string;
  readonly now: number;
}

/**
 * Replaces the store of a stopped product by a backup. Nobody is signed in then, and no link of before counts: what was ended since the copy must not
 * come back. The audit log says that it was restored. Answers its proof, and where the store of before is now.
 *
 * @throws BackupRefused
 */
export async function restoreManagement(
  order: RestoreManagement,
): Promise<{ readonly proof: AuditProof; readonly movedAside: string | undefined }> {
  const { from, aside, key, mayBeUnsigned } = order;
  const file = managementFile(order.dataFolder);
  const prepare = async (copy: string): Promise<void> => markRestored(copy, order);
  const movedAside = await restoreSqlite({ from, file, aside, migrations, key, mayBeUnsigned, prepare });
  return { proof: await proveFile(file), movedAside };
}

/** @throws BackupRefused while the product has it */
export function refuseManagementInUse(dataFolder: string): void {
  refuseInUse(managementFile(dataFolder));
}

function markRestored(copy: string, { by, madeAt, now }: RestoreManagement): void {
  const db = new DatabaseSync(copy);
  try {
    db.exec("BEGIN; DELETE FROM mgmt_kept WHERE kind IN ('session', 'ticket', 'link')");
    const said = { actor: by, action: 'store.restored', target: 'store', after: { backup: madeAt } } as const;
    const { at, actor, action, target, text } = entryOf(said, { now: () => now });
    operations(db).write([[], [[at, actor, action, target, text]], now]);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** Follows the chain of a file that may be in use. */
export async function proveFile(file: string): Promise<AuditProof> {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return await verifyAudit({
      async chain(after, limit) {
        const { text, values } = chainQuestion(after, limit);
        return db
          .prepare(text.replaceAll('$', '?'))
          .all(...values)
          .map(readEntry);
      },
    });
  } finally {
    db.close();
  }
}

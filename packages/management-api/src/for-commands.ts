import { existsSync } from 'node:fs';
import type { Config } from '@payment-manager/configuration';
import { createSealer, type World } from '@payment-manager/runtime';
import { type AuditProof, verifyAudit } from './audit/verify-chain.ts';
import { administratorLink, linkUrl } from './identity/links.ts';
import { proveFile } from './store/back-up.ts';
import { managementFile } from './store/management-file.ts';
import { openManagementStore } from './store/open-store.ts';

export { managementSocket } from './management-socket.ts';
export { backupManagement, managementBackup, refuseManagementInUse, restoreManagement } from './store/back-up.ts';
export type { AuditProof };

type Place = Pick<Config, 'journal' | 'dataFolder'>;

/** Proves the audit log of a product that may be running. Undefined: there is none. Rejects with DatabaseUnavailable. */
export async function proveAudit(config: Place, world: Pick<World, 'log' | 'random'>): Promise<AuditProof | undefined> {
  if (config.journal.store === 'postgres') {
    const store = await openManagementStore(config, world);
    return verifyAudit(store).finally(() => store.close());
  }
  const file = managementFile(config.dataFolder);
  return existsSync(file) ? proveFile(file) : undefined;
}

/** A link for the user `administrator`, while the product does not run. Rejects with DatabaseUnavailable (`DATABASE_IN_USE`: it does). */
export async function administratorLinkOf(
  config: Place & Pick<Config, 'management'>,
  world: Pick<World, 'clock' | 'log' | 'random'>,
  key: Uint8Array,
  actor: string,
): Promise<string> {
  const { publicUrl = `http://localhost:${config.management.port}` } = config.management;
  const store = await openManagementStore(config, world);
  const keeping = { ...world, store, sealer: createSealer(Buffer.from(key), world.random) };
  return linkUrl(publicUrl, await administratorLink(keeping, actor).finally(() => store.close()));
}

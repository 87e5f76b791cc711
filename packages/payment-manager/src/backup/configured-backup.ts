import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalConfig } from '@payment-manager/configuration';
import { keyFingerprint, keyFor } from '@payment-manager/credentials';
import type { Journal } from '@payment-manager/journal';
import { managementFile } from '@payment-manager/management-api/management-file';
import { type BackingUp, startBackingUp } from '@payment-manager/operations/backup';
import type { World } from '@payment-manager/runtime';
import { factsOf } from './backup-facts.ts';
import { copyInProcess } from './copy-process.ts';

/** Copies the embedded journal, and the portal's store with it, as `journal.backup` says; without a folder nothing is done. */
export function configuredBackup(
  config: JournalConfig,
  world: Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>,
  journal: Journal,
  sealingKey: Uint8Array,
): BackingUp {
  const { folder, everyMs, keep } = config.journal.backup;
  const chainHeads = journal.chainHeads?.bind(journal);
  if (folder === undefined || chainHeads === undefined) return { alarms: () => [], stop: async () => {} };
  const file = join(config.dataFolder, config.journalFile);
  const owner = { fspId: config.fspId, keyFingerprint: keyFingerprint(sealingKey) };
  const store = managementFile(config.dataFolder);
  const portal = [store, `${store}-wal`];
  const keys = { journalKey: keyFor('backup', sealingKey), portalKey: keyFor('portal backup', sealingKey) };
  return startBackingUp({
    ...world,
    ...owner,
    folder,
    dataFolder: config.dataFolder,
    everyMs,
    keep,
    leaveFreeBytes: config.operations.minimumFreeBytes,
    async size() {
      const sizes = await Promise.all([file, `${file}-wal`, ...portal].map(sizeOf));
      return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    },
    async mark() {
      const [{ position, heads }, ...stores] = await Promise.all([chainHeads(), ...portal.map(sizeOf)]);
      return JSON.stringify([position, heads, stores]);
    },
    async copy(to, signal) {
      const startedAt = world.clock.monotonic();
      const order = { journal: file, dataFolder: config.dataFolder, to, facts: factsOf(owner, world.clock.now()), ...keys };
      const bytes = await copyInProcess(order, signal);
      return { bytes, tookMs: Math.round(world.clock.monotonic() - startedAt) };
    },
  });
}

async function sizeOf(file: string): Promise<{ readonly bytes: number; readonly changedAt: number }> {
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
  return { bytes: size, changedAt: mtimeMs };
}

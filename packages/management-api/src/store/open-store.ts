import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import type { World } from '@payment-manager/runtime';
import { managementFile } from './management-file.ts';
import type { ManagementStore } from './management-store.ts';
import { openSqliteManagement } from './sqlite-store.ts';

/** Beside the journal: a file of its own, or PostgreSQL. Rejects with DatabaseUnavailable. */
export async function openManagementStore(
  { journal, dataFolder }: Pick<Config, 'journal' | 'dataFolder'>,
  world: Pick<World, 'log' | 'random'>,
  onFatal?: (error: Error) => void,
): Promise<ManagementStore> {
  if (journal.store === 'postgres') {
    const { openPostgresManagement } = await import('./postgres-store.ts');
    return openPostgresManagement({ ...(await postgresAddress(journal)), ...world });
  }
  return openSqliteManagement(managementFile(dataFolder), { log: world.log, ...(onFatal !== undefined && { onFatal }) });
}

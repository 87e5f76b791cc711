import { join } from 'node:path';

/** Where the store is, where the journal is a file. */
export function managementFile(dataFolder: string): string {
  return join(dataFolder, 'management.db');
}

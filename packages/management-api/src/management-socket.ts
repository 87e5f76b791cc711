import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';

/** The socket’s file, in the data folder. */
export function managementSocket({ dataFolder }: Pick<Config, 'dataFolder'>): string {
  return join(dataFolder, 'management.sock');
}

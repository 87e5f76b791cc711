import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import type { Log } from '@payment-manager/runtime';

/** The link for the first administrator, where the user of the process alone reads it: in no log, since it opens everything once. */
export async function keepFirstLink({ dataFolder }: Pick<Config, 'dataFolder'>, link: string, log: Log): Promise<void> {
  const file = join(dataFolder, 'first-administrator.link');
  await rm(file, { force: true });
  await writeFile(file, `${link}\n`, { mode: 0o600 });
  log.warn('nobody can administrate the portal yet: open the link in this file within a day, once; or: ./pm portal reset-administrator', {
    file,
  });
}

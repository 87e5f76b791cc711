import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { librariesInOneFile } from './in-one-file.ts';

/**
 * Run once after an installation: loads everything that the product loads, its database thread included, so that types are
 * stripped and code is compiled once and not at the first start (which then takes 30 MB and half a second less). Node
 * writes its cache when this process ends.
 */
for (const left of await librariesInOneFile()) process.stderr.write(`this stays as it was installed: ${left}\n`);
const [{ openSqliteJournal }, { recordedLog }] = await Promise.all([
  import('@payment-manager/journal'),
  import('@payment-manager/runtime'),
  import('../compose.ts'),
  import('../world.ts'),
  import('./run.ts'),
  import('./start.ts'),
  import('./send.ts'),
  import('./config.ts'),
  import('./command-line.ts'),
]);
const folder = await mkdtemp(join(tmpdir(), 'pm-warm-up-'));
const journal = await openSqliteJournal({ file: join(folder, 'journal.db'), log: recordedLog() });
await journal.close();
await rm(folder, { recursive: true });

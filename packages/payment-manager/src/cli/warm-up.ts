import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { librariesInOneFile } from './in-one-file.ts';
import { useLibrariesIn } from './in-one-file-use.ts';

/**
 * Run once after an installation: loads everything that the product loads, its database thread included, so that types are
 * stripped and code is compiled once and not at the first start (which then takes 30 MB and half a second less). Node
 * writes its cache when this process ends.
 */
const libraries = fileURLToPath(new URL('../../../../.pm/built/libraries', import.meta.url));
for (const left of await librariesInOneFile(libraries)) process.stderr.write(`this is loaded as it was installed: ${left}\n`);
useLibrariesIn(libraries);
const [{ openSqliteJournal }, { recordedLog }, { compileConnector, readConnectorFolder }] = await Promise.all([
  import('@payment-manager/journal'),
  import('@payment-manager/runtime'),
  import('@payment-manager/core-connector'),
  import('@payment-manager/core-connector/running'),
  import('@payment-manager/management-api'),
  import('@payment-manager/read-model'),
  import('@payment-manager/vault'),
  import('@payment-manager/vault/configured'),
  import('@payment-manager/operations/connection'),
  import('../compose.ts'),
  import('./run.ts'),
  import('./config.ts'),
  import('./command-line.ts'),
]);
// What has run is kept compiled, what was only loaded is not: a connector is compiled while somebody waits for the start.
for (const template of ['rest-core', 'fineract-savings'])
  await readConnectorFolder(fileURLToPath(new URL(`../../../../connectors/${template}`, import.meta.url))).then(compileConnector, () => {});
const folder = await mkdtemp(join(tmpdir(), 'pm-warm-up-'));
const journal = await openSqliteJournal({ file: join(folder, 'journal.db'), log: recordedLog() });
await journal.close();
await rm(folder, { recursive: true });

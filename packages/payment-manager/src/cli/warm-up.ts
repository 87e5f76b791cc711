import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { roomsInFewFiles } from './few-files.ts';
import { ROOMS_FOLDER, useRoomsIn } from './few-files-use.ts';
import { librariesInOneFile } from './in-one-file.ts';
import { useLibrariesIn } from './in-one-file-use.ts';
import { nodeOptions } from './node-options.ts';

/**
 * Run once after an installation: puts libraries and rooms into few files, loads what the product loads only now and then, and starts it
 * once, so that code is compiled now and not at the first start (which then takes 20 MB and half a second less). Node writes its cache when
 * a process ends.
 */
const START_MS = 30_000;
const libraries = fileURLToPath(new URL('../../../../.pm/built/libraries', import.meta.url));
for (const left of await librariesInOneFile(libraries)) process.stderr.write(`this is loaded as it was installed: ${left}\n`);
await roomsInFewFiles().catch((error: unknown) => process.stderr.write(`rooms are loaded as they are written: ${error}\n`));
useLibrariesIn(libraries);
useRoomsIn(ROOMS_FOLDER, { runs: () => true });
const [{ compileConnector, readConnectorFolder }] = await Promise.all([
  import('@payment-manager/core-connector'),
  import('@payment-manager/core-connector/running'),
  import('@payment-manager/management-api'),
  import('@payment-manager/read-model'),
  import('@payment-manager/vault'),
  import('@payment-manager/vault/configured'),
  import('@payment-manager/operations/connection'),
  import('./config.ts'),
  import('./command-line.ts'),
]);
// What has run is kept compiled, what was only loaded is not: a connector is compiled while somebody waits for the start.
for (const template of ['rest-core', 'fineract-savings'])
  await readConnectorFolder(fileURLToPath(new URL(`../../../../connectors/${template}`, import.meta.url))).then(compileConnector, () => {});
await startOnce();

/** Starts a Payment Manager that reaches nobody, and ends it: what a start runs is compiled, and an installation that nobody may write to has it, too. */
async function startOnce(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-warm-up-'));
  const nobody = 'http://127.0.0.1:9';
  const anyPort = { host: '127.0.0.1', port: 0 };
  const config = {
    fspId: 'warmup',
    sandbox: true,
    dataFolder: join(folder, 'data'),
    inbound: anyPort,
    outbound: anyPort,
    operations: anyPort,
    hub: { baseUrl: nobody },
    core: { baseUrl: nobody },
    jws: { sign: false, verify: false },
  };
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), ['run', '--config', file], {
    execArgv: [...nodeOptions],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PM_'))),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: START_MS,
  });
  child.once('message', () => child.kill('SIGTERM'));
  await once(child, 'exit');
  await rm(folder, { recursive: true });
}

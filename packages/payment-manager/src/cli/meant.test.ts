import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  createHttpClient,
  type HttpResponse,
  type HttpServer,
  type PooledHttpClient,
  recordedLog,
  startHttpServer,
} from '@payment-manager/runtime';
import { runCommandLine } from './command-line.ts';
import type { CommandOptions } from './commands.ts';
import { configurationFile, loadConfiguration } from './configuration-file.ts';
import { meantBy } from './meant.ts';
import { findOperations } from './operations/find-operations.ts';
import type { Terminal } from './terminal.ts';

/** A bank's own configuration in the working folder, another one beside it, and a sandbox with greenbank and bluewallet that runs. */
let folder: string;
let server: HttpServer;
let client: PooledHttpClient;

const configuration = (fspId: string, port: number) =>
  `fspId: ${fspId}\nsandbox: true\nhub: { baseUrl: http://127.0.0.1:9 }\ncore: { baseUrl: http://127.0.0.1:9 }\njws: { sign: false, verify: false }\noperations: { port: ${port} }\n`;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-meant-'));
  client = createHttpClient({});
  const handler = async (): Promise<HttpResponse> => ({ status: 200, body: '{}' });
  server = await startHttpServer(
    { host: '127.0.0.1', port: 0, maxBodyBytes: 100, handler, refuse: () => ({ status: 500 }) },
    recordedLog(),
  );
  const dfsp = (fspId: string) => ({
    fspId,
    coreUrl: server.url,
    outboundUrl: server.url,
    operationsUrl: `http://${fspId}.sandbox`,
    customers: [],
  });
  const sandbox = join(folder, 'sandbox');
  await mkdir(sandbox);
  const running = { pid: 1, hubAdminUrl: server.url, hubOperatorUrl: server.url, dfsps: ['greenbank', 'bluewallet'].map(dfsp) };
  await writeFile(join(sandbox, 'running.json'), JSON.stringify(running));
  for (const fspId of ['greenbank', 'bluewallet']) {
    await mkdir(join(sandbox, fspId));
    await writeFile(join(sandbox, fspId, 'payment-manager.yaml'), configuration(fspId, 6001));
  }
  await mkdir(join(folder, 'bank'));
  await writeFile(join(folder, 'bank', 'payment-manager.yaml'), configuration('ownbank', 6002));
  await writeFile(join(folder, 'bank', 'other.yaml'), configuration('otherbank', 6003));
  await mkdir(join(folder, 'empty'));
});
after(async () => {
  await client.close();
  await server.close(0);
  await rm(folder, { recursive: true });
});

const terminal = (where: string, environment: Record<string, string> = {}): Terminal => ({
  out() {},
  err() {},
  workingFolder: join(folder, where),
  environment,
  interactive: false,
});
const sandboxed = (options: CommandOptions = {}) => ({ folder: join(folder, 'sandbox'), ...options });

/** Who is meant by a command for the running product, and by one for files. */
async function meant(options: CommandOptions, where: string, environment: Record<string, string> = {}): Promise<[string, string]> {
  const at = terminal(where, environment);
  const running = await findOperations(options, at, client);
  const { config } = await loadConfiguration(configurationFile(options, at), at);
  return [
    running.map(({ operations, fspId }) => (operations.url.endsWith('.sandbox') ? `${fspId} of the sandbox` : fspId)).join(', '),
    config.fspId,
  ];
}

describe('which Payment Manager is meant', () => {
  test('--fsp is obeyed by every command, also where the working folder or the environment has a configuration', async () => {
    const wish = sandboxed({ fsp: 'greenbank' });
    for (const where of ['bank', 'empty']) assert.deepEqual(await meant(wish, where), ['greenbank of the sandbox', 'greenbank'], where);
    assert.deepEqual(await meant(wish, 'empty', { PM_CONFIG_FILE: '../bank/other.yaml' }), ['greenbank of the sandbox', 'greenbank']);
  });

  test('--config outranks PM_CONFIG_FILE, and that the file in the working folder, in every command', async () => {
    assert.deepEqual(await meant({ config: 'other.yaml' }, 'bank', { PM_CONFIG_FILE: 'payment-manager.yaml' }), ['otherbank', 'otherbank']);
    assert.deepEqual(await meant({}, 'bank', { PM_CONFIG_FILE: 'other.yaml' }), ['otherbank', 'otherbank']);
    assert.deepEqual(await meant({}, 'bank'), ['ownbank', 'ownbank']);
  });

  test('both at once are refused by every command', async () => {
    const both = sandboxed({ fsp: 'greenbank', config: 'other.yaml' });
    await assert.rejects(findOperations(both, terminal('bank'), client), /give only one of them/);
    assert.throws(() => configurationFile(both, terminal('bank')), /give only one of them/);
  });

  test('--folder alone is never passed over: one of that sandbox must be named', () => {
    for (const where of ['bank', 'empty'])
      assert.throws(() => configurationFile(sandboxed(), terminal(where)), /Add the DFSP: --fsp bluewallet or --fsp greenbank/);
  });

  test('./pm config takes --config and --fsp as every command does, and --file as before', async () => {
    const configOf = async (...args: string[]) => {
      let said = '';
      const at: Terminal = { ...terminal('bank'), out: (line) => (said += `${line}\n`), err: (line) => (said += `${line}\n`) };
      await runCommandLine(['config', '--without-files', ...args], at);
      return /^fspId +(\S+)/m.exec(said)?.[1] ?? said;
    };
    assert.equal(await configOf('--config', 'other.yaml'), 'otherbank');
    assert.equal(await configOf('--file', 'other.yaml'), 'otherbank');
    assert.equal(await configOf('--fsp', 'greenbank', '--folder', join(folder, 'sandbox')), 'greenbank');
    assert.match(await configOf('--config', 'other.yaml', '--file', 'payment-manager.yaml'), /give only one of them/);
  });

  test('what a command suggests means the same one', async () => {
    const [green] = await findOperations(sandboxed({ fsp: 'greenbank' }), terminal('bank'), client);
    assert.equal(green?.meant, ` --fsp greenbank --folder ${join(folder, 'sandbox')}`);
    const [, blue] = await findOperations(sandboxed(), terminal('empty'), client);
    assert.match(blue?.meant ?? '', /--fsp bluewallet/);
    assert.equal(meantBy({ config: 'my file.yaml', environment: 'live' }), " --config 'my file.yaml' --environment live");
  });

  test('where keys are files, a command for the vault names those that look at files', async () => {
    let said = '';
    const at: Terminal = { ...terminal('bank'), err: (line) => (said += line) };
    assert.equal(await runCommandLine(['cert', 'list'], at), 78);
    assert.match(said, /There is no vault \(.*\.\/pm config and \.\/pm doctor check them/);
  });

  test('where nothing says who is meant, the message names the ways', async () => {
    let said = '';
    const at: Terminal = { ...terminal('empty'), err: (line) => (said += line) };
    assert.equal(await runCommandLine(['verify'], at), 78);
    assert.match(said, /No configuration found: there is no payment-manager\.yaml in this folder/);
  });
});

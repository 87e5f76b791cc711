import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { pmIn } from '../../packages/payment-manager/test/command-line.ts';
import { type AttackedFolder, type AttackedProduct, attackedFolder, fate, send, startAttacked } from './attacked-product.ts';

let folder: AttackedFolder;
let product: AttackedProduct;
let configFile: string;
before(async () => {
  folder = await attackedFolder();
  configFile = await folder.write('kept', folder.configuration({ operations: { host: '127.0.0.1', port: await freePort() } }));
  product = await startAttacked(configFile);
});
after(async () => {
  await product.stop();
  await folder.remove();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ask = async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  fate(await send({ url: `${product.operations}${path}`, headers, method, ...(method === 'POST' && { body: '{}' }) }));
const json = { 'content-type': 'application/json' };
const acts = ['/exceptions/7c23e80c-d078-4077-8263-2c047876fcf6', '/journal/prune', '/connection/renew', '/connection/look'];

describe('who has a shell on the machine, and is not the user of the product', () => {
  test('sees that it lives and what it measures, no payment, and may do nothing', async () => {
    for (const path of ['/health/live', '/metrics']) assert.equal(await ask(path), 200, path);
    // it has no peers' keys, and says so
    assert.equal(await ask('/health/ready'), 503);
    for (const path of ['/exceptions', '/alarms', '/payments', '/connection', '/']) assert.equal(await ask(path), 401, path);
    for (const path of acts) assert.equal(await ask(path, json, 'POST'), 401, path);
    const { exitCode, text } = await pmIn(folder.folder, ['exceptions', '--url', product.operations]);
    assert.equal(exitCode, 1, text);
    assert.match(text, /token/);
  });

  test('the user of the product does as before: the command line reads the token by itself', async () => {
    const file = folder.path('data/operations.token');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const token = (await readFile(file, 'utf8')).trim();
    assert.equal(await ask('/exceptions', { authorization: `Bearer ${token}` }), 200);
    assert.equal(await ask(acts[0] ?? '', { ...json, authorization: `Bearer ${token}` }, 'POST'), 400);
    for (const [args, environment] of [
      [['exceptions', '--config', configFile], {}],
      [['exceptions', '--url', product.operations], { PM_OPERATIONS_TOKEN_FILE: file }],
      [['exceptions', '--url', product.operations], { PM_CONFIG_FILE: configFile }],
    ] as const) {
      const { exitCode, text } = await pmIn(folder.folder, args, environment);
      assert.equal(exitCode, 0, text);
      assert.ok(!text.includes(token));
    }
    assert.ok(!(await readFile(`${configFile}.log`, 'utf8')).includes(token));
  });

  test('a page of a site that took our address sees nothing at any path', async () => {
    for (const path of ['/health/live', '/metrics', '/exceptions', '/nothing'])
      assert.equal(await ask(path, { host: 'evil.example' }), 403, path);
  });
});

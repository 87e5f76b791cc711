import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { refuseOperations } from '@payment-manager/operations/api';
import { type HttpHandler, type HttpServer, recordedLog, startHttpServer } from '@payment-manager/runtime';
import { pmIn } from '../../../test/command-line.ts';

const TOKEN = 'planted-operations-token-0123456789abcdef';
let folder: string;
let server: HttpServer;
/** What the running product was asked, and by which token. */
const asked: string[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-support-test-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/operations.token'), `${TOKEN}\n`, { mode: 0o600 });
  const handler: HttpHandler = async ({ target, headers }) => {
    asked.push(`${target} ${headers['authorization'] === `Bearer ${TOKEN}`}`);
    if (target === '/metrics') return { status: 200, headers: {}, body: 'pm_exceptions 1\n' };
    return { status: 200, headers: {}, body: JSON.stringify({ reason: `27713803912 has ${TOKEN}`, status: 'ready' }) };
  };
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 8192, handler, refuse: refuseOperations }, recordedLog());
  writeFileSync(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\njws: { sign: false, verify: false }\noperations: { port: ${server.port} }\n`,
  );
  writeFileSync(join(folder, 'pm.log'), `{"level":"warn","time":"2026-11-30T12:00:00.000Z","msg":"the hub is slow","peer":"${TOKEN}"}\n`);
});
after(async () => {
  await server.close(0);
  rmSync(folder, { recursive: true });
});

test('it is shown first, and written only after a yes, for its owner alone', async () => {
  const shown = await pmIn(folder, ['support-bundle', 'bundle.txt', '--log', 'pm.log']);
  assert.equal(shown.exitCode, 64, shown.text);
  assert.match(shown.text, /==== metrics\npm_exceptions 1[\s\S]*To confirm, add --yes/);
  assert.ok(!existsSync(join(folder, 'bundle.txt')));

  const { exitCode, text } = await pmIn(folder, ['support-bundle', 'bundle.txt', '--log', 'pm.log', '--yes']);
  assert.equal(exitCode, 0, text);
  const written = readFileSync(join(folder, 'bundle.txt'), 'utf8');
  assert.equal(statSync(join(folder, 'bundle.txt')).mode & 0o777, 0o600);
  assert.ok(text.includes(written.trimEnd()), 'what is written is what was shown');
  assert.match(written, /the hub is slow/);
  assert.match(written, /^Payment Manager \d/m);
  for (const planted of [TOKEN, '27713803912']) assert.ok(!written.includes(planted), planted);
  assert.ok(asked.includes('/connection true'), 'it was asked by its token');
  assert.equal((await pmIn(folder, ['support-bundle', 'bundle.txt', '--yes'])).exitCode, 64, 'what is there is not written over');
});

test('a product that does not run is told of as such', async () => {
  writeFileSync(
    join(folder, 'stopped.yaml'),
    readFileSync(join(folder, 'payment-manager.yaml'), 'utf8').replace(/port: \d+ }\n$/, 'port: 9 }\n'),
  );
  const { exitCode, text } = await pmIn(folder, ['support-bundle', 'stopped.txt', '--config', 'stopped.yaml', '--yes']);
  assert.equal(exitCode, 0, text);
  assert.match(text, /==== health\nno answer/);
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { refuseOperations } from '@payment-manager/operations/api';
import { type HttpHandler, type HttpServer, recordedLog, startHttpServer } from '@payment-manager/runtime';
import { pmIn } from '../../test/command-line.ts';

let folder: string;
let server: HttpServer;
let changes: readonly object[] = [];
const asked: string[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-config-diff-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/operations.token'), `${'t'.repeat(43)}\n`, { mode: 0o600 });
  const handler: HttpHandler = async ({ method, target }) => {
    asked.push(`${method} ${target}`);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ changes, connector: 'loaded' }) };
  };
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 8192, handler, refuse: refuseOperations }, recordedLog());
  writeFileSync(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\njws: { sign: false, verify: false }\noperations: { port: ${server.port} }\n`,
  );
});
after(async () => {
  await server.close(0);
  rmSync(folder, { recursive: true });
});

test('config --diff says what a reload would do, --reload does it; exit code 1 where a restart is needed', async () => {
  const diff = await pmIn(folder, ['config', '--diff']);
  assert.deepEqual([diff.exitCode, asked], [0, ['GET /configuration/changes']], diff.text);
  assert.match(diff.text, /What runs at greenbank is what the configuration says\./);
  changes = [{ path: 'log.level', from: 'info', to: 'debug', takes: 'reload' }];
  const reload = await pmIn(folder, ['config', '--reload']);
  assert.deepEqual([reload.exitCode, asked.at(-1)], [0, 'POST /configuration/reload'], reload.text);
  assert.match(reload.text, /log\.level +info +debug +in force now[\s\S]*The core connector: loaded\./);
  changes = [...changes, { path: 'outbound.port', from: '4001', to: '4999', takes: 'restart' }];
  const both = await pmIn(folder, ['config', '--diff']);
  assert.equal(both.exitCode, 1);
  assert.match(both.text, /log\.level.*a reload[\s\S]*outbound\.port +4001 +4999 +a restart/);
});

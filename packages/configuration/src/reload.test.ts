import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { listKeys } from './keys.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import { changesBetween, RELOADABLE, takeOver } from './reload.ts';
import { configSchema } from './schema.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-reload-test-'));
});
after(() => rmSync(folder, { recursive: true }));

const BASE = `fspId: greenbank
sandbox: true
dataFolder: data
core: { baseUrl: 'http://127.0.0.1:9' }
jws: { sign: false, verify: false }
`;
async function loaded(rest: string): Promise<LoadedConfig> {
  writeFileSync(join(folder, 'payment-manager.yaml'), `${BASE}${rest}`);
  return loadConfig('payment-manager.yaml', {}, folder);
}
const hub = (more: string) => `hub: { baseUrl: 'http://127.0.0.1:9' }\n${more}\n`;

test('what a reload takes over and what needs a restart are told apart, secrets not shown', async () => {
  const running = await loaded(
    hub("operations: { alarmWebhook: { url: 'https://a.example.org/planted1', secret: planted-secret-of-32-characters-1 } }"),
  );
  const fresh = await loaded(
    hub(
      "log: { level: debug }\nlimits: { inFlightPayments: 10, restingRecords: 5 }\noutbound: { port: 4999 }\noperations: { alarmWebhook: { url: 'https://a.example.org/planted2', secret: planted-secret-of-32-characters-2 } }",
    ),
  );
  const changes = changesBetween(running, fresh);
  const takes = (wanted: string) =>
    changes
      .filter((one) => one.takes === wanted)
      .map(({ path }) => path)
      .sort();
  assert.deepEqual(takes('reload'), [
    'limits.inFlightPayments',
    'log.level',
    'operations.alarmWebhook.secret',
    'operations.alarmWebhook.url',
  ]);
  assert.deepEqual(takes('restart'), ['limits.restingRecords', 'outbound.port']);
  assert.doesNotMatch(JSON.stringify(changes), /planted/);
  assert.ok(changes.every(({ from, to }) => from !== to));
  assert.deepEqual(changesBetween(running, running), []);
});

test('a webhook that comes or goes needs a restart', async () => {
  const without = await loaded(hub(''));
  const having = await loaded(hub("operations: { alarmWebhook: { url: 'https://a.example.org/x' } }"));
  for (const [one, other] of [[without, having] as const, [having, without] as const])
    assert.deepEqual(
      changesBetween(one, other).map(({ takes }) => takes),
      ['restart'],
    );
});

test('only what a reload takes is put in force, in place', async () => {
  const running = await loaded(hub("operations: { alarmWebhook: { url: 'https://a.example.org/1', caFile: ca.pem } }"));
  const { limits } = running.config;
  const fresh = await loaded(
    hub("limits: { inFlightPayments: 10, restingRecords: 5 }\noperations: { alarmWebhook: { url: 'https://a.example.org/2' } }"),
  );
  takeOver(running.config, fresh.config, changesBetween(running, fresh));
  assert.equal(limits.inFlightPayments, 10, 'whoever has the group has the new value');
  assert.equal(limits.restingRecords, 1000);
  assert.equal(running.config.operations.alarmWebhook.url, 'https://a.example.org/2');
  assert.equal(running.config.operations.alarmWebhook.caFile, undefined);
  assert.deepEqual(
    changesBetween(running, fresh).map(({ path, takes }) => `${path} ${takes}`),
    ['limits.restingRecords restart'],
  );
});

test('each key that is reloadable is a key', () => {
  const keys = listKeys(configSchema).map(({ path }) => path);
  assert.deepEqual(
    RELOADABLE.filter((path) => !keys.includes(path)),
    [],
  );
});

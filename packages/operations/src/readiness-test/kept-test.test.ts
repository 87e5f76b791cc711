import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Config, loadConfig } from '@payment-manager/configuration';
import { Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import { type Finding, findingsOf } from '../doctor/finding.ts';
import { keepTest, lastTest, stillPassed } from './kept-test.ts';

const doing = { by: 'asha', why: './pm onboard' };
const allPassed: readonly Finding[] = [
  findingsOf('hub').passed('answer', 'x'.repeat(900)),
  findingsOf('own listener').passed('certificate', 'ok'),
  findingsOf('product').passed('ready', 'ok'),
  findingsOf('signature').passed('published key', 'ok'),
  findingsOf('look-up').passed('round trip', 'ok'),
];

async function world(t: { after(run: () => void): void }): Promise<{ environment: Environment; other: Environment; config: Config }> {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const environment = vault.environment('live');
  await makeServerCertificate(environment);
  const folder = mkdtempSync(join(tmpdir(), 'pm-kept-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'payment-manager.yaml');
  writeFileSync(
    file,
    "fspId: greenbank\nsandbox: true\nvault: { store: file }\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\n",
  );
  return { environment, other: vault.environment('other'), config: (await loadConfig(file, {}, folder)).config };
}

async function makeServerCertificate({ authority, keys }: Environment): Promise<void> {
  if ((await keys.active('dfsp-ca')) === undefined)
    await keys.activate('dfsp-ca', (await authority.create({ commonName: 'CA' }, 3_650, doing, 'EC-P256')).id, doing);
  const { id } = await keys.generate('tls-server', doing, 'EC-P256');
  const request = await keys.request('tls-server', id, { usage: 'server', subject: { commonName: 'x' }, names: { dns: ['x.example'] } });
  await keys.storeChain('tls-server', id, (await authority.sign(request, { usage: 'server', days: 30 })).join(''));
  await keys.activate('tls-server', id, doing);
}

test('the last readiness test is kept with who, when and what it came to, each environment for itself', async (t) => {
  const { environment, other, config } = await world(t);
  assert.equal(await lastTest(environment, config), undefined);
  await keepTest(environment, config, allPassed, 1_700_000_000_000, doing);
  const kept = await lastTest(environment, config);
  assert.deepEqual([kept?.at, kept?.by, kept?.passed, kept?.changed], [1_700_000_000_000, 'asha', true, []]);
  assert.deepEqual(kept?.checks[1], { part: 'own listener', check: 'certificate', state: 'passed', message: 'ok' });
  assert.equal(kept?.checks[0]?.message.length, 501);
  assert.equal(stillPassed(kept), true);
  assert.equal(await lastTest(other, config), undefined);
  await keepTest(environment, config, allPassed.slice(1), 1_700_000_000_001, doing);
  assert.deepEqual([(await lastTest(environment, config))?.passed, stillPassed(await lastTest(environment, config))], [false, false]);
});

test('it becomes stale when a certificate, a key, the hub’s CA or an address changes, and not when a peer does', async (t) => {
  const { environment, config } = await world(t);
  const { keys, trust } = environment;
  await keepTest(environment, config, allPassed, 1, doing);
  const changed = async (of: Config = config) => (await lastTest(environment, of))?.changed;
  const { publicKey, id } = await keys.generate('jws-signing', doing);
  await trust.present('peer-jws', 'bluebank', [publicKey], 'manual', doing);
  assert.deepEqual(await changed(), [], 'a peer, and a key that waits');
  await keys.activate('jws-signing', id, doing);
  assert.deepEqual(await changed(), ['jws-signing']);
  await makeServerCertificate(environment);
  assert.deepEqual(await changed(), ['tls-server', 'jws-signing']);
  await trust.present('hub-ca', 'hub', await environment.authority.chain(), 'manual', doing);
  assert.deepEqual(await changed({ ...config, hub: { ...config.hub, baseUrl: 'https://elsewhere.example' } }), [
    'tls-server',
    'addresses',
    'jws-signing',
    'hub-ca',
  ]);
  assert.equal(stillPassed(await lastTest(environment, config)), false);
  await keepTest(environment, config, allPassed, 2, doing);
  assert.deepEqual(await changed(), []);
});

test('what another version kept, or nobody can read, is no test', async (t) => {
  const { environment, config } = await world(t);
  for (const text of ['{', '[]', '{"at":1,"by":"x","passed":true}', '{"at":"1","by":"x","passed":true,"checks":[],"tested":{}}']) {
    await environment.secrets.put('readiness-test', new Secret(text), doing);
    assert.equal(await lastTest(environment, config), undefined, text);
  }
  const odd = { at: 1, by: 'x', passed: true, checks: [null, 7, { part: 'hub' }], tested: {} };
  await environment.secrets.put('readiness-test', new Secret(JSON.stringify(odd)), doing);
  assert.deepEqual((await lastTest(environment, config))?.checks, []);
});

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { systemRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { memoryStore, openVault } from '@payment-manager/vault';
import { watchTrustChanges } from './trust-changes.ts';

const doing = { by: 'a test', why: 'to see' };
const publicKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

test('each change of trust is an alarm with its fingerprint for a day, also after a restart; what comes first is none', async () => {
  const clock = virtualTime();
  const vault = await openVault({
    store: memoryStore(),
    clock,
    random: systemRandom,
    signatures: threadPoolSignatures,
  });
  const environment = vault.environment('production');
  const { trust, authority } = environment;
  const ca = async (name: string): Promise<readonly string[]> =>
    (await authority.create({ commonName: name }, 3_650, doing, 'EC-P256')).chain ?? [];
  const watching = await watchTrustChanges(environment, vault, { clock });
  const codes = async (of = watching) => {
    await new Promise((resolve) => setImmediate(resolve));
    return of.alarms().map(({ id, code }) => `${code} ${id.replace(/-[0-9a-f]{32}$/, '')}`);
  };
  await trust.present('hub-ca', 'hub', await ca('first'), 'https://mcm.example', doing);
  for (const id of ['switch', 'bank-b']) await trust.present('peer-jws', id, [publicKey()], 'https://mcm.example', doing);
  assert.deepEqual(await codes(), []);
  await clock.advance(1_000);
  await trust.present('hub-ca', 'hub', await ca('second'), 'https://mcm.example', doing);
  for (const id of ['switch', 'bank-b']) await trust.present('peer-jws', id, [publicKey()], 'https://mcm.example', doing);
  const all = ['TRUST_CHANGED trust-hub-ca-hub', 'TRUST_CHANGED trust-peer-jws-switch', 'TRUST_CHANGED trust-peer-jws-bank-b'];
  assert.deepEqual((await codes()).sort(), all.sort());
  for (const { reason } of watching.alarms())
    assert.match(reason, /(SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}|key [0-9a-f]{32}); said by https:\/\/mcm\.example/);
  const restarted = await watchTrustChanges(environment, vault, { clock });
  assert.deepEqual((await codes(restarted)).sort(), all);
  await clock.advance(86_400_000);
  assert.deepEqual(await codes(restarted), []);
  watching.stop();
  restarted.stop();
});

import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore } from '../store/memory-store.ts';
import { openVault } from '../vault.ts';

test('a chain with keys of two kinds, in any order, is kept, and private keys can be read afterwards', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const { keys, authority, credentials } = vault.environment('sandbox');
  const doing = { by: 'a test', why: 'to see' };
  const ca = await authority.create({ commonName: 'CA' }, 100, doing, 'EC-P256');
  await keys.activate('dfsp-ca', ca.id, doing);
  const { id } = await keys.generate('tls-client', doing, 'RSA-2048');
  const request = await keys.request('tls-client', id, { usage: 'client', subject: { commonName: 'bank' } });
  const chain = await authority.sign(request, { usage: 'client', days: 10 });
  await keys.storeChain('tls-client', id, [...chain].reverse().join(''));
  await keys.activate('tls-client', id, doing);
  const { privateKey } = await credentials('tls-client');
  await keys.storeChain('tls-client', id, [...chain].reverse().join(''));
  assert.equal(createPrivateKey(privateKey.reveal()).asymmetricKeyType, 'rsa');
});

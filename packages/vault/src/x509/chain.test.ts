import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { memoryStore } from '../store/memory-store.ts';
import { openVault } from '../vault.ts';
import { orderedChain } from './chain.ts';

test('a certificate for a key of another kind is refused, and private keys can be read afterwards', async () => {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const { authority } = vault.environment('sandbox');
  const { chain = [] } = await authority.create({ commonName: 'CA' }, 100, { by: 'a test', why: 'to see' }, 'EC-P256');
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  assert.throws(() => orderedChain(chain.join(''), publicKey), /none of its certificates is for this key/);
  assert.equal(createPrivateKey(pem).asymmetricKeyType, 'rsa');
});

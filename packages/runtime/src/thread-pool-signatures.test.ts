import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { SignatureAlgorithm } from './crypto.ts';
import { threadPoolSignatures as signatures } from './thread-pool-signatures.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const data = Buffer.from('what was signed');

test('every algorithm signs, verifies, and refuses other data and other signatures', async () => {
  const cases: readonly [SignatureAlgorithm, { privateKey: KeyObject; publicKey: KeyObject }][] = [
    ['RS256', rsa],
    ['RS384', rsa],
    ['RS512', rsa],
    ['ES256', ec],
  ];
  for (const [algorithm, { privateKey, publicKey }] of cases) {
    const signature = await signatures.sign(algorithm, privateKey, data);
    assert.equal(await signatures.verify(algorithm, publicKey, data, signature), true);
    assert.equal(await signatures.verify(algorithm, publicKey, Buffer.from('something else'), signature), false);
    assert.equal(await signatures.verify(algorithm, publicKey, data, signature.subarray(1)), false);
  }
});

test('RS256 is PKCS #1 v1.5 over SHA-256, and ES256 is r and s, 64 bytes (RFC 7518)', async () => {
  const signature = await signatures.sign('RS256', rsa.privateKey, data);
  assert.equal(createVerify('RSA-SHA256').update(data).verify(rsa.publicKey, signature), true);
  assert.equal((await signatures.sign('ES256', ec.privateKey, data)).length, 64);
});

test('a key of another kind verifies nothing and signs nothing', async () => {
  const signature = await signatures.sign('RS256', rsa.privateKey, data);
  assert.equal(await signatures.verify('ES256', rsa.publicKey, data, signature), false);
  assert.equal(await signatures.verify('RS256', ec.publicKey, data, signature), false);
  await assert.rejects(signatures.sign('RS256', ec.privateKey, data), TypeError);
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  await assert.rejects(signatures.sign('ES256', otherCurve.privateKey, data), TypeError);
});

test('the event loop goes on while signatures are made', async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  await Promise.all(Array.from({ length: 100 }, () => signatures.sign('RS256', rsa.privateKey, data)));
  clearInterval(count);
  assert.ok(turns > 1, `${turns} turns`);
});

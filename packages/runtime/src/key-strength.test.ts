import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, test } from 'node:test';
import { weaknessOf, weaknessOfCertificate } from './key-strength.ts';

const modulus = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' }).n ?? '';

/** An RSA key of 2,048 bits with this exponent. */
function rsaWith(exponent: bigint): KeyObject {
  const hex = exponent.toString(16);
  const e = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n: modulus, e }, format: 'jwk' });
}

describe('a public key is strong enough', () => {
  for (const exponent of [65_537n, 2n ** 32n - 1n]) {
    test(`RSA-2048 with exponent ${exponent}`, () => assert.equal(weaknessOf(rsaWith(exponent)), undefined));
  }
  for (const [name, exponent] of [
    ['1, under which anybody signs', 1n],
    ['3', 3n],
    ['65,536, which is even', 65_536n],
    ['2^32 + 1', 2n ** 32n + 1n],
    ['of 2,000 bits', 2n ** 2_000n + 1n],
  ] as const) {
    test(`not with the RSA exponent ${name}`, () => assert.match(weaknessOf(rsaWith(exponent)) ?? '', /exponent/));
  }
  test('not with RSA-1024', () => {
    assert.match(weaknessOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey) ?? '', /is RSA-1024/);
  });
  for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
    test(`EC on ${namedCurve}`, () => assert.equal(weaknessOf(generateKeyPairSync('ec', { namedCurve }).publicKey), undefined));
  }
  test('not on a smaller or another curve, nor of another kind', () => {
    assert.match(weaknessOf(generateKeyPairSync('ec', { namedCurve: 'P-224' }).publicKey) ?? '', /EC-secp224r1/);
    assert.match(weaknessOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey) ?? '', /EC-secp256k1/);
    assert.match(weaknessOf(generateKeyPairSync('ed25519').publicKey) ?? '', /ed25519/);
  });
});

test('a certificate that is signed with SHA-1 proves too little, one with SHA-2 enough', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signedWith = (signatureAlgorithm: string) => weaknessOfCertificate({ publicKey, signatureAlgorithm } as never);
  assert.match(signedWith('sha1WithRSAEncryption') ?? '', /sha1WithRSAEncryption/);
  assert.match(signedWith('ecdsa-with-SHA1') ?? '', /SHA-2/);
  for (const good of ['sha256WithRSAEncryption', 'ecdsa-with-SHA384', 'sha512WithRSAEncryption']) assert.equal(signedWith(good), undefined);
  assert.match(weaknessOfCertificate({ publicKey: rsaWith(1n), signatureAlgorithm: 'sha256WithRSAEncryption' } as never) ?? '', /exponent/);
});

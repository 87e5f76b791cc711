import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, type KeyPairKeyObjectResult, verify } from 'node:crypto';
import { test } from 'node:test';
import type { JwsAlgorithm } from '../language/backend.ts';
import { jwsSigner } from './jws.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLOCK = { now: () => 1_767_225_600_500 };
const pemOf = ({ privateKey }: KeyPairKeyObjectResult): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = (algorithm: JwsAlgorithm, pem: string, over: ('method' | 'path' | 'timestamp')[] = []) =>
  jwsSigner({ kind: 'jws', header: 'X-JWS', algorithm, key: { kind: 'text', text: pem }, over }, pem, 'k1', CLOCK);

test('a detached JWS over the body can be verified with the public key alone, with each algorithm', () => {
  for (const [algorithm, pair, how] of [
    ['RS256', RSA, { padding: constants.RSA_PKCS1_PADDING }],
    ['PS256', RSA, { padding: constants.RSA_PKCS1_PSS_PADDING }],
    ['ES256', EC, { dsaEncoding: 'ieee-p1363' }],
  ] as const) {
    const body = '{"amount":1.10,"name":"Zoë"}';
    const jws = signer(algorithm, pemOf(pair), ['method', 'path', 'timestamp'])({ method: 'POST', path: '/credits?x=1', body });
    const [head = '', payload, signature = ''] = jws.split('.');
    assert.equal(payload, '', 'the body is not sent twice');
    const expected = { alg: algorithm, kid: 'k1', method: 'POST', path: '/credits?x=1', iat: 1_767_225_600 };
    assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), expected);
    const holds = (text: string): boolean =>
      verify(
        'sha256',
        Buffer.from(`${head}.${Buffer.from(text).toString('base64url')}`),
        { key: pair.publicKey, ...how },
        Buffer.from(signature, 'base64url'),
      );
    assert.equal(holds(body), true, algorithm);
    assert.equal(holds(body.replace('1.10', '9.10')), false, algorithm);
  }
});

test('a request without a body signs an empty one', () => {
  const jws = signer('ES256', pemOf(EC))({ method: 'GET', path: '/a', body: undefined });
  const [head = '', , signature = ''] = jws.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(head, 'base64url').toString()), { alg: 'ES256', kid: 'k1' });
  const key = { key: EC.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', Buffer.from(`${head}.`), key, Buffer.from(signature, 'base64url')));
});

test('a key that cannot sign so is told when the connector is opened, without its text', () => {
  const small = pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }));
  const otherCurve = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
  for (const [algorithm, pem, told] of [
    ['RS256', 'canary', /is no private key/],
    ['PS256', pemOf(EC), /not of the kind that PS256 signs with \(RSA\)/],
    ['ES256', pemOf(RSA), /not of the kind that ES256 signs with \(EC, P-256\)/],
    ['ES256', otherCurve, /EC, P-256/],
    ['RS256', small, /fewer than 2048 bits/],
  ] as const)
    assert.throws(
      () => signer(algorithm, pem),
      (error: Error) => error.name === 'SettingMissing' && told.test(error.message) && !error.message.includes('canary'),
    );
});

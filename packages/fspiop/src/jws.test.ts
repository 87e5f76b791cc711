import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { body } from '../test/arbitrary-messages.ts';
import { holdsKeyOf, privateKey, publicKey, signWith, verifyWith } from '../test/keys.ts';
import { ID, quoteRequest } from '../test/sample-messages.ts';
import { buildMessage, type Outgoing } from './emit.ts';
import { FspiopError } from './errors.ts';
import { algorithmFor, attachSignature, checkSignature, isSameResource, type JwsAlgorithm, signingInput, verifySignature } from './jws.ts';
import type { RawRequest } from './receive.ts';

interface Vector {
  id: string;
  title: string;
  expectValid: boolean;
  key: string;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  decodedProtectedHeader?: string;
  signingInputSha256Hex?: string;
}
const vectors: Vector[] = JSON.parse(readFileSync(new URL('../fixtures/jws.json', import.meta.url), 'utf8')).vectors;
const vector = (id: string): Vector => vectors.find((candidate) => candidate.id === id) as Vector;

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function received({ request }: Vector): RawRequest {
  return { method: request.method, target: request.url, headers: lowerCase(request.headers), body: Buffer.from(request.body) };
}

/** As the wire delivers a message. */
function delivered(message: Outgoing): RawRequest {
  return { method: message.method, target: message.path, headers: lowerCase(message.headers), body: Buffer.from(message.body ?? '') };
}

function signed(message: Outgoing, key: KeyObject, algorithm: JwsAlgorithm = algorithmFor(key)): Outgoing {
  const { protectedHeader, input } = signingInput(message, algorithm);
  attachSignature(message, protectedHeader, signWith(algorithm, key, input));
  return message;
}

/** The signing input of a message with further members in its protected header. */
function coveringInput(message: Outgoing, members: Readonly<Record<string, string>>): { protectedHeader: string; input: Buffer } {
  const { protectedHeader: plain } = signingInput(message, 'RS256');
  const header = { ...JSON.parse(Buffer.from(plain, 'base64url').toString('utf8')), ...members };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  return { protectedHeader, input: Buffer.from(`${protectedHeader}.${Buffer.from(message.body ?? '').toString('base64url')}`) };
}

const quoteMessage = (value: unknown = quoteRequest()) =>
  buildMessage({
    operation: 'POST /quotes',
    path: '/quotes',
    source: 'payerfsp',
    destination: 'payeefsp',
    version: '1.1',
    body: value,
    date: Date.UTC(2026, 6, 1, 9, 30),
  });

const refused = (error: unknown) => error instanceof FspiopError && error.errorCode === '3105' && error.httpStatus === 400;

/** 'ok' with the form, 'refused' by the key, or the refusal before the key. */
async function verdict(request: RawRequest, options: { reserialised?: boolean } = {}): Promise<string> {
  const source = request.headers['fspiop-source'] ?? '';
  try {
    const check = checkSignature(request);
    if (!holdsKeyOf(source)) return 'no key';
    const { ok, form } = await verifySignature(check, publicKey(source), verifyWith, options);
    return ok ? `ok ${form}` : 'refused';
  } catch (error) {
    assert.ok(refused(error), String(error));
    return '3105';
  }
}

for (const each of vectors) {
  test(`signature vector ${each.id}: ${each.title}`, async () => {
    assert.equal(await verdict(received(each), { reserialised: false }), each.expectValid ? 'ok raw' : await expectedRefusal(each));
  });
}

/** Which refusals need a key, and which come before. */
async function expectedRefusal({ id }: Vector): Promise<string> {
  if (id === 'N19') return 'no key';
  return ['N01', 'N02', 'N18', 'N28', 'N29', 'N30', 'P15'].includes(id) ? 'refused' : '3105';
}

test('signature: a body that was re-ordered on the way verifies in sorted form, unless that is switched off (P15)', async () => {
  assert.equal(await verdict(received(vector('P15'))), 'ok sorted');
  assert.equal(await verdict(received(vector('P15')), { reserialised: false }), 'refused');
});

test('signature: our signing input and signature are those of the worked example, byte for byte', () => {
  const p01 = vector('P01');
  const message = quoteMessage(JSON.parse(p01.request.body));
  const { protectedHeader, input } = signingInput(message, 'RS256');
  assert.equal(message.body, p01.request.body);
  assert.equal(Buffer.from(protectedHeader, 'base64url').toString(), p01.decodedProtectedHeader);
  assert.equal(createHash('sha256').update(input).digest('hex'), p01.signingInputSha256Hex);
  signed(message, privateKey('payerfsp'));
  assert.deepEqual(message.headers, p01.request.headers);
});

test('signature: whatever we sign verifies over the raw bytes, with RSA and with EC keys', async () => {
  await fc.assert(
    fc.asyncProperty(body('POST /quotes', '2.0'), fc.constantFrom('payerfsp', 'ecfsp'), async (value, fsp) => {
      const message = buildMessage({
        operation: 'POST /quotes',
        path: '/quotes',
        source: fsp,
        destination: 'x',
        version: '2.0',
        body: value,
        date: 0,
      });
      assert.equal(await verdict(delivered(signed(message, privateKey(fsp)))), 'ok raw');
    }),
    { numRuns: 40 },
  );
});

test('signature: any change of a protected header, of the request line or of the content is refused', async () => {
  const good = delivered(signed(quoteMessage(), privateKey('payerfsp')));
  assert.equal(await verdict(good), 'ok raw');
  for (const name of ['date', 'fspiop-source', 'fspiop-destination', 'fspiop-uri', 'fspiop-http-method']) {
    assert.equal(await verdict({ ...good, headers: { ...good.headers, [name]: 'payeefsp2' } }), '3105', name);
  }
  assert.equal(await verdict({ ...good, target: '/transfers' }), '3105');
  assert.equal(await verdict({ ...good, target: '/quotes?x=1' }), '3105');
  assert.equal(await verdict({ ...good, method: 'PUT' }), '3105');
  assert.equal(await verdict({ ...good, body: Buffer.from(Buffer.from(good.body).toString().replace('1500', '1501')) }), 'refused');
});

test('signature: a member of the protected header that is not a header refuses the message', async () => {
  for (const extra of [{ crit: ['b64'], b64: false }, { kid: 'x' }, { typ: 'JWT' }, { jwk: {} }]) {
    const message = quoteMessage();
    const { protectedHeader } = signingInput(message, 'RS256');
    const members = { ...JSON.parse(Buffer.from(protectedHeader, 'base64url').toString()), ...extra };
    const text = Buffer.from(JSON.stringify(members)).toString('base64url');
    attachSignature(
      message,
      text,
      signWith('RS256', privateKey('payerfsp'), Buffer.from(`${text}.${Buffer.from(message.body ?? '').toString('base64url')}`)),
    );
    assert.equal(await verdict(delivered(message)), '3105', JSON.stringify(extra));
  }
});

/** Signs one text and delivers another. */
function signedThenChanged(signedBody: string, deliveredBody: string): RawRequest {
  const message = { ...quoteMessage(), body: signedBody };
  return { ...delivered(signed(message, privateKey('payerfsp'))), body: Buffer.from(deliveredBody) };
}

test('signature: the three forms that implementations sign verify, with as few uses of the key as possible', async () => {
  const forms: [string, string, string, number][] = [
    ['{"b":"1","a":"2"}', '{"b":"1","a":"2"}', 'raw', 1],
    ['{"b":"1","a":"2"}', '{ "b": "1",\n "a": "2" }', 'received-order', 2],
    ['{"a":"2","b":"1"}', '{ "b": "1", "a": "2" }', 'sorted', 3],
    ['{"a":"2","b":"1"}', '{"b":"1","a":"2"}', 'sorted', 2],
    ['{"a":null,"b":"1"}', '{"b":"1","a":1e400}', 'sorted', 3],
  ];
  for (const [signedBody, deliveredBody, form, verifications] of forms) {
    const check = checkSignature(signedThenChanged(signedBody, deliveredBody));
    assert.deepEqual(await verifySignature(check, publicKey('payerfsp'), verifyWith), { ok: true, form, verifications });
  }
});

test('signature: with duplicate members, or without JSON, only the bytes themselves count', async () => {
  for (const [signedBody, deliveredBody] of [
    ['{"a":"2","b":"1"}', '{"b":"0","b":"1","a":"2"}'],
    ['{"a":"2"}', '{"a":"2"'],
    ['{"a":"2"}', ''],
    ['{"a":"2"}', `${'['.repeat(70)}${']'.repeat(70)}`],
  ] as const) {
    const check = checkSignature(signedThenChanged(signedBody, deliveredBody));
    assert.deepEqual(await verifySignature(check, publicKey('payerfsp'), verifyWith), { ok: false, verifications: 1 });
  }
  const twice = '{"b":"0","b":"1"}';
  assert.equal(await verdict(signedThenChanged(twice, twice)), 'ok raw');
});

test('signature: during an overlap either key verifies, and three uses of keys are the most', async () => {
  const check = checkSignature(signedThenChanged('{"a":"2"}', '{"a":"2"}'));
  const [own, other] = [publicKey('payerfsp'), publicKey('payeefsp')];
  assert.deepEqual(await verifySignature(check, [other, own], verifyWith), { ok: true, form: 'raw', verifications: 2 });
  const hopeless = checkSignature(signedThenChanged('{"x":"y"}', '{ "b": "1", "a": "2" }'));
  assert.deepEqual(await verifySignature(hopeless, [own, other], verifyWith), { ok: false, verifications: 3 });
  assert.deepEqual(await verifySignature(check, [], verifyWith), { ok: false, verifications: 0 });
});

test('signature: never more than three uses of the key, and no form twice', async () => {
  for (const [deliveredBody, verifications] of [
    ['{ "b": "1", "a": "2" }', 3],
    ['{"b":"1","a":"2"}', 2],
    ['{ "a": "2", "b": "1" }', 2],
    ['{"a":"2","b":"1"}', 1],
  ] as const) {
    const check = checkSignature(signedThenChanged('{"x":"y"}', deliveredBody));
    assert.deepEqual(await verifySignature(check, publicKey('payerfsp'), verifyWith), { ok: false, verifications });
  }
});

test('signature: the refusal says which header is missing', () => {
  for (const [id, name] of [
    ['N23', 'fspiop-signature'],
    ['N24', 'fspiop-uri'],
    ['N25', 'fspiop-http-method'],
  ] as const) {
    assert.throws(() => checkSignature(received(vector(id))), { message: `3105 ${name} is missing` });
  }
});

test('signature: only allowed algorithms, and each only with its kind of key', async () => {
  const message = signed(quoteMessage(), privateKey('payerfsp'), 'RS512');
  assert.throws(() => checkSignature(delivered(message), { algorithms: ['RS256'] }), refused);
  const check = checkSignature(delivered(message));
  assert.deepEqual(await verifySignature(check, publicKey('ecfsp'), verifyWith), { ok: false, verifications: 0 });
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const weak = checkSignature(delivered(signed(quoteMessage(), small.privateKey, 'RS256')));
  assert.deepEqual(await verifySignature(weak, small.publicKey, verifyWith), { ok: false, verifications: 0 });
});

test('signature: an FSPIOP-Encryption that it does not cover is ignored; one that it covers must match', () => {
  const encryption = '{"encryptedFields":{"encryptedField":[]}}';
  const message = signed(quoteMessage(), privateKey('payerfsp'));
  message.headers['FSPIOP-Encryption'] = encryption;
  assert.equal(checkSignature(delivered(message)).algorithm, 'RS256');
  const covering = (header?: string) => {
    const { protectedHeader, input } = coveringInput(quoteMessage(), { 'FSPIOP-Encryption': encryption });
    const covered = quoteMessage();
    attachSignature(covered, protectedHeader, signWith('RS256', privateKey('payerfsp'), input));
    if (header !== undefined) covered.headers['FSPIOP-Encryption'] = header;
    return delivered(covered);
  };
  assert.equal(checkSignature(covering(encryption)).algorithm, 'RS256');
  for (const header of [undefined, '', `${encryption} `])
    assert.throws(() => checkSignature(covering(header)), {
      message: '3105 signed header fspiop-encryption differs from the one received',
    });
});

test('signature: keys that are weak or of another kind do not sign', () => {
  assert.equal(algorithmFor(privateKey('payerfsp')), 'RS256');
  assert.equal(algorithmFor(privateKey('ecfsp')), 'ES256');
  assert.throws(() => algorithmFor(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), refused);
  assert.throws(() => algorithmFor(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey), refused);
  assert.throws(() => algorithmFor(generateKeyPairSync('ed25519').privateKey), refused);
});

test('signature: a message without body is signed over the empty payload', async () => {
  const message = buildMessage({ operation: 'GET /transfers', path: `/transfers/${ID}`, source: 'payerfsp', version: '1.1', date: 0 });
  assert.equal(await verdict(delivered(signed(message, privateKey('payerfsp')))), 'ok raw');
});

test('signature: whatever stands in the signature header, it is refused with 3105', () => {
  const good = delivered(signed(quoteMessage(), privateKey('payerfsp')));
  const part = fc.oneof(
    fc.jsonValue(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc.string(),
  );
  const header = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ signature: part, protectedHeader: part }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(header, (text) => {
      assert.throws(() => checkSignature({ ...good, headers: { ...good.headers, 'fspiop-signature': text } }), refused);
    }),
    { numRuns: 500 },
  );
});

test('signature: FSPIOP-URI is the request target, or what the reference SDK makes of just this target', () => {
  const same: [string, string][] = [
    ['/quotes', '/quotes'],
    ['/quotes', '/parties/ALIAS/quotes'],
    ['/quotes/SUB?x=1', '/parties/ALIAS/quotes/SUB?x=1'],
    ['/authorizations/1', '/thirdpartyRequests/authorizations/1'],
    ['//hub:4000/services/FXP/KES/USD', '/services/FXP/KES/USD'],
    ['//hub.example/transactions/1', '/transactions/1'],
  ];
  for (const [uri, target] of same) assert.equal(isSameResource(uri, target), true, `${uri} ${target}`);
  const other: [string, string][] = [
    ['/quotes', '/transfers'],
    ['', '/quotes'],
    ['/quotes', `/quotes/${ID}`],
    [`/${ID}`, `/quotes/${ID}`],
    ['/error', `/quotes/${ID}/error`],
    ['//hub:4000/quotes', '/quotes'],
    ['/x/services/FXP', '/services/FXP'],
    ['//hub/x/services/FXP', '/services/FXP'],
    ['/parties/ALIAS/quotes', '/quotes'],
    ['', '/parties/ALIAS/x'],
  ];
  for (const [uri, target] of other) assert.equal(isSameResource(uri, target), false, `${uri} ${target}`);
});

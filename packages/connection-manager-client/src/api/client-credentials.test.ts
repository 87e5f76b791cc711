import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpOutcome, Secret, virtualTime } from '@payment-manager/runtime';
import { answered, failedCall, scriptedHttp } from '../../test/scripted-http.ts';
import { clientCredentials } from './client-credentials.ts';
import type { ConnectionFault } from './connection-fault.ts';

const password = 's3cret-canary';

function source(answer: (nth: number) => HttpOutcome | Promise<HttpOutcome>) {
  const time = virtualTime();
  const http = scriptedHttp((_request, nth) => answer(nth));
  const tokens = clientCredentials({
    tokenUrl: 'https://iam.example/token',
    clientId: 'bank-a',
    secret: async () => new Secret(password),
    http,
    clock: time,
  });
  return { time, http, tokens, take: async () => (await tokens.token()).reveal() };
}

const token = (nth: number, seconds = 300): HttpOutcome =>
  answered(200, { access_token: `t${nth}`, expires_in: seconds, token_type: 'Bearer' });

test('token: all who wait share one log-in, and later ones its token', async () => {
  const { http, take } = source(token);
  assert.deepEqual(await Promise.all([take(), take(), take()]), ['t1', 't1', 't1']);
  assert.equal(await take(), 't1');
  assert.equal(http.sent.length, 1);
  assert.equal(http.sent[0]?.body, `grant_type=client_credentials&client_id=bank-a&client_secret=${password}`);
});

test('token: client id and secret in the header are encoded, and nowhere else', async () => {
  const time = virtualTime();
  const http = scriptedHttp(() => token(1));
  const secret = async () => new Secret('a+b/c=: ü');
  const options = { tokenUrl: 'https://iam.example/token', clientId: 'bank:a', secret, http, clock: time, secretIn: 'header' } as const;
  await clientCredentials({ ...options, scope: 'fspiop' }).token();
  const [sent] = http.sent;
  const [, pair = ''] = /^Basic (.+)$/.exec(sent?.headers['authorization'] ?? '') ?? [];
  assert.equal(Buffer.from(pair, 'base64').toString(), 'bank%3Aa:a%2Bb%2Fc%3D%3A+%C3%BC');
  assert.equal(sent?.body, 'grant_type=client_credentials&scope=fspiop');
});

test('token: another is asked for early while the present one goes on, also when the token server fails then', async () => {
  const { time, http, take } = source((nth) => (nth === 2 ? failedCall('DNS_FAILED') : token(nth)));
  assert.equal(await take(), 't1');
  await time.advance(245_000);
  assert.equal(await take(), 't1');
  await time.advance(100);
  assert.equal(await take(), 't1');
  assert.equal(http.sent.length, 2, 'a failed log-in is not repeated at once');
  await time.advance(5_000);
  assert.equal(await take(), 't1');
  await time.advance(0);
  assert.equal(await take(), 't3');
});

test('token: a token that has ended is not handed out', async () => {
  const { time, take } = source((nth) => token(nth, 20));
  assert.equal(await take(), 't1');
  await time.advance(19_500);
  assert.equal(await take(), 't2');
});

test('token: a refused one is replaced once a minute at most', async () => {
  const { time, http, tokens, take } = source(token);
  await take();
  for (let n = 0; n < 10; n++) {
    tokens.invalidate();
    assert.equal(await take(), 't1');
  }
  await time.advance(60_000);
  tokens.invalidate();
  assert.equal(await take(), 't2');
  tokens.invalidate();
  assert.equal(await take(), 't2');
  assert.equal(http.sent.length, 2);
});

test('token: a failing token server is asked ever more rarely, however many ask us', async () => {
  const { time, http, take } = source(() => failedCall('DNS_FAILED'));
  for (let n = 0; n < 6_000; n++) {
    await assert.rejects(take(), { code: 'UNREACHABLE' });
    await time.advance(100);
  }
  assert.ok(http.sent.length < 25, String(http.sent.length));
});

const faults: readonly [string, HttpOutcome, ConnectionFault['code'], RegExp][] = [
  [
    'a wrong secret',
    answered(401, { error: 'invalid_client', error_description: `bad secret ${password}` }),
    'TOKEN',
    /bad secret \[secret\]/,
  ],
  ['a wrong address', answered(404, '<html>'), 'TOKEN', /404/],
  ['its trouble', answered(502, ''), 'SERVER_ERROR', /502/],
  ['no JSON', answered(200, '<html>'), 'GARBAGE', /no bearer token/],
  ['no token', answered(200, { access_token: 7 }), 'GARBAGE', /no bearer token/],
  ['a token that would break the header', answered(200, { access_token: 'a\r\nb' }), 'GARBAGE', /no bearer token/],
  ['another kind of token', answered(200, { access_token: 'a', token_type: 'DPoP' }), 'GARBAGE', /no bearer token/],
  ['TLS', failedCall('TLS_UNTRUSTED_SERVER'), 'TLS', /UNTRUSTED/],
];
for (const [name, outcome, code, words] of faults) {
  test(`token: ${name} is ${code}, and the client secret is in no message`, async () => {
    const error = await source(() => outcome)
      .take()
      .then(
        () => assert.fail('it was not a fault'),
        (reason: ConnectionFault) => reason,
      );
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(!`${error.message}${error.nextStep}${error.stack}`.includes(password));
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenSource } from '@payment-manager/runtime';
import { type HttpOutcome, Secret } from '@payment-manager/runtime';
import { answered, failedCall, scriptedHttp } from '../../test/scripted-http.ts';
import { ConnectionFault } from './connection-fault.ts';
import { connectionManagerApi } from './http-api.ts';

const apiOver = (outcome: HttpOutcome) => connectionManagerApi({ url: 'https://mcm.example/pm4mlapi/', http: scriptedHttp(() => outcome) });

/** A source that gives another token after each `invalidate`, unless it is `stubborn`. */
function tokens(stubborn = false): TokenSource & { logIns: number } {
  let current: Secret<string> | undefined;
  const source = {
    logIns: 0,
    async token() {
      if (!current) source.logIns += 1;
      current ??= new Secret(`token-${source.logIns}`);
      return current;
    },
    invalidate() {
      if (!stubborn) current = undefined;
    },
  };
  return source;
}

async function faultOf(call: Promise<unknown>): Promise<ConnectionFault> {
  const error = await call.then(
    () => assert.fail('it was not a fault'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConnectionFault, String(error));
  assert.notEqual(error.nextStep, '');
  return error;
}

const validator = { message: 'a, b', errors: [{ path: '.body.clientCSR', message: "should have required property 'clientCSR'" }] };
const own = {
  message: 'Validation failed',
  payload: {
    id: 'ValidationError',
    message: 'Could not parse the CSR content',
    validationErrors: { payload: { message: 'not RSA' } },
  },
};

const faults: readonly [string, HttpOutcome, ConnectionFault['code'], RegExp][] = [
  ['a name that does not resolve', failedCall('DNS_FAILED'), 'UNREACHABLE', /DNS_FAILED/],
  ['silence', failedCall('ANSWER_TIMEOUT'), 'UNREACHABLE', /ANSWER_TIMEOUT/],
  ['a certificate that is not trusted', failedCall('TLS_UNTRUSTED_SERVER'), 'TLS', /UNTRUSTED/],
  ['an endless answer', failedCall('ANSWER_TOO_LARGE'), 'GARBAGE', /TOO_LARGE/],
  ['a bad request, by the validator', answered(400, validator), 'INVALID', /\.body\.clientCSR: should have required property/],
  ['a bad request, by the server itself', answered(400, own), 'INVALID', /Could not parse the CSR content \| not RSA/],
  ['unprocessable', answered(422, { payload: { id: 'InvalidEntityError', message: 'no certificate' }, message: '' }), 'INVALID', /no cert/],
  ['an exception', answered(500, { payload: 'TypeError', message: 'x is undefined' }), 'SERVER_ERROR', /x is undefined/],
  ['an exception without words', answered(500, ''), 'SERVER_ERROR', /nothing more/],
  ['a proxy without a server', answered(503, '<html>'), 'SERVER_ERROR', /503/],
  ['an unknown address', answered(404, { message: 'not found', errors: [{ path: '/x', message: 'not found' }] }), 'NOT_FOUND', /\/x/],
  ['another method', answered(405, { message: 'GET method not allowed' }), 'NOT_FOUND', /not allowed/],
  ['a redirect', answered(302, ''), 'GARBAGE', /302/],
  ['a log-in page', answered(200, '<html>'), 'GARBAGE', /not JSON/],
  ['a list that is none', answered(200, { rows: [] }), 'GARBAGE', /not a list/],
  ['no body', answered(200, ''), 'GARBAGE', /not a list/],
];

for (const [name, outcome, code, words] of faults) {
  test(`Connection Manager: ${name} is ${code}, with what it said and what to do`, async () => {
    const fault = await faultOf(apiOver(outcome).jwsKeys());
    assert.equal(fault.code, code);
    assert.match(fault.message, words);
  });
}

test('Connection Manager: 401 gets one new token, and with a fresh one it is a refusal in its own words', async () => {
  const source = tokens();
  const http = scriptedHttp(({ headers }) =>
    headers['authorization'] === 'Bearer token-2' ? answered(200, []) : answered(401, { message: 'Authentication required' }),
  );
  assert.deepEqual(await connectionManagerApi({ url: 'https://x', http, token: source }).jwsKeys(), []);
  assert.equal(source.logIns, 2);

  const words: readonly [string, RegExp][] = [
    ['user does not have the required role Application/DFSP:b', /give this client's account the role/],
    ['DFSP with id a not found', /register this DFSP/],
    ['connect ECONNREFUSED db:3306', /own database/],
  ];
  for (const [message, nextStep] of words) {
    for (const stubborn of [true, false]) {
      const refusing = scriptedHttp(() => answered(401, { message, errors: [{ path: '/', message }] }));
      const fault = await faultOf(connectionManagerApi({ url: 'https://x', http: refusing, token: tokens(stubborn) }).jwsKeys());
      assert.equal(fault.code, 'REFUSED');
      assert.ok(fault.message.includes(message), fault.message);
      assert.match(fault.nextStep, nextStep);
      assert.equal(refusing.sent.length, stubborn ? 1 : 2);
    }
  }
});

test('Connection Manager: what is not set yet is absent, and no fault', async () => {
  const unset = answered(404, { payload: { id: 'NotFoundError', message: '' }, message: '' });
  assert.equal(await apiOver(unset).egress('bank-a'), undefined);
  assert.equal(await apiOver(unset).serverCertificate('bank-a'), undefined);
  const fault = await faultOf(apiOver(unset).dfspCa('bank-a'));
  assert.match(fault.nextStep, /registered/);
});

test('Connection Manager: members of the wrong kind are absent, entries without a number are none, words are one short line', async () => {
  const validation = { validationCode: ['A', 'B'], message: `bad\n\u001b[31m${'x'.repeat(900)}` };
  const rows = [{ id: '7' }, null, { id: 8, csr: 5, state: null, validations: [validation, { message: 'no code' }] }];
  const [only, ...rest] = await apiOver(answered(200, rows)).inboundEnrollments('bank-a');
  assert.deepEqual(rest, []);
  assert.equal(only?.id, 8);
  assert.equal(only?.csr, undefined);
  assert.deepEqual(
    only?.validations.map(({ code, result }) => [code, result]),
    [['A, B', 'VALID']],
  );
  assert.match(only?.validations[0]?.message ?? '', /^bad \[31mx{400,}…$/);
  assert.deepEqual(await apiOver(answered(200, { rootCertificate: 1, intermediateChain: ['a', 2, 'b'] })).hubCa(), {
    rootCertificate: undefined,
    intermediateChain: 'a\nb',
    validationState: undefined,
    validations: [],
  });
  assert.deepEqual((await apiOver(answered(200, [null, { publicKey: 'k', createdAt: 'yesterday' }])).jwsKeys()).length, 2);
});

test('Connection Manager: ids are part of the path as they are, and the base path stays', async () => {
  const http = scriptedHttp(() => answered(200, ''));
  await connectionManagerApi({ url: 'https://mcm.example/pm4mlapi//', http }).publishIngress('bank/a b', 'https://bank.example');
  assert.equal(http.sent[0]?.url, 'https://mcm.example/pm4mlapi/dfsps/bank%2Fa%20b/endpoints/ingress');
  assert.equal(http.sent[0]?.body, '{"url":"https://bank.example"}');
});

test('Connection Manager: what to do about a refused token is true of one that was just fetched, of a young one, and of none', async () => {
  const refusing = () => scriptedHttp(() => answered(401, { message: 'Authentication required', errors: [] }));
  for (const token of [tokens(), tokens(true), undefined]) {
    const http = refusing();
    const fault = await faultOf(connectionManagerApi({ url: 'https://x', http, ...(token && { token }) }).jwsKeys());
    assert.doesNotMatch(fault.nextStep, /fetched anew/);
    assert.match(fault.nextStep, /within the last minute is refused, or none was sent/);
    assert.ok(http.sent.length <= 2 && (token?.logIns ?? 0) <= 2, 'and there is no loop');
  }
});

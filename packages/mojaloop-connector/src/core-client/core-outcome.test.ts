import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standardDescription } from '@payment-manager/fspiop';
import fc from 'fast-check';
import type { CoreAnswer } from './core-outcome.ts';
import { moneyOutcome, readOutcome } from './core-outcome.ts';

const answer = (status: number, body?: Record<string, unknown>): CoreAnswer => ({
  kind: 'answer',
  status,
  empty: body === undefined,
  ...(body && { body }),
});
const money = (status: number, body?: Record<string, unknown>) => moneyOutcome('transfer', answer(status, body), (b) => b);
const read = (status: number, body?: Record<string, unknown>) => readOutcome('quote', answer(status, body), (b) => b);

test('core: an FSPIOP code of 3xxx to 5xxx rejects, under whatever HTTP status', () => {
  for (const status of [200, 400, 408, 409, 500, 503])
    for (const statusCode of ['5104', 5104, '3200'])
      assert.equal(money(status, { statusCode, message: 'no' }).kind, 'rejected', `${status} ${statusCode}`);
  assert.deepEqual(money(500, { statusCode: 5104, message: 'x'.repeat(500) }), {
    kind: 'rejected',
    refusal: { code: '5104', description: 'x'.repeat(128) },
  });
  assert.deepEqual(money(500, { statusCode: '5104' }), {
    kind: 'rejected',
    refusal: { code: '5104', description: standardDescription('5104') },
  });
});

test('core: silent is one that did not answer, or for which a gateway did; what it answers itself is an answer', () => {
  const silent = (outcome: object): boolean => 'silent' in outcome;
  for (const status of [502, 503, 504]) assert.ok(silent(money(status)) && silent(read(status)), String(status));
  for (const status of [200, 302, 409, 500]) assert.ok(!silent(money(status)) && !silent(read(status)), String(status));
  for (const sent of [true, false]) {
    const failed: CoreAnswer = { kind: 'failed', code: 'ANSWER_TIMEOUT', message: 'no answer', sent };
    assert.ok(silent(moneyOutcome('transfer', failed, (b) => b)) && silent(readOutcome('quote', failed, (b) => b)));
  }
  for (const late of [{ kind: 'too-late' }] as const)
    assert.ok(!silent(moneyOutcome('transfer', late, (b) => b)) && !silent(readOutcome('quote', late, (b) => b)));
});

test('core: of the 4xx only those that decide reject', () => {
  for (const status of [400, 401, 403, 404, 422]) assert.equal(money(status, { statusCode: status }).kind, 'rejected', String(status));
  for (const status of [408, 409, 425, 429]) assert.equal(money(status).kind, 'unknown', String(status));
});

test('core: what is neither a yes nor a no is unknown', () => {
  for (const status of [100, 301, 302, 500, 502, 503, 504]) assert.equal(money(status).kind, 'unknown', String(status));
  for (const statusCode of ['1001', '2001', '2004', 2001]) assert.equal(money(500, { statusCode }).kind, 'unknown');
  assert.equal(money(200, { statusCode: '2001' }).kind, 'unknown', 'a success that bears an error code');
  assert.equal(money(200).kind, 'unknown', 'an empty success');
});

test('core: only a call of which no byte left is not sent', () => {
  const failed = (sent: boolean): CoreAnswer => ({ kind: 'failed', sent, code: 'CONNECTION_LOST', message: 'lost' });
  assert.equal(moneyOutcome('transfer', failed(true), (b) => b).kind, 'unknown');
  assert.equal(moneyOutcome('transfer', failed(false), (b) => b).kind, 'not-sent');
});

test('core: an HTTP status is never told as an error code', () => {
  for (const status of [404, 422, 500])
    for (const body of [undefined, { message: 'plain' }, { statusCode: status, message: 'm' }, { statusCode: String(status) }]) {
      const outcome = read(status, body);
      assert.match(outcome.kind === 'ok' ? '' : outcome.refusal.code, /^[1-9]\d{3}$/, `${status} ${JSON.stringify(body)}`);
    }
  assert.equal(outcomeCode(read(404)), '5103');
  assert.equal(outcomeCode(read(401)), '2001');
  assert.equal(outcomeCode(read(503)), '2003');
  assert.equal(outcomeCode(read(500, { statusCode: '2004', message: 'm' })), '2004');
});

const outcomeCode = (outcome: ReturnType<typeof read>) => (outcome.kind === 'ok' ? undefined : outcome.refusal.code);

test('core: a statusCode that is an object with members like those of every object is an error without a code', () => {
  for (const statusCode of [{ toString: 1 }, { valueOf: null, toString: {} }, [[]], { a: 1 }])
    assert.equal(outcomeCode(read(200, { statusCode })), '2001');
});

test('core: any answer gives a refusal that the protocol can carry', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }),
      fc.option(fc.dictionary(fc.constantFrom('statusCode', 'message', 'x'), fc.jsonValue()), { nil: undefined }),
      (status, body) => {
        for (const outcome of [money(status, body as Record<string, unknown>), read(status, body as Record<string, unknown>)]) {
          if (!('refusal' in outcome)) continue;
          assert.match(outcome.refusal.code, /^[1-9]\d{3}$/);
          const { length } = [...outcome.refusal.description];
          assert.ok(length >= 1 && length <= 128);
        }
      },
    ),
  );
});

test('core: a success whose body carries an error is rejected with a code of 3xxx to 5xxx, and else unknown', () => {
  const errors: readonly [Record<string, unknown>, 'rejected' | 'unknown'][] = [
    [{ errorInformation: { errorCode: '5105', errorDescription: 'no' } }, 'rejected'],
    [{ errorInformation: { errorCode: '2001', errorDescription: 'down' } }, 'unknown'],
    [{ errorInformation: { errorDescription: 'no code' } }, 'unknown'],
    [{ errorInformation: 'text' }, 'unknown'],
    [{ error: 'insufficient funds' }, 'unknown'],
    [{ error: true }, 'unknown'],
    [{ error: { errorCode: '5104' } }, 'rejected'],
    [{ error: { errorInformation: { errorCode: '4001', errorDescription: 'no' } } }, 'rejected'],
    [{ error: { statusCode: 3200 } }, 'rejected'],
    [{ error: { code: 'E17' } }, 'unknown'],
    [{ statusCode: 500 }, 'unknown'],
    [{ statusCode: '404' }, 'unknown'],
    [{ statusCode: 'FAILED' }, 'unknown'],
    [{ statusCode: 0 }, 'unknown'],
    [{ statusCode: '5105' }, 'rejected'],
    // two that do not agree on whether it was refused
    [{ statusCode: '2001', errorInformation: { errorCode: '5105', errorDescription: 'no' } }, 'unknown'],
  ];
  for (const [body, kind] of errors) {
    assert.equal(money(200, { homeTransactionId: '1', ...body }).kind, kind, JSON.stringify(body));
    assert.equal(read(200, { transferAmount: '1', ...body }).kind, kind === 'rejected' ? 'rejected' : 'failed', JSON.stringify(body));
  }
});

test('core: null, false, an empty text, list or object, and a 2xx as number or text are no error', () => {
  for (const nothing of [null, false, '', {}, []])
    assert.equal(money(200, { homeTransactionId: '1', errorInformation: nothing, error: nothing, statusCode: nothing }).kind, 'ok');
  for (const statusCode of [200, 201, 299, '200', '202']) assert.equal(money(200, { homeTransactionId: '1', statusCode }).kind, 'ok');
});

test('core: errorInformation under HTTP 500 rejects with a code of 3xxx to 5xxx, and else is unknown', () => {
  assert.deepEqual(money(500, { errorInformation: { errorCode: '5105', errorDescription: 'blocked' } }), {
    kind: 'rejected',
    refusal: { code: '5105', description: 'blocked' },
  });
  for (const errorInformation of [{ errorCode: '2001' }, { errorCode: 'E1' }, {}, 'text'])
    assert.equal(money(500, { errorInformation }).kind, 'unknown');
});

test('core: a 4xx that has no FSPIOP code says so: it may come from a gateway', () => {
  assert.equal((money(401) as { uncoded?: true }).uncoded, true);
  assert.equal((money(400, { statusCode: '5105' }) as { uncoded?: true }).uncoded, undefined);
});

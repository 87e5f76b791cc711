import assert from 'node:assert/strict';
import { test } from 'node:test';
import { twoPhaseConnector } from '../../test/two-phase-connector.ts';
import { parseExactJson } from '../codec/json.ts';
import { compileExpression } from '../expression/compile.ts';
import { Decimal } from '../expression/decimal.ts';
import { ANY, objectOf } from '../expression/shape.ts';
import type { ValueObject } from '../expression/value.ts';
import { compileConnector } from '../language/compile-connector.ts';
import type { MoneyStep } from '../language/operation.ts';
import type { CallAnswer } from './answer.ts';
import { judgeAsk, judgeMoney } from './judge.ts';

const { connector } = compileConnector(twoPhaseConnector());
const HOLD = connector.operations
  .flatMap(({ steps }) => steps)
  .flatMap((step): MoneyStep[] => (step.kind === 'money' ? [step.money] : []))
  .find(({ name }) => name === 'payee-hold') as MoneyStep;
const values = (content: object): ValueObject => parseExactJson(JSON.stringify(content)) as ValueObject;
const ROOT = values({ account: { body: { id: 'A1' } }, key: 'T1-payee-hold' });
const answer = (status: number, body?: object): CallAnswer => ({
  kind: 'answer',
  status,
  headers: {},
  body: body && values(body),
  readable: true,
});
const unreadable = (status: number): CallAnswer => ({ kind: 'answer', status, headers: {}, body: undefined, readable: false });
const kindOf = (given: CallAnswer, step = HOLD): string => judgeMoney(step, ROOT, given, connector.errors).kind;

test('a call that moves money: what its predicates know, and all else is unknown', () => {
  assert.equal(kindOf(answer(201, { id: 'H1', account: 'A1' })), 'ok');
  assert.equal(kindOf(answer(202)), 'pending');
  assert.equal(kindOf({ kind: 'failed', sent: false, reason: 'DNS' }), 'not-sent');
  assert.equal(kindOf({ kind: 'failed', sent: true, reason: 'reset' }), 'unknown');
  for (const status of [200, 204, 301, 400, 401, 404, 409, 425, 429, 500, 502, 504])
    assert.equal(kindOf(answer(status)), 'unknown', String(status));
  // under the key of another account's hold
  assert.equal(kindOf(answer(201, { id: 'H1', account: 'A2' })), 'unknown');
});

test('a refusal has the code of the error table, else that of a refusal', () => {
  const judged = (body: object) => judgeMoney(HOLD, ROOT, answer(422, body), connector.errors);
  assert.deepEqual(judged({ code: 'CLOSED', text: 'gone' }), { kind: 'refused', code: '5107', message: 'gone' });
  assert.deepEqual(judged({}), { kind: 'refused', code: '5105' });
});

test('a body that cannot be read makes any status unknown', () => {
  for (const status of [201, 202, 422]) assert.equal(kindOf(unreadable(status)), 'unknown', String(status));
});

test('predicates that overlap or fail mean unknown, and the reason holds no value', () => {
  const { ok } = HOLD;
  const both = judgeMoney({ ...HOLD, refused: ok }, ROOT, answer(201, { id: 'secret-1', account: 'A1' }), []);
  assert.deepEqual(both, { kind: 'unknown', reason: 'the predicates ok and refused hold at once' });
  const fails = compileExpression('body.id < 1', objectOf({ body: ANY }));
  const failed = judgeMoney({ ...HOLD, ok: fails }, ROOT, answer(201, { id: 'secret-1' }), []);
  assert.equal(failed.kind, 'unknown');
  assert.ok(failed.kind === 'unknown' && !failed.reason.includes('secret'), JSON.stringify(failed));
});
test('an enquiry has found the effect only with its account, kind and amount', () => {
  const { ask } = HOLD.settle;
  assert.ok(ask);
  const asked = (given: CallAnswer) => judgeAsk(ask, ROOT, Decimal.parse('99.50'), given, []);
  const body = { id: 'H1', account: 'A1', kind: 'HOLD', amount: 99.5 };
  const found = asked(answer(200, body));
  assert.equal(found.kind === 'found' && found.facts['holdId'], 'H1');
  for (const other of [{ account: 'A2' }, { kind: 'RELEASE' }, { amount: 99.51 }, { amount: '99.50' }]) {
    const mismatch = asked(answer(200, { ...body, ...other }));
    assert.equal(mismatch.kind, 'no-answer', JSON.stringify(other));
  }
  assert.equal(asked(answer(200, { state: 'PENDING' })).kind, 'pending');
  assert.equal(asked(answer(404)).kind, 'absent');
  for (const none of [answer(200, {}), answer(500), unreadable(404), { kind: 'failed', sent: true, reason: 'reset' } as const])
    assert.equal(asked(none).kind, 'no-answer');
});

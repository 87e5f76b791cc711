import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FINALISE, PREPARE, twoPhaseConnector } from '../../test/two-phase-connector.ts';
import { parseExactJson, writeExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { CallAnswer } from './answer.ts';
import { type End, interpret } from './interpret.ts';
import type { EffectView } from './money.ts';
import { requestName } from './render.ts';

const values = (content: object): ValueObject => parseExactJson(JSON.stringify(content)) as ValueObject;
const answer = (status: number, body?: object): CallAnswer => ({
  kind: 'answer',
  status,
  headers: {},
  body: body && values(body),
  readable: true,
});
const ACCOUNT = answer(200, { id: 'A1', status: 'OPEN', owner: 'Ann', history: ['x'.repeat(100)] });
const NOW = Date.parse('2026-01-31T23:59:59.123Z');

interface Options {
  readonly operation?: string;
  readonly changed?: Parameters<typeof twoPhaseConnector>[0];
  readonly effects?: Readonly<Record<string, EffectView>>;
  readonly answers?: readonly CallAnswer[];
}

/** Walks, and tells the reads that were made and where it ended. */
function walk({ operation = 'transfer.prepare', changed, effects = {}, answers = [ACCOUNT] }: Options = {}): { reads: string[]; end: End } {
  const { connector, problems } = compileConnector(twoPhaseConnector(changed));
  assert.deepEqual(problems.map(problemLine), []);
  const [name, on] = operation.split(' ');
  const found = connector.operations.find((each) => each.name === name && each.on === on);
  assert.ok(found);
  const base = values({
    cfg: { baseUrl: 'http://core' },
    tables: {},
    op: { transferId: 'T1' },
    quote: { payeeReceiveAmount: '99.50', to: { idValue: '12/../34' }, facts: {} },
  });
  const steps = interpret({ connector, operation: found, base, transferId: 'T1', effects: new Map(Object.entries(effects)), now: NOW });
  const reads: string[] = [];
  let at = steps.next();
  for (const next of answers) {
    if (at.done === true) break;
    reads.push(requestName(at.value.request));
    at = steps.next(next);
  }
  assert.ok(at.done, 'another read is made');
  return { reads, end: at.value };
}

const HELD: EffectView = { operation: 'transfer.prepare', status: 'ok', facts: values({ holdId: 'H7' }), kept: values({ owner: 'Ann' }) };
const COMMITTED = 'transfer.finalise COMMITTED';
const ABORTED = 'transfer.finalise ABORTED';

test('an operation reads, checks, and ends where money has to move: with its request, its key, and what is needed later', () => {
  const { reads, end } = walk();
  assert.deepEqual(reads, ['GET /accounts/12%2F..%2F34']);
  assert.equal(end.kind, 'start');
  if (end.kind !== 'start') return;
  assert.equal(end.key, 'T1-payee-hold');
  assert.equal(end.amount?.toString(), '99.5');
  assert.deepEqual(end.request, {
    kind: 'http',
    to: 'core',
    method: 'POST',
    path: '/accounts/A1/holds',
    headers: [['Idempotency-Key', 'T1-payee-hold']],
    body: { type: 'application/json', text: '{"amount":99.5,"at":"2026-01-31T23:59:59.123Z","owner":"Ann"}' },
  });
  // of the account only the body: its status and headers are read by nothing behind
  assert.deepEqual(Object.keys(end.kept).sort(), ['account', 'owner']);
  assert.deepEqual(Object.keys(end.kept['account'] as ValueObject), ['body']);
});

test('what is drawn is of the payment and the effect, and of nothing else', () => {
  const drawn = (end: End) => (end.kind === 'start' ? writeExactJson(end.drawn) : '');
  assert.equal(drawn(walk().end), drawn(walk().end));
  const { startedAt, localDate, transmission, stan, rrn } = JSON.parse(drawn(walk().end)) as Record<string, string>;
  assert.deepEqual([startedAt, localDate, transmission], ['2026-01-31T23:59:59.123Z', '2026-01-31', '0131235959']);
  assert.match(stan ?? '', /^\d{6}$/);
  assert.match(rrn ?? '', /^6031\d{8}$/);
  assert.notEqual(rrn?.slice(-6), stan, 'where two effects have one STAN, they have not one RRN');
});

test('the walk begins at the last effect that was started: reads and checks before it are over', () => {
  const { reads, end } = walk({ effects: { 'payee-hold': HELD }, answers: [] });
  assert.deepEqual(reads, []);
  assert.equal(end.kind === 'reply' && writeExactJson(end.reply), '{"transferState":"RESERVED","homeTransactionId":"H7/Ann"}');
});

test('an effect that is not settled is waited for', () => {
  assert.deepEqual(walk({ effects: { 'payee-hold': { ...HELD, status: 'open' } }, answers: [] }).end, {
    kind: 'waits',
    effect: 'payee-hold',
  });
});

test('a refusal at the prepare is told with its code; so is one that was proven never to have happened', () => {
  const refused = walk({ effects: { 'payee-hold': { ...HELD, status: 'refused', code: '5107', message: 'closed' } }, answers: [] });
  assert.deepEqual(refused.end, { kind: 'refused', code: '5107', message: 'closed' });
  assert.deepEqual(walk({ effects: { 'payee-hold': { ...HELD, status: 'reversed' } }, answers: [] }).end, {
    kind: 'refused',
    code: '2001',
  });
});

for (const [what, first, expected] of [
  ['an account that is not there', answer(404), { kind: 'refused', code: '3204', notFound: true }],
  ['a check that does not hold', answer(200, { id: 'A1', status: 'CLOSED' }), { kind: 'refused', code: '5400' }],
  [
    'an answer that the error table knows',
    answer(422, { code: 'CLOSED', text: 'gone' }),
    { kind: 'refused', code: '5107', message: 'gone' },
  ],
  ['an answer that nothing knows', answer(500), { kind: 'failed', code: '2001', reason: 'the core answered account with HTTP 500' }],
  [
    'a core that is not there',
    { kind: 'failed', sent: false, reason: 'refused' },
    { kind: 'failed', code: '2003', reason: 'refused', silent: true },
  ],
  [
    'an answer that ends early',
    { kind: 'answer', status: 200, headers: {}, body: undefined, readable: false },
    { kind: 'failed', code: '2001', reason: 'the core answered account with HTTP 200 with a body that cannot be read' },
  ],
  [
    'an account without an id, for the path of the hold',
    answer(200, { status: 'OPEN' }),
    { kind: 'failed', code: '2001', reason: 'a money cannot be done: a part of the path has no value' },
  ],
] as const)
  test(`no money moves after ${what}`, () => assert.deepEqual(walk({ answers: [first] }).end, expected));

test('a capture needs its hold: it waits for one that is unknown, and without one a person looks', () => {
  const start = walk({ operation: COMMITTED, effects: { 'payee-hold': HELD }, answers: [] }).end;
  assert.equal(start.kind === 'start' && `${start.effect} ${requestName(start.request)}`, 'payee-capture POST /holds/H7/capture');
  assert.deepEqual(walk({ operation: COMMITTED, effects: { 'payee-hold': { ...HELD, status: 'open' } }, answers: [] }).end, {
    kind: 'waits',
    effect: 'payee-hold',
  });
  assert.equal(walk({ operation: COMMITTED, answers: [] }).end.kind, 'stuck');
});

test('a release of what was never held, or was refused, is nothing', () => {
  for (const effects of [{}, { 'payee-hold': { ...HELD, status: 'refused' as const } }])
    assert.equal(walk({ operation: ABORTED, effects, answers: [] }).end.kind, 'reply');
});

test('the suspense posting comes only where the core refuses, and once', () => {
  const captured: EffectView = { operation: COMMITTED, status: 'ok' };
  const of = (effects: Record<string, EffectView>) =>
    walk({ operation: COMMITTED, effects: { 'payee-hold': HELD, ...effects }, answers: [] }).end;
  assert.equal(of({ 'payee-capture': captured }).kind, 'reply');
  const refused: EffectView = { ...captured, status: 'refused', code: '5105' };
  const posting = of({ 'payee-capture': refused });
  assert.equal(posting.kind === 'start' && posting.effect, 'payee-suspense');
  assert.deepEqual(of({ 'payee-capture': refused, 'payee-suspense': { ...captured, status: 'open' } }), {
    kind: 'waits',
    effect: 'payee-suspense',
  });
  assert.equal(of({ 'payee-capture': refused, 'payee-suspense': captured }).kind, 'reply');
  assert.equal(of({ 'payee-capture': refused, 'payee-suspense': refused }).kind, 'stuck');
});

test('a refusal after the hub has decided, with nothing in its place, needs a person', () => {
  const release: EffectView = { operation: ABORTED, status: 'refused', code: '5105' };
  const { end } = walk({ operation: ABORTED, effects: { 'payee-hold': HELD, 'payee-release': release }, answers: [] });
  assert.deepEqual(end, { kind: 'stuck', reason: 'the core refuses payee-release (5105), and the hub has decided' });
});

test('steps that do not fit what was begun are stuck, and begin nothing', () => {
  const gone = walk({ effects: { 'payee-block': HELD }, answers: [] });
  assert.match(gone.end.kind === 'stuck' ? gone.end.reason : '', /payee-block was begun/);
  // a newer version holds twice, and the second of them was begun
  const twice = PREPARE.replace(
    '  - reply:',
    `${PREPARE.slice(PREPARE.indexOf('  - money'), PREPARE.indexOf('    undo'))
      .replace('payee-hold', 'second-hold')
      .replace('    as: hold\n', '')}  - reply:`,
  );
  const finalise = FINALISE.replaceAll(
    / {2}- money: payee-(capture|release)[\s\S]*?(?=\n {2}- money|\n---|\n$)/g,
    (step) => `${step}\n${step.replace('of: payee-hold', 'of: second-hold').replace(/payee-(capture|release)/, 'second-$1')}`,
  );
  const { end } = walk({ changed: { prepare: twice, finalise }, effects: { 'second-hold': HELD }, answers: [] });
  assert.match(end.kind === 'stuck' ? end.reason : end.kind, /payee-hold was never begun/);
});

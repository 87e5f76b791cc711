import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentFacts } from '../exceptions/payment-facts.ts';
import type { StatementRow } from '../transfer/statement.ts';
import { compare, withoutRunning } from './compare.ts';
import { watchEdges, withoutEdges } from './edges.ts';
import { gatherDay } from './gather-day.ts';

type Payment = Partial<PaymentFacts>;
type Row = Partial<StatementRow>;

const received = (more: Payment = {}): PaymentFacts => ({
  id: 'T-1',
  flow: 'payee',
  amount: '25',
  currency: 'USD',
  startedAt: 0,
  hub: 'COMMITTED',
  core: 'TOLD_COMMITTED',
  exceptions: [],
  ...more,
});
const sent = (more: Payment = {}): PaymentFacts => received({ flow: 'payer', core: 'ASKED_US', ...more });
const row = (more: Row = {}): StatementRow => ({
  transferId: 'T-1',
  direction: 'in',
  amount: 250_000n,
  currency: 'USD',
  state: 'COMMITTED',
  ...more,
});
const out = (more: Row = {}): StatementRow => row({ direction: 'out', ...more });
const settled = (as: 'COMMITTED' | 'ABORTED'): Payment => ({ settled: { as, at: 0, by: 'Ada', reason: 'r' } });

const codes = (payments: readonly PaymentFacts[], rows?: readonly StatementRow[]) => compare(payments, rows).map(({ code }) => code);

const cases: readonly [what: string, payment: PaymentFacts, rows: readonly StatementRow[], code: string | undefined][] = [
  ['received, COMMITTED and booked', received(), [row()], undefined],
  ['received, COMMITTED and not in the books', received(), [], 'CORE_NOT_BOOKED'],
  ['received, COMMITTED and still held', received({ core: 'RESERVED' }), [row({ state: 'RESERVED' })], 'CORE_NOT_BOOKED'],
  ['received, COMMITTED and released', received(), [row({ state: 'ABORTED' })], 'CORE_NOT_BOOKED'],
  ['received, ABORTED and not in the books', received({ hub: 'ABORTED', core: 'TOLD_ABORTED' }), [], undefined],
  ['received, ABORTED and released', received({ hub: 'ABORTED', core: 'TOLD_ABORTED' }), [row({ state: 'ABORTED' })], undefined],
  ['received, ABORTED and booked', received({ hub: 'ABORTED', core: 'CREDITED' }), [row()], 'CORE_BOOKED_ABORTED'],
  ['received, ABORTED and still held', received({ hub: 'ABORTED', core: 'UNKNOWN' }), [row({ state: 'RESERVED' })], 'CORE_HOLDS_ABORTED'],
  [
    'received, refused by the core and booked all the same',
    received({ hub: 'REFUSED', core: 'REFUSED' }),
    [row()],
    'CORE_EXECUTED_REFUSED',
  ],
  [
    'received, refused by the core and held all the same',
    received({ hub: 'ABORTED', core: 'REFUSED' }),
    [row({ state: 'RESERVED' })],
    'CORE_EXECUTED_REFUSED',
  ],
  ['received, refused by us and booked all the same', received({ hub: 'REFUSED', core: 'NOT_CALLED' }), [row()], 'CORE_EXECUTED_REFUSED'],
  ['received, refused and not in the books', received({ hub: 'REFUSED', core: 'REFUSED' }), [], undefined],
  ['received, booked twice', received(), [row(), row()], 'BOOKED_TWICE'],
  ['received, booked twice and one of them released', received(), [row({ state: 'ABORTED' }), row()], undefined],
  ['received, another amount', received(), [row({ amount: 250_001n })], 'AMOUNT_DIFFERS'],
  ['received, another currency', received(), [row({ currency: 'EUR' })], 'AMOUNT_DIFFERS'],
  ['received, the hub silent', received({ hub: 'UNKNOWN', core: 'RESERVED' }), [row({ state: 'RESERVED' })], 'OUTCOME_UNKNOWN'],
  ['received, the hub silent, settled by a person, books right', received({ hub: 'UNKNOWN', ...settled('COMMITTED') }), [row()], undefined],
  [
    'received, the hub silent, settled by a person, books wrong',
    received({ hub: 'UNKNOWN', ...settled('ABORTED') }),
    [row()],
    'CORE_BOOKED_ABORTED',
  ],
  ['received, books right, an exception open', received({ exceptions: ['CONTRADICTION'] }), [row()], 'EXCEPTION_OPEN'],
  ['sent, COMMITTED and booked', sent(), [out()], undefined],
  ['sent, COMMITTED and not in the books', sent(), [], 'CORE_NOT_BOOKED'],
  ['sent, COMMITTED and released', sent(), [out({ state: 'ABORTED' })], 'CORE_NOT_BOOKED'],
  ['sent, ABORTED and booked', sent({ hub: 'ABORTED' }), [out()], 'CORE_BOOKED_ABORTED'],
  ['sent, ABORTED and held', sent({ hub: 'ABORTED' }), [out({ state: 'RESERVED' })], 'CORE_HOLDS_ABORTED'],
  ['sent, never left, and booked', sent({ hub: 'NOT_SENT' }), [out()], 'CORE_BOOKED_ABORTED'],
  ['sent, never left, and released', sent({ hub: 'NOT_SENT' }), [out({ state: 'ABORTED' })], undefined],
  ['sent, the hub silent and held', sent({ hub: 'UNKNOWN' }), [out({ state: 'RESERVED' })], 'OUTCOME_UNKNOWN'],
  ['sent, the hub silent and booked', sent({ hub: 'UNKNOWN' }), [out()], 'CORE_RAN_AHEAD'],
  ['sent, the hub silent and released', sent({ hub: 'UNKNOWN' }), [out({ state: 'ABORTED' })], 'CORE_RAN_AHEAD'],
  ['sent, the row has the other direction', sent({ hub: 'ABORTED' }), [row()], 'UNKNOWN_TO_US'],
];

for (const [what, payment, rows, code] of cases) {
  test(`reconcile: ${what}: ${code ?? 'no difference'}`, () => {
    assert.deepEqual(codes([payment], rows), code === undefined ? [] : [code]);
  });
}

test('reconcile: a row without a payment is unknown to us if it holds or books money', () => {
  assert.deepEqual(codes([], [row(), out({ transferId: 'T-2', state: 'RESERVED' }), row({ transferId: 'T-3', state: 'ABORTED' })]), [
    'UNKNOWN_TO_US',
    'UNKNOWN_TO_US',
  ]);
});

test('reconcile: without a statement the records alone tell: silence of the hub, an outcome not taken, open exceptions', () => {
  assert.deepEqual(codes([received(), sent()]), []);
  assert.deepEqual(codes([received({ hub: 'UNKNOWN', core: 'RESERVED' })]), ['OUTCOME_UNKNOWN']);
  assert.deepEqual(codes([received({ core: 'RESERVED' })]), ['CORE_OUTCOME_NOT_TAKEN']);
  assert.deepEqual(codes([received({ core: 'RESERVED', ...settled('COMMITTED') })]), []);
  assert.deepEqual(codes([sent({ exceptions: ['FULFILMENT_WRONG'] })]), ['EXCEPTION_OPEN']);
});

test('reconcile: what is young may pass by itself, unless it is an exception, or something that time does not mend', () => {
  const codesAt = (payment: PaymentFacts, rows: readonly StatementRow[], now: number) => {
    const { differences, running } = withoutRunning(compare([payment], rows), [payment], now);
    return [...differences.map(({ code }) => code), running];
  };
  const silent = received({ hub: 'UNKNOWN', core: 'RESERVED' });
  assert.deepEqual(codesAt(silent, [row({ state: 'RESERVED' })], 299_999), [1]);
  assert.deepEqual(codesAt(silent, [row({ state: 'RESERVED' })], 300_000), ['OUTCOME_UNKNOWN', 0]);
  assert.deepEqual(codesAt({ ...silent, exceptions: ['CORE_NOT_TOLD'] }, [row({ state: 'RESERVED' })], 1), ['OUTCOME_UNKNOWN', 0]);
  assert.deepEqual(codesAt(received(), [], 1), [1]);
  assert.deepEqual(codesAt(received({ hub: 'REFUSED', core: 'REFUSED' }), [row()], 1), ['CORE_EXECUTED_REFUSED', 0]);
  assert.deepEqual(codesAt(received(), [row(), row()], 1), ['BOOKED_TWICE', 0]);
});

test('reconcile: a DFSP that pays itself has both directions compared on their own', () => {
  assert.deepEqual(codes([sent(), received()], [out(), row()]), []);
  assert.deepEqual(
    compare([sent(), received()], [out()]).map(({ direction, code }) => `${direction} ${code}`),
    ['in CORE_NOT_BOOKED'],
  );
});

test('reconcile: a difference says what each of the three says, and what to do', () => {
  assert.deepEqual(compare([received({ hub: 'UNKNOWN', ...settled('ABORTED') })], [row()]), [
    {
      transferId: 'T-1',
      direction: 'in',
      code: 'CORE_BOOKED_ABORTED',
      hub: 'UNKNOWN',
      journal: 'TOLD_COMMITTED, resolved as ABORTED',
      core: 'COMMITTED',
      action: 'reverse the credit in the core',
    },
  ]);
});

test('reconcile: what the statement of the day need not have is not compared, and never to be booked', async () => {
  const [fromMs, toMs, minute] = [86_400_000, 172_800_000, 60_000];
  const noon = fromMs + 720 * minute;
  const ended: readonly (readonly [last: number, PaymentFacts])[] = [
    [noon, received({ id: 'inside', startedAt: noon })],
    [noon, received({ id: 'began-before', startedAt: fromMs - 1 })],
    [noon, received({ id: 'began-early', startedAt: fromMs + 10 * minute - 1 })],
    [toMs - 10 * minute, received({ id: 'ended-late', startedAt: noon })],
    [toMs - 10 * minute - 1, received({ id: 'ended-in-time', startedAt: noon })],
    [noon, received({ id: 'asked', startedAt: noon, hub: 'ACKNOWLEDGED' })],
    [noon, received({ id: 'began-before-ended', startedAt: 0, hub: 'ABORTED' })],
  ];
  const named = received({ id: 'other-day', startedAt: noon });
  const { source, edges } = watchEdges({
    payments: async (from, to) => ended.filter(([at]) => at >= from && at < to).map(([, payment]) => payment),
    payment: async () => named,
    askHub: async (payment) => ({ ...payment, hub: 'COMMITTED' }),
  });
  const statement = [row({ transferId: 'other-day', state: 'RESERVED' }), row({ transferId: 'began-before-ended', state: 'RESERVED' })];
  const { payments } = await gatherDay(source, { fromMs, toMs, statement, askHub: true, now: 2 * toMs, questionsMax: 9 });
  assert.deepEqual(
    withoutEdges(compare(payments, statement), payments, edges).map(({ transferId, code }) => `${transferId} ${code}`),
    [
      'inside CORE_NOT_BOOKED',
      'began-before NOT_COMPARED',
      'began-early NOT_COMPARED',
      'ended-late NOT_COMPARED',
      'ended-in-time CORE_NOT_BOOKED',
      'asked NOT_COMPARED',
      'began-before-ended NOT_COMPARED',
      'other-day NOT_COMPARED',
    ],
  );
});

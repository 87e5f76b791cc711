import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExceptionsDoor, PaymentFacts } from '@payment-manager/mojaloop-connector';
import { openPortal } from '../../test/portal.ts';
import type { ShownDay } from './compare-day.ts';

const fact = (id: string, more: Partial<PaymentFacts> = {}): PaymentFacts => ({
  id,
  flow: 'payee',
  amount: '10',
  currency: 'USD',
  startedAt: Date.UTC(2026, 2, 11, 10),
  hub: 'COMMITTED',
  core: 'TOLD_COMMITTED',
  exceptions: [],
  ...more,
});

test('a day is compared with the core’s statement page by page, kept, and closed by somebody who says why', async () => {
  const asked: string[] = [];
  const pages = [
    { payments: [fact('t-1'), fact('t-2')], next: { updatedAt: 5, recordId: 'r' } },
    {
      payments: [
        fact('t-3', { hub: 'UNKNOWN' }),
        // a receipt is no outcome: the hub is asked, but for what it took just now
        fact('t-4', { hub: 'ACKNOWLEDGED' }),
        fact('t-5', { hub: 'ACKNOWLEDGED', startedAt: Date.UTC(2026, 2, 12, 8, 59) }),
      ],
    },
  ];
  const spans: unknown[] = [];
  const desk = {
    payments: async (query: { fromMs: number; toMs: number; after?: object }) => {
      spans.push([query.fromMs, query.toMs]);
      return query.after === undefined ? pages[0] : pages[1];
    },
    exception: async () => undefined,
    resolve: async ({ id }: { id: string }) => {
      asked.push(id);
      return { kind: 'done', detail: { payment: fact(id) } };
    },
  } as unknown as ExceptionsDoor;
  const { ask, as } = await openPortal({ desk, businessDay: { zone: 'UTC', cutOff: '22:00' } });
  const cookies = await as('one', 'operator');
  const line = 'POST /reconciliation/days/2026-03-11';
  const statement =
    'transferId,direction,amount,currency,state\nt-1,in,10,USD,COMMITTED\nt-2,in,11,USD,COMMITTED\nt-3,in,10,USD,COMMITTED\nt-4,in,10,USD,COMMITTED\nt-5,in,10,USD,COMMITTED\nt-9,in,5,USD,COMMITTED\n';
  const { status, body } = await ask(line, { cookies, body: { statement, askHub: true } });
  assert.equal(status, 200);
  assert.deepEqual(spans[0], [Date.UTC(2026, 2, 10, 22), Date.UTC(2026, 2, 11, 22)], 'the business day, not the calendar’s');
  assert.deepEqual(asked, ['t-3', 't-4']);
  assert.deepEqual([body['asked'], body['unasked'], body['hub']], [2, 0, { COMMITTED: 4, ACKNOWLEDGED: 1 }]);
  const found = Object.values(body['differences'] ?? {}).map((one) => [one['transferId'], one['code']].join(' '));
  assert.deepEqual(found, ['t-2 AMOUNT_DIFFERS', 't-9 UNKNOWN_TO_US']);
  const listed = Object.values((await ask('GET /reconciliation/days', { cookies })).body['days'] ?? {});
  assert.deepEqual(
    listed.map((one) => [one['date'], one['differencesInAll'], one['statementRows']]),
    [['2026-03-11', 2, 6]],
  );
  assert.equal((await ask(`${line}/close`, { cookies, body: { reason: 'done' } })).body['code'], 'NOT_ALLOWED_NOW');
  assert.equal((await ask(`${line}/close`, { cookies, body: { reason: 'ticket 12', withDifferences: true } })).status, 204);
  assert.equal((await ask('GET /reconciliation/days/2026-03-11', { cookies })).body['closed']?.['reason'], 'ticket 12');
  const wrong = await ask(line, { cookies, body: { statement: 'a,b\n1,2\n' } });
  assert.deepEqual([wrong.status, wrong.body['code']], [400, 'STATEMENT_INVALID']);
  assert.equal((await ask('POST /reconciliation/days/2026-13-45', { cookies, body: {} })).status, 400);
});

test('the hub’s own statement is compared, too; what is put right stays so, and a day is closed when nothing is left', async () => {
  const facts = [
    fact('t-1'),
    fact('t-2'),
    fact('t-3', { flow: 'payer', core: 'ASKED_US' }),
    fact('t-4', { hub: 'ABORTED', core: 'TOLD_ABORTED' }),
    fact('t-5', { hub: 'UNKNOWN', core: 'RESERVED', amount: '2.5' }),
  ];
  const desk = {
    // each ended in the middle of its day
    payments: async ({ fromMs, toMs }: { fromMs: number; toMs: number }) => ({ payments: toMs - fromMs === 86_400_000 ? facts : [] }),
    exception: async (id: string) => (id === 't-8' ? { payment: fact('t-8') } : undefined),
  } as unknown as ExceptionsDoor;
  const { ask, as, store } = await openPortal({ desk });
  const cookies = await as('one', 'operator');
  const line = 'POST /reconciliation/days/2026-03-11';
  const head = 'transferId,direction,amount,currency,state\n';
  // t-3 is missing, t-8 is of another day, t-9 nobody knows, t-7 moved nothing
  const hubStatement = `${head}t-1,in,10,USD,COMMITTED\nt-2,in,11,USD,COMMITTED\nt-4,in,10,USD,COMMITTED\nt-5,in,2.50,USD,COMMITTED\nt-8,in,10,USD,COMMITTED\nt-9,in,5,USD,COMMITTED\nt-7,in,5,USD,ABORTED\n`;
  const { body } = await ask(line, { cookies, body: { hubStatement } });
  const day = body as unknown as ShownDay;
  assert.deepEqual(
    day.differences.map(({ transferId, code }) => `${transferId} ${code}`),
    ['t-5 OUTCOME_UNKNOWN', 't-2 HUB_AMOUNT_DIFFERS', 't-3 HUB_NOT_LISTED', 't-4 HUB_STATE_DIFFERS', 't-9 HUB_UNKNOWN_TO_US'],
  );
  assert.deepEqual(day.sums, [
    { currency: 'USD', direction: 'in', payments: 4, committed: '20', open: '2.5', hubStatement: '48.5' },
    { currency: 'USD', direction: 'out', payments: 1, committed: '10', open: '0', hubStatement: '0' },
  ]);
  const refs = day.differences.map(({ transferId, direction, code }) => ({ transferId, direction, code }));
  const resolve = (some: readonly object[], who = cookies) =>
    ask(`${line}/resolve`, { cookies: who, body: { differences: some, reason: 'ticket 12' } });
  assert.equal((await resolve(refs.slice(0, 1), await as('v', 'viewer'))).status, 403);
  assert.equal(((await resolve(refs.slice(0, 4))).body as unknown as ShownDay).left, 1);
  assert.equal((await resolve(refs.slice(0, 4))).body['code'], 'NOT_ALLOWED_NOW', 'they are put right already');
  assert.equal((await ask(`${line}/close`, { cookies, body: { reason: 'done' } })).body['code'], 'NOT_ALLOWED_NOW');
  const again = (await ask(line, { cookies, body: { hubStatement } })).body as unknown as ShownDay;
  assert.deepEqual([again.left, again.resolved?.length], [1, 4], 'what was put right stays so');
  await resolve(refs);
  assert.equal((await ask(`${line}/close`, { cookies, body: { reason: 'done' } })).status, 204);
  assert.equal((await resolve(refs)).body['code'], 'NOT_ALLOWED_NOW', 'the day is closed');
  const kept = (await ask('GET /reconciliation/days/2026-03-11', { cookies })).body as unknown as ShownDay;
  assert.deepEqual(
    kept.events?.map(({ what, left }) => [what, left]),
    [
      ['compared', 5],
      ['resolved', 1],
      ['compared', 1],
      ['resolved', 0],
      ['closed', 0],
    ],
  );
  const days = (from: string) =>
    ask(`GET /reconciliation/days?from=${from}`, { cookies }).then(({ body: { days } }) => Object.values(days ?? {}).length);
  assert.deepEqual([await days('2026-03-11'), await days('2026-03-12')], [1, 0]);
  const entries = await store.entries({ limit: 20, action: 'day.resolved' });
  assert.match(entries[0]?.text ?? '', /HUB_UNKNOWN_TO_US t-9.*ticket 12/);
  const wrong = await ask(line, { cookies, body: { hubStatement: 'a,b\n1,2\n' } });
  assert.equal(wrong.body['place'], 'body.hubStatement');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExceptionsDoor, PaymentFacts } from '@payment-manager/mojaloop-connector';
import { openPortal } from '../../test/portal.ts';

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

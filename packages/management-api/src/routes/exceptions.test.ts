import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExceptionsDoor, PaymentDetail } from '@payment-manager/mojaloop-connector';
import type { PaymentQueries, ReadRow } from '@payment-manager/read-model';
import { openPortal } from '../../test/portal.ts';
import type { ShownExceptions } from './exception-list.ts';
import type { Preview } from './exception-routes.ts';

const condition = (id: string, flow = 'payer') => ({ id, flow, code: 'OUTCOME_UNKNOWN', reason: 'the hub has not said', since: 1_000 });

const detailOf = (id: string): PaymentDetail =>
  ({
    payment: { id, flow: 'payee', amount: '25.00', currency: 'USD', startedAt: 1, hub: 'COMMITTED', core: 'RESERVED', exceptions: [] },
    known: { hub: [], us: [], core: [] },
    history: [],
    allowed: [
      { action: 'resend-outcome', outcome: 'COMMITTED', needsConfirmation: true, seen: 'COMMITTED 1' },
      { action: 'settle', as: ['COMMITTED'] },
    ],
  }) as unknown as PaymentDetail;

const desk = {
  exception: async (id: string) => (id === 't-9' ? undefined : detailOf(id)),
  resolve: async ({ id }: { id: string }) => ({ kind: 'done', detail: detailOf(id) }),
} as unknown as ExceptionsDoor;

const row = {
  id: 7,
  facets: { direction: 'out', stage: 'open', state: 'pending', attention: 'exception', peer: 'bluewallet', currency: 'USD' },
  transferId: 't-1',
  amount: '25.00',
  payee: { type: 'MSISDN', id: '27713803912', name: 'Thandi Nkosi' },
  attention: [],
} as unknown as ReadRow;

const payments = async () => ({ list: async () => ({ payments: [row] }) }) as unknown as PaymentQueries;
const exceptions = async ({ limit }: { limit: number }) => [condition('t-1'), condition('t-2'), condition('t-3')].slice(0, limit);

describe('exceptions', () => {
  test('the list shows the payment with persons masked, whether there are more, and what waits for a second person', async () => {
    const { ask, as } = await openPortal({ desk, exceptions, payments }, ['resolve-exception']);
    const cookies = await as('one', 'operator');
    const wish = { action: 'resolve', as: 'COMMITTED', reason: 'report of the hub' };
    assert.equal((await ask('POST /exceptions/t-1/act', { cookies, body: wish })).status, 202);
    const list = (await ask('GET /exceptions?limit=2', { cookies })).body as unknown as ShownExceptions;
    assert.deepEqual([list.more, list.fourEyes, list.exceptions.length], [true, true, 2]);
    const [first, second] = list.exceptions;
    assert.deepEqual([first?.payment?.id, first?.payment?.amount, first?.payment?.payee?.name], [7, '25.00', 'T••• N•••']);
    assert.deepEqual([first?.waiting?.action, first?.waiting?.as, first?.waiting?.askedBy], ['resolve', 'COMMITTED', 'user:one']);
    assert.deepEqual([second?.payment, second?.waiting], [undefined, undefined]);
    const one = (await ask('GET /exceptions/t-1', { cookies })).body;
    assert.equal(one['waiting']?.['reason'], wish.reason);
    await ask(`POST /approvals/${first?.waiting?.approval}/decide`, {
      cookies: await as('two', 'operator'),
      body: { yes: false, reason: 'look again' },
    });
    assert.equal((await ask('GET /exceptions/t-1', { cookies })).body['waiting'], undefined);
    assert.equal(((await ask('GET /exceptions', { cookies })).body as unknown as ShownExceptions).more, false);
  });

  test('what needs a person is listed also where the read model cannot be asked', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('its file is gone');
    };
    for (const around of [{ payments: broken }, {}]) {
      const { ask, as } = await openPortal({ desk, exceptions, ...around });
      const list = (await ask('GET /exceptions', { cookies: await as('v', 'viewer') })).body as unknown as ShownExceptions;
      assert.deepEqual([list.exceptions.length, list.fourEyes], [3, false]);
    }
  });

  test('the preview says of how much money it is, and what the core would be told', async () => {
    const { ask, as } = await openPortal({ desk });
    const cookies = await as('one', 'operator');
    const body = { action: 'resend-outcome', ids: ['t-1', 't-9'] };
    const shown = (await ask('POST /exceptions/bulk/preview', { cookies, body })).body as unknown as { payments: Preview[] };
    const [first, missing] = shown.payments;
    assert.deepEqual(first, {
      id: 't-1',
      ...{ allowed: true, why: '', flow: 'payee', hub: 'COMMITTED', core: 'RESERVED', amount: '25.00', currency: 'USD' },
      ...{ seen: 'COMMITTED 1', outcome: 'COMMITTED', needsConfirmation: true },
    });
    assert.deepEqual([missing?.allowed, missing?.amount], [false, undefined]);
    const wrongEnd = { action: 'resolve', as: 'ABORTED', ids: ['t-1'] };
    const refused = (await ask('POST /exceptions/bulk/preview', { cookies, body: wrongEnd })).body as unknown as { payments: Preview[] };
    assert.deepEqual([refused.payments[0]?.allowed, refused.payments[0]?.amount], [false, '25.00']);
  });

  test('whoever agrees agrees to what was looked at: it stands with the wish, and goes to the desk', async () => {
    const acts: unknown[] = [];
    const watched = {
      ...desk,
      resolve: async ({ id, act }: { id: string; act: object }) => {
        acts.push(act);
        return { kind: 'done', detail: detailOf(id) };
      },
    } as unknown as ExceptionsDoor;
    const { ask, as } = await openPortal({ desk: watched, exceptions, payments }, ['resolve-exception']);
    const cookies = await as('one', 'operator');
    const wish = { action: 'resend-outcome', confirmed: true, seen: 'COMMITTED 0', reason: 'not in the books' };
    assert.equal((await ask('POST /exceptions/t-1/act', { cookies, body: wish })).status, 409, 'the core was told again since');
    assert.equal((await ask('POST /exceptions/t-1/act', { cookies, body: { ...wish, seen: 'COMMITTED 1' } })).status, 202);
    const list = (await ask('GET /exceptions', { cookies })).body as unknown as ShownExceptions;
    const waiting = list.exceptions[0]?.waiting;
    assert.deepEqual([waiting?.action, waiting?.seen, waiting?.confirmed], ['resend-outcome', 'COMMITTED 1', true]);
    await ask(`POST /approvals/${waiting?.approval}/decide`, {
      cookies: await as('two', 'operator'),
      body: { yes: true, reason: 'I looked, too' },
    });
    assert.deepEqual(acts, [{ action: 'resend-outcome', confirmed: true, seen: 'COMMITTED 1' }]);
  });

  test('what the core calls one payment is said of no others', async () => {
    const { ask, as } = await openPortal({ desk });
    const body = { action: 'core-executed', facts: '{"holdId":"H1"}', ids: ['t-1', 't-2'], reason: 'r' };
    assert.equal((await ask('POST /exceptions/bulk', { cookies: await as('one', 'operator'), body })).status, 400);
  });
});

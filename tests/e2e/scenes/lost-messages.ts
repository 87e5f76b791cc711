import assert from 'node:assert/strict';
import { beginPayment, ended, pay } from '../../scheme/payments.ts';
import { PAYEE, PAYER } from '../../scheme/running-scheme.ts';
import { BOOKS_AFTERWARDS, hubFault, type Scene } from './scene.ts';

/** Longer than any prepare of these tests lives. */
const TOO_LATE_MS = 4_000;

/** Messages that the network or the hub loses, repeats or delays. */
export const lostMessageScenes: readonly Scene[] = [
  {
    name: 'payee late: the fulfil comes to the hub after the expiration',
    async run({ payer, scheme }, mode) {
      hubFault(scheme, { operation: 'PUT /transfers', fspId: PAYEE, action: { kind: 'delay', ms: TOO_LATE_MS } });
      const payment = await pay(payer);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      if (mode !== 'credit') return {};
      return { creditedOnly: ['25'], payeeExceptions: ['CORE_CREDITED_HUB_ABORTED'], payeeStaysOpen: true };
    },
  },
  {
    name: 'payee late: the hub takes the fulfil and forgets it until after the expiration',
    async run({ payer, scheme }, mode) {
      hubFault(scheme, { operation: 'PUT /transfers', fspId: PAYEE, count: 1, action: { kind: 'late', ms: TOO_LATE_MS } });
      const payment = await pay(payer);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      if (mode !== 'credit') return {};
      // the hub's 200 was a receipt; what it says of the transfer decides, and this core has credited
      return { creditedOnly: ['25'], payeeExceptions: ['CORE_CREDITED_HUB_ABORTED'], payeeStaysOpen: true };
    },
  },
  {
    name: 'the fulfil never arrives, and the hub’s word about it is lost: the payee asks',
    async run({ payer, scheme }, mode) {
      hubFault(scheme, { operation: 'PUT /transfers', fspId: PAYEE, action: { kind: 'timeout' } });
      hubFault(scheme, { operation: 'PUT /transfers/error', direction: 'out', fspId: PAYEE, count: 1, action: { kind: 'drop' } });
      const payment = await pay(payer);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      if (mode !== 'credit') return {};
      return { creditedOnly: ['25'], payeeExceptions: ['CORE_CREDITED_HUB_ABORTED'], payeeStaysOpen: true };
    },
  },
  {
    name: 'PATCH lost',
    nobodyLate: true,
    modes: BOOKS_AFTERWARDS,
    async run({ payer, scheme }) {
      hubFault(scheme, { operation: 'PATCH /transfers', direction: 'out', action: { kind: 'drop' } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: "callback lost: the payer's PUT /transfers",
    async run({ payer, scheme }) {
      hubFault(scheme, { operation: 'PUT /transfers', direction: 'out', fspId: PAYER, count: 1, action: { kind: 'drop' } });
      const payment = await pay(payer);
      assert.equal(payment.state, 'COMPLETED');
      assert.ok(
        payment.steps.some(({ what }) => what.includes('504')),
        'the payer was told that the outcome was unknown',
      );
      return { committed: ['25'] };
    },
  },
  ...(['PUT /parties', 'PUT /quotes'] as const).map(
    (operation): Scene => ({
      name: `callback lost: ${operation}`,
      modes: BOOKS_AFTERWARDS,
      async run({ payer, scheme }) {
        hubFault(scheme, { operation, direction: 'out', fspId: PAYER, action: { kind: 'drop' } });
        const payment = await pay(payer);
        assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '2004']);
        return {};
      },
    }),
  ),
  {
    name: 'every message of the hub comes three times',
    nobodyLate: true,
    async run({ payer, scheme }) {
      hubFault(scheme, { operation: '*', direction: 'out', action: { kind: 'duplicate', times: 3 } });
      const ids = await Promise.all(['25', '7', '3.5'].map((amount) => beginPayment(payer, { amount })));
      for (const id of ids) assert.equal((await ended(payer, id)).state, 'COMPLETED');
      return { committed: ['25', '7', '3.5'] };
    },
  },
  {
    name: 'the hub executes everything and the answer to its sender is lost',
    nobodyLate: true,
    async run({ payer, scheme }) {
      for (const operation of ['GET /parties', 'PUT /parties', 'POST /quotes', 'PUT /quotes', 'POST /transfers', 'PUT /transfers']) {
        hubFault(scheme, { operation, count: 1, action: { kind: 'execute-then-reset' } });
      }
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'the hub is broken for a moment: 503 to everything, once',
    nobodyLate: true,
    async run({ payer, scheme }) {
      for (const operation of ['GET /parties', 'PUT /parties', 'POST /quotes', 'PUT /quotes', 'POST /transfers', 'PUT /transfers']) {
        hubFault(scheme, { operation, count: 1, action: { kind: 'reject', status: 503, errorCode: '2003' } });
      }
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'messages are changed on the way: nobody acts on them',
    async run({ payer, scheme }, mode) {
      for (const operation of ['PUT /quotes', 'POST /transfers']) {
        hubFault(scheme, { operation, direction: 'out', count: 1, action: { kind: mode === 'reserve' ? 'corrupt' : 'bad-signature' } });
      }
      const first = await pay(payer);
      assert.deepEqual([first.state, first.error?.statusCode], ['ERROR_OCCURRED', '2004']);
      const second = await pay(payer);
      assert.deepEqual([second.state, second.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
];

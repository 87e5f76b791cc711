import assert from 'node:assert/strict';
import { answerOffer, beginPayment, LOST, pay, reached, SIPHO } from '../../scheme/payments.ts';
import { BOOKS_AFTERWARDS, CORE_CALLS, coreFault, type Scene } from './scene.ts';

const inThreeSteps = { acceptance: { party: false, quote: false } };

const scenes: readonly Scene[] = [
  {
    name: 'success in one call',
    inAllModes: true,
    async run({ payer }, mode) {
      const payment = await pay(payer);
      assert.equal(payment.state, 'COMPLETED');
      const { transferAmount, payeeReceiveAmount, payeeFspFee } = payment;
      // the template for Fineract takes no fee
      assert.deepEqual(
        [transferAmount, payeeReceiveAmount, payeeFspFee],
        mode === 'fineract-savings' ? ['25', '25', undefined] : ['25', '24.75', '0.25'],
      );
      return { committed: ['25'] };
    },
  },
  {
    name: 'success in three steps',
    payer: inThreeSteps,
    async run({ payer }, mode) {
      const id = await beginPayment(payer, { autoAccept: false, amount: '12.5' });
      assert.equal((await reached(payer, id, 'WAITING_FOR_PARTY_ACCEPTANCE')).payee?.name, 'Thandi Nkosi');
      await answerOffer(payer, id, true);
      assert.equal(
        (await reached(payer, id, 'WAITING_FOR_QUOTE_ACCEPTANCE')).payeeReceiveAmount,
        mode === 'fineract-savings' ? '12.5' : '12.25',
      );
      await answerOffer(payer, id, true);
      await reached(payer, id, 'COMPLETED');
      return { committed: ['12.5'] };
    },
  },
  ...(['1.0', '2.0'] as const).map(
    (version): Scene => ({
      name: `success with version ${version} of everything`,
      payer: { versions: versions(version) },
      payee: { versions: versions(version), core: { reserveWithoutPatch: 'commit-first' } },
      async run({ payer }) {
        assert.equal((await pay(payer)).state, 'COMPLETED');
        return { committed: ['25'] };
      },
    }),
  ),
  {
    name: 'a party that its DFSP does not know',
    modes: BOOKS_AFTERWARDS,
    async run({ payer }) {
      const payment = await pay(payer, { to: LOST });
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3204']);
      return {};
    },
  },
  {
    name: 'a party that the hub does not know',
    modes: BOOKS_AFTERWARDS,
    async run({ payer }) {
      const payment = await pay(payer, { to: { idType: 'MSISDN', idValue: '27700000000' } });
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3204']);
      return {};
    },
  },
  {
    name: 'the payer refuses the party, and another time the price',
    modes: BOOKS_AFTERWARDS,
    payer: inThreeSteps,
    async run({ payer }) {
      const first = await beginPayment(payer, { autoAccept: false });
      await reached(payer, first, 'WAITING_FOR_PARTY_ACCEPTANCE');
      await answerOffer(payer, first, false);
      await reached(payer, first, 'ABORTED');
      const second = await beginPayment(payer, { autoAccept: false });
      await reached(payer, second, 'WAITING_FOR_PARTY_ACCEPTANCE');
      await answerOffer(payer, second, true);
      await reached(payer, second, 'WAITING_FOR_QUOTE_ACCEPTANCE');
      await answerOffer(payer, second, false);
      await reached(payer, second, 'ABORTED');
      return {};
    },
  },
  {
    name: 'the payee refuses the quote, or is refused as a party',
    inAllModes: true,
    modes: BOOKS_AFTERWARDS,
    async run({ payer }) {
      const payment = await pay(payer, { to: SIPHO });
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '5400']);
      return {};
    },
  },
  {
    name: 'the payee refuses the transfer',
    modes: ['reserve', 'credit', 'rest-core'],
    async run({ payer, payee }, mode) {
      const status = mode === 'rest-core' ? 422 : 500;
      coreFault(payee.core, { operation: CORE_CALLS[mode].prepare, action: { kind: 'reject', status, errorCode: '5104', message: 'no' } });
      const payment = await pay(payer);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', mode === 'rest-core' ? '5105' : '5104']);
      return {};
    },
  },
  {
    name: 'the hub aborts because the net debit cap is exceeded',
    scheme: { netDebitCap: { USD: '30' } },
    async run({ payer }) {
      assert.equal((await pay(payer)).state, 'COMPLETED');
      const payment = await pay(payer);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '4001']);
      return { committed: ['25'] };
    },
  },
];

/** What happens every day: payments that succeed, and payments that somebody refuses. Nobody is to be too late. */
export const ordinaryScenes: readonly Scene[] = scenes.map((scene) => ({ ...scene, nobodyLate: true }));

function versions(version: '1.0' | '2.0') {
  return { parties: version, participants: version, quotes: version, transfers: version, supported: ['1.0', '1.1', '2.0'] };
}

import assert from 'node:assert/strict';
import type { Listener, SchemeDfsp } from '@payment-manager/sandbox';
import { exceptionCodes } from '../../scheme/books.ts';
import { answerOffer, beginPayment, ended, pay, reached } from '../../scheme/payments.ts';
import type { RunningScheme, Side } from '../../scheme/running-scheme.ts';
import { until } from '../../scheme/waiting.ts';
import { BOOKS_AFTERWARDS, BY_BACKEND_API, CORE_CALLS, coreFault, hubFault, type Scene } from './scene.ts';

const LASTING = { lifetimes: { quoteRequestMs: 25_000, prepareMs: 25_000 } };
/** For scenes in which nobody is to be too late, however busy the machine is. */
const IN_TIME = { payer: LASTING, nobodyLate: true };
const asksPrice = { acceptance: { party: true, quote: false } };

/** Cores and hubs that are slow, gone, or answer when it is too late. */
export const outageScenes: readonly Scene[] = [
  {
    name: 'core slow, but in time',
    inAllModes: true,
    ...IN_TIME,
    async run({ payer, payee }, mode) {
      // behind a connector a look-up and a quote are several calls
      const ms = BY_BACKEND_API.includes(mode) ? 600 : 200;
      for (const operation of new Set(Object.values(CORE_CALLS[mode]))) coreFault(payee.core, { operation, action: { kind: 'delay', ms } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'core down from the start',
    modes: BOOKS_AFTERWARDS,
    async run(running) {
      await payeeDfsp(running).coreListener.pause();
      const payment = await pay(running.payer);
      assert.deepEqual([payment.state, payment.error?.statusCode?.slice(0, 1)], ['ERROR_OCCURRED', '2']);
      await payeeDfsp(running).coreListener.resume();
      return {};
    },
  },
  {
    name: 'core down when the transfer comes',
    payer: asksPrice,
    async run(running) {
      const { payer } = running;
      const id = await acceptWithout(payeeDfsp(running).coreListener, payer);
      const payment = await ended(payer, id);
      assert.equal(payment.state, 'ERROR_OCCURRED');
      await payeeDfsp(running).coreListener.resume();
      return {};
    },
  },
  {
    name: 'core down for a moment when the transfer comes: nothing was sent, so it is called again',
    inAllModes: true,
    payer: { ...asksPrice, ...LASTING },
    nobodyLate: true,
    async run(running) {
      const { payer } = running;
      const id = await acceptWithout(payeeDfsp(running).coreListener, payer);
      await until('the prepare', () => running.hub.of(/^POST \/transfers$/)[0]?.status !== undefined);
      await payeeDfsp(running).coreListener.resume();
      assert.equal((await ended(payer, id)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'core down when the outcome comes, and back',
    nobodyLate: true,
    inAllModes: true,
    modes: BOOKS_AFTERWARDS,
    async run(running, mode) {
      const { payer, payee } = running;
      coreFault(payee.core, { operation: CORE_CALLS[mode].outcome, count: 2, action: { kind: 'reset' } });
      const payment = await pay(payer);
      assert.equal(payment.state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'core answers after our deadline, and can neither be asked nor called again',
    modes: BY_BACKEND_API,
    async run({ payer, payee }, mode) {
      coreFault(payee.core, { operation: 'POST /transfers', count: 1, action: { kind: 'delay', ms: 1_650 } });
      const id = await beginPayment(payer);
      await until('an exception', async () => (await exceptionCodes(payee.operations)).includes('CORE_OUTCOME_UNKNOWN'));
      const payment = await ended(payer, id);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      // a reserving core is told ABORTED once it is quiet, and what it held is free again; one that credited cannot undo it
      if (mode !== 'credit') return {};
      return { creditedOnly: ['25'], payeeExceptions: ['CORE_MAY_HAVE_CREDITED'], payeeStaysOpen: true };
    },
  },
  {
    name: 'core answers after our deadline, and can be asked',
    modes: BY_BACKEND_API,
    payer: LASTING,
    payee: { core: { transferAskable: true }, timeouts: { backendMs: 500 } },
    async run({ payer, payee }) {
      coreFault(payee.core, { operation: 'POST /transfers', count: 1, action: { kind: 'delay', ms: 650 } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'core loses its answer, and can be called again with the same key',
    modes: BY_BACKEND_API,
    ...IN_TIME,
    payee: { core: { transferRepeatable: true } },
    async run({ payer, payee }) {
      coreFault(payee.core, { operation: 'POST /transfers', count: 1, action: { kind: 'execute-then-reset' } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'], coreMayBeCalledAgain: true };
    },
  },
  {
    name: 'core loses the answer to the call that moves money, twice: it honours the key',
    inAllModes: true,
    modes: ['rest-core', 'fineract-savings'],
    ...IN_TIME,
    async run({ payer, payee }, mode) {
      const operation = mode === 'rest-core' ? CORE_CALLS[mode].prepare : CORE_CALLS[mode].outcome;
      coreFault(payee.core, { operation, count: 2, action: { kind: 'execute-then-reset' } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'core refuses to book what the hub has committed: it goes to suspense',
    inAllModes: true,
    modes: ['rest-core', 'fineract-savings'],
    ...IN_TIME,
    async run({ payer, payee }, mode) {
      const status = mode === 'rest-core' ? 422 : 403;
      coreFault(payee.core, { operation: CORE_CALLS[mode].outcome, count: 1, action: { kind: 'reject', status } });
      assert.equal((await pay(payer)).state, 'COMPLETED');
      return { suspended: ['25'] };
    },
  },
  {
    name: 'hub down at the look-up for longer than anybody waits',
    modes: BOOKS_AFTERWARDS,
    async run({ payer, hub }) {
      await hub.listener.pause();
      const payment = await pay(payer);
      assert.equal(payment.state, 'ERROR_OCCURRED');
      await hub.listener.resume();
      return {};
    },
  },
  {
    name: 'hub down when the prepare is due, and back',
    payer: { ...asksPrice, ...LASTING },
    nobodyLate: true,
    async run({ payer, hub }) {
      const id = await acceptWithout(hub.listener, payer);
      await until('a prepare that cannot leave', () => payer.log.lines.some(({ message }) => message === 'message not taken'));
      await hub.listener.resume();
      assert.equal((await ended(payer, id)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'hub down when the prepare is due, until after its expiration: it never left, and the payer is told so',
    modes: BOOKS_AFTERWARDS,
    payer: asksPrice,
    async run({ payer, hub }) {
      const id = await acceptWithout(hub.listener, payer);
      assert.equal((await ended(payer, id)).state, 'ERROR_OCCURRED');
      await hub.listener.resume();
      return {};
    },
  },
  {
    name: 'hub down when the fulfil is due, and back in time',
    ...IN_TIME,
    async run({ payer, payee, hub }, mode) {
      coreFault(payee.core, { operation: CORE_CALLS[mode].prepare, action: { kind: 'delay', ms: 300 } });
      const id = await beginPayment(payer);
      await until('the prepare', () => hub.of(/^POST \/transfers$/)[0]?.status !== undefined);
      await hub.listener.pause();
      await until('a fulfil that cannot leave', () => payee.log.lines.some(({ message }) => message === 'message not taken'));
      await hub.listener.resume();
      assert.equal((await ended(payer, id)).state, 'COMPLETED');
      return { committed: ['25'] };
    },
  },
  {
    name: 'hub down for both DFSPs after the prepare, until long after the expiration',
    async run({ payer, payee, hub, scheme }, mode) {
      // what it says of the expiration is lost, to both: they must ask
      hubFault(scheme, { operation: 'PUT /transfers/error', direction: 'out', count: 2, action: { kind: 'drop' } });
      coreFault(payee.core, { operation: CORE_CALLS[mode].prepare, action: { kind: 'delay', ms: 300 } });
      const id = await beginPayment(payer);
      await until('the prepare', () => hub.of(/^POST \/transfers$/)[0]?.status !== undefined);
      await hub.listener.pause();
      await until('the expiration', () => scheme.hub.directory.position('greenbank', 'USD')?.reserved === 0n);
      await hub.listener.resume();
      const payment = await ended(payer, id);
      assert.deepEqual([payment.state, payment.error?.statusCode], ['ERROR_OCCURRED', '3303']);
      if (mode !== 'credit') return {};
      return { creditedOnly: ['25'], payeeExceptions: ['CORE_CREDITED_HUB_ABORTED'], payeeStaysOpen: true };
    },
  },
];

/** The price is accepted when somebody whom the transfer needs is gone. */
async function acceptWithout(gone: Pick<Listener, 'pause'>, payer: Side): Promise<string> {
  const id = await beginPayment(payer, { autoAccept: false });
  await reached(payer, id, 'WAITING_FOR_QUOTE_ACCEPTANCE');
  await gone.pause();
  await answerOffer(payer, id, true);
  return id;
}

function payeeDfsp({ scheme, payee }: RunningScheme): SchemeDfsp {
  return scheme.dfsp(payee.fspId);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  committed,
  partyAnswers,
  paymentRequest,
  quoteAnswers,
  transferFails,
} from '@payment-manager/mojaloop-connector/test-payer-scenes';
import { makeWorld, settled, type World } from '@payment-manager/mojaloop-connector/test-world';
import { inProcessPayments } from './in-process-payments.ts';
import type { Payments, Seen } from './payments.ts';

interface Scene {
  readonly world: World;
  readonly payments: Payments;
  readonly offered: Extract<Seen, { kind: 'offered' }>;
}

/** A payment whose price is on offer, whatever may be accepted without asking. */
async function offer(settings: Parameters<typeof makeWorld>[0] = { autoAcceptParty: true }): Promise<Scene> {
  const world = await makeWorld(settings);
  const payments = inProcessPayments(world.connector.payer, world.time);
  const starting = payments.start({ key: 'send-1', request: paymentRequest() }, 60_000);
  await world.time.advance(0);
  await partyAnswers(world);
  await world.time.advance(0);
  await quoteAnswers(world);
  const offered = await settled(world, starting);
  assert.ok(offered.kind === 'offered', JSON.stringify(offered));
  return { world, payments, offered };
}

test('the price is offered with its payee, also where this process accepts party and price by itself', async () => {
  for (const settings of [
    { autoAcceptParty: true },
    { autoAcceptParty: true, autoAcceptQuote: true, maxAutoAcceptFee: { USD: { absolute: '1000' } } },
  ]) {
    const { world, offered } = await offer(settings);
    const { transferAmount, currency, payee } = offered.offer;
    assert.deepEqual([transferAmount, currency, payee.displayName, payee.fspId], ['100', 'USD', 'Payee', 'them']);
    assert.deepEqual(world.messages('POST', '/transfers'), []);
  }
});

test('begun again under its key it is the same payment; accepted five times it is prepared once, and its end is watched', async () => {
  const { world, payments, offered } = await offer();
  const { transferId } = offered;
  const again = await settled(world, payments.start({ key: 'send-1', request: paymentRequest() }, 60_000));
  assert.deepEqual(again, offered);
  const accepting = Promise.all([1, 2, 3, 4, 5].map(() => payments.accept(transferId, offered.offer, Number.POSITIVE_INFINITY)));
  await world.time.advance(0);
  assert.equal(world.messages('POST', '/transfers').length, 1);
  assert.equal((await settled(world, payments.watch(transferId, 0))).kind, 'open');
  // what was accepted goes on, whoever refuses it
  const refusing = payments.reject(transferId);
  await world.time.advance(0);
  await committed(world, transferId);
  assert.deepEqual(new Set((await settled(world, accepting)).map(({ kind }) => kind)), new Set(['committed']));
  assert.equal((await settled(world, refusing)).kind, 'committed');
  assert.deepEqual(await settled(world, payments.watch(transferId, 0)), { kind: 'committed', transferId });
});

test('another offer is not accepted; what is refused has ended', async () => {
  const { world, payments, offered } = await offer();
  const { transferId } = offered;
  const other = await settled(world, payments.accept(transferId, { ...offered.offer, transferAmount: '99' }, Number.POSITIVE_INFINITY));
  assert.equal(other.kind, 'not-committed');
  assert.deepEqual(world.messages('POST', '/transfers'), []);
  assert.equal((await settled(world, payments.accept(transferId, offered.offer, Number.POSITIVE_INFINITY))).kind, 'not-committed');
});

test('a failure is one only when it is certain, and says why', async () => {
  const { world, payments, offered } = await offer();
  const { transferId } = offered;
  const accepting = payments.accept(transferId, offered.offer, Number.POSITIVE_INFINITY);
  await world.time.advance(0);
  await transferFails(world, transferId, '5105', 'them');
  const failed = await settled(world, accepting);
  assert.deepEqual([failed.kind, failed.kind === 'not-committed' && failed.code], ['not-committed', '5105']);
  assert.equal(
    (await settled(world, payments.watch('00000000-0000-4000-8000-00000000dead', 0))).kind,
    'no-answer',
    'what is not known is no end',
  );
});

test('the same id with other content was begun by something else: this payment is not', async () => {
  const { world, payments } = await offer();
  const other = await settled(world, payments.start({ key: 'send-2', request: paymentRequest({ amount: '7' }) }, 60_000));
  assert.equal(other.kind, 'not-committed');
});

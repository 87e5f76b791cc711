import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCorrelationId } from '@payment-manager/fspiop';
import { opened, paymentOf, paymentRequest, quoted } from '../../test/payer-scenes.ts';
import { makeWorld, settled } from '../../test/world.ts';
import { transferIdOf } from './payments.ts';

const key = Buffer.alloc(32, 1);

test('a transferId is a UUID that every release takes, and another one for each key, id and attempt', () => {
  const ids = [
    transferIdOf(key, 'home-1', 1),
    transferIdOf(key, 'home-1', 2),
    transferIdOf(key, 'home-11', 1),
    transferIdOf(Buffer.alloc(32, 2), 'home-1', 1),
  ];
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(isCorrelationId(id));
  }
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(transferIdOf(key, 'home-1', 1), ids[0]);
});

test('an empty journal with the same key makes the same transferId again, so that the hub knows what we have forgotten', async () => {
  const { transferId } = await opened(await makeWorld());
  assert.equal((await opened(await makeWorld({}, { seed: 99 }))).transferId, transferId);
  const another = await opened(await makeWorld({ deduplicateHomeTransactionId: false }, { seed: 99 }));
  assert.notEqual(another.transferId, transferId, 'where repeats are not looked for, a constant homeTransactionId must not be one payment');
});

test('the Idempotency-Key outranks the homeTransactionId, also where the new payment would have an id that is there', async () => {
  const world = await makeWorld();
  await quoted(world, { homeTransactionId: 'home-a' });
  const keyed = world.connector.payer.start({ request: paymentRequest({ homeTransactionId: 'home-b' }), idempotencyKey: 'k' });
  await world.time.advance(0);
  void keyed;
  for (const restarted of [false, true]) {
    if (restarted) await world.crash();
    const other = { request: paymentRequest({ homeTransactionId: 'home-a' }), idempotencyKey: 'k' };
    assert.equal((await settled(world, world.connector.payer.start(other))).kind, 'conflict');
  }
});

test('two requests with one homeTransactionId and two keys at once are one payment', async () => {
  const world = await makeWorld();
  const starting = ['k1', 'k2', undefined].map((idempotencyKey) =>
    world.connector.payer.start({ request: paymentRequest(), ...(idempotencyKey !== undefined && { idempotencyKey }) }),
  );
  await world.time.advance(0);
  assert.equal(world.messages('GET', '/parties/MSISDN/222').length, 1);
  await world.time.advance(15_000);
  const ids = new Set((await Promise.all(starting)).map((answer) => paymentOf(answer).transferId));
  assert.equal(ids.size, 1);
});

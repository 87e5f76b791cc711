import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, told } from '../../test/payee-scenes.ts';
import { makeWorld, notificationsOf, type World } from '../../test/world.ts';

// With transfers 1.0 a reserving core is told COMMITTED before the hub learns the fulfilment. A transfer expires after 30 s; the skew is 2 s.

const TOO_LATE_MS = 28_000;
const old = { version: '1.0' } as const;
const notified = (world: World) => notificationsOf(world.calls).map((call) => call.notification.transferState);
const codes = async (world: World) => (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code);
const down = { kind: 'not-sent', refusal: { code: '2003', description: 'down' }, reason: 'down' } as const;
const refused = { kind: 'rejected', refusal: { code: '5105', description: 'no' } } as const;
const reset = { kind: 'unknown', reason: 'reset' } as const;

test('commit-first: a core that could not be reached is not told COMMITTED for the first time when its time is over; it is released', async () => {
  for (const outcome of [down, refused]) {
    const world = await makeWorld();
    world.core.notify = ({ transferState }) => (transferState === 'COMMITTED' ? outcome : { kind: 'ok', value: {} });
    const { id } = await fulfilled(world, old);
    await world.time.advance(TOO_LATE_MS);
    const before = notified(world).length;
    assert.ok(before > 1);
    // it is back, and must not book now
    world.core.notify = () => ({ kind: 'ok', value: {} });
    await world.time.advance(60_000);
    assert.equal(notified(world).length, before);
    assert.deepEqual(told(world, id), []);
    assert.ok(world.messages('GET', `/transfers/${id}`).length > 0, 'the hub is asked');
    await hubSays(world, id, '3303');
    assert.deepEqual(notified(world).slice(before), ['ABORTED']);
    assert.deepEqual(await codes(world), []);
  }
});

test('commit-first: a core that may have booked is told nothing more when its time is over: hub asked, and an exception', async () => {
  const world = await makeWorld();
  world.core.notify = (_notification, nth) => (nth === 1 ? reset : down);
  const { id } = await fulfilled(world, old);
  await world.time.advance(TOO_LATE_MS);
  const before = notified(world).length;
  world.core.notify = () => ({ kind: 'ok', value: {} });
  await world.time.advance(10_000);
  assert.deepEqual([notified(world).length, told(world, id)], [before, []]);
  assert.deepEqual(await codes(world), ['CORE_OUTCOME_UNKNOWN']);
  assert.ok(world.messages('GET', `/transfers/${id}`).length > 0);
  await hubSays(world, id, '3303');
  await world.time.advance(60_000);
  assert.deepEqual(await codes(world), ['CORE_MAY_HAVE_CREDITED']);
  assert.equal(notified(world).length, before, 'a core that was told COMMITTED is not told the contrary');
});

test('commit-first: where the core can be asked, it is: booked too late is an exception that says so', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.notify = () => reset;
  let booked = false;
  world.core.ask = () => ({ kind: 'ok', value: { transferState: booked ? 'COMMITTED' : 'RESERVED' } });
  await fulfilled(world, old);
  await world.time.advance(TOO_LATE_MS + 5_000);
  assert.deepEqual(await codes(world), ['CORE_OUTCOME_UNKNOWN']);
  booked = true;
  await world.time.advance(60_000);
  assert.deepEqual(await codes(world), ['CORE_CREDITED_TOO_LATE']);
});

test('commit-first: after a restart nobody knows whether the process before has told it', async () => {
  for (const notificationRepeatable of [true, false]) {
    const world = await makeWorld({ core: { notificationRepeatable } });
    world.core.notify = (_notification, nth) => (nth === 1 ? new Promise(() => {}) : down);
    await fulfilled(world, old);
    await world.crash();
    await world.time.advance(TOO_LATE_MS + 1_000);
    assert.deepEqual(await codes(world), ['CORE_OUTCOME_UNKNOWN'], String(notificationRepeatable));
  }
});

test('commit-first: down for longer than its time: the process that is back tells it nothing', async () => {
  const world = await makeWorld();
  world.core.notify = (_notification, nth) => (nth === 1 ? down : { kind: 'ok', value: {} });
  world.core.transfer = () => ({ kind: 'ok', value: { homeTransactionId: 'home-1' } });
  const { id } = await fulfilled(world, old);
  assert.deepEqual(notified(world), ['COMMITTED']);
  world.time.jumpWallClock(TOO_LATE_MS);
  await world.crash();
  await world.time.advance(3_000);
  assert.deepEqual([notified(world), told(world, id)], [['COMMITTED'], []]);
});

test('commit-first: a core that books in time is answered COMMITTED, after attempts that did not reach it, too', async () => {
  const world = await makeWorld();
  world.core.notify = (_notification, nth) => (nth < 4 ? down : { kind: 'ok', value: {} });
  const { id } = await fulfilled(world, old);
  await world.time.advance(20_000);
  assert.deepEqual(told(world, id), ['COMMITTED']);
  assert.deepEqual(await codes(world), []);
});

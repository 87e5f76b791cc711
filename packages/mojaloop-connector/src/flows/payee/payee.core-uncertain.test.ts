import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, told } from '../../../test/payee-scenes.ts';
import { makeWorld, notificationsOf, transfersOf, type World } from '../../../test/world.ts';

const notified = (world: World) => notificationsOf(world.calls).map((call) => call.notification.transferState);
const codes = async (world: World) => (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code);

test('payee: a call that a dead process may have made is not refused because no time is left to repeat it', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true, transferAskable: true } });
  // the core reserves, and the process is dead before it hears so, and for longer than the call may take
  world.core.transfer = () => new Promise(() => {});
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  const { id } = await fulfilled(world);
  await world.time.advance(29_000);
  await world.crash();
  await world.time.advance(2_000);
  assert.deepEqual(told(world, id), []);
  await hubSays(world, id, '3303');
  assert.deepEqual(notified(world), ['ABORTED']);
  assert.deepEqual(await codes(world), []);
});

test('payee: a repeat that was not sent proves nothing about the call before it', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true } });
  world.core.transfer = (_request, nth) =>
    nth === 1
      ? { kind: 'unknown', reason: 'reset' }
      : { kind: 'not-sent', refusal: { code: '2003', description: 'down' }, reason: 'connection refused' };
  const { id } = await fulfilled(world);
  await world.time.advance(29_000);
  assert.deepEqual(told(world, id), []);
  await hubSays(world, id, '3303');
  await world.time.advance(60_000);
  assert.deepEqual(notified(world), ['ABORTED']);
});

test('payee: a core that says three times that it does not know the aborted transfer holds nothing of it', async () => {
  const world = await makeWorld();
  world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
  world.core.notify = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'Transfer ID not found' } });
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3303');
  await world.time.advance(600_000);
  assert.deepEqual(notified(world), ['ABORTED', 'ABORTED', 'ABORTED']);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(await world.journal.openRecords(10), []);
  assert.deepEqual(await world.connector.alarms({ limit: 10 }), []);
});

test('payee: a core that took a transfer and does not know it at its end is told again, and an operator hears of it', async () => {
  const world = await makeWorld();
  world.core.notify = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'Transfer ID not found' } });
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3303');
  await world.time.advance(600_000);
  assert.ok(notified(world).length >= 5);
  assert.equal((await world.connector.alarms({ limit: 10 }))[0]?.code, 'CORE_NOT_TOLD');
});

test('payee: the hub aborts during the call, then its outcome is unknown, and the core is told of COMMITTED alone: a person sees it', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true, notificationReadsState: false } });
  const call = Promise.withResolvers<{ kind: 'unknown'; reason: string }>();
  world.core.transfer = () => call.promise;
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3303');
  call.resolve({ kind: 'unknown', reason: 'reset' });
  await world.time.advance(60_000);
  assert.deepEqual(notified(world), []);
  assert.deepEqual(await codes(world), ['CORE_OUTCOME_UNKNOWN']);
});

test('payee: transfers 1.0: a core that has not taken COMMITTED when the hub aborts is not told COMMITTED any more', async () => {
  const world = await makeWorld();
  world.core.notify = () => ({ kind: 'not-sent', refusal: { code: '2003', description: 'down' }, reason: 'connection refused' });
  const { id } = await fulfilled(world, { version: '1.0' });
  await world.time.advance(40_000);
  await hubSays(world, id, '3303');
  const before = notified(world).length;
  assert.ok(before > 0);
  await world.time.advance(600_000);
  assert.equal(notified(world).length, before);
  assert.deepEqual(await codes(world), ['CORE_CREDITED_HUB_ABORTED']);
});

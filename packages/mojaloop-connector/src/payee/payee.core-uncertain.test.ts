import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, told } from '../../test/payee-scenes.ts';
import { makeWorld, notificationsOf, transfersOf, type World } from '../../test/world.ts';

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

test('payee: a core at which it goes on is asked on, and it makes no exception of its own', async () => {
  for (const [says, expected] of [
    ['PENDING', []],
    ['RECEIVED', ['CORE_OUTCOME_UNKNOWN']],
  ] as const) {
    const world = await makeWorld({ core: { transferAskable: true } });
    let asked = 0;
    world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
    world.core.ask = () => {
      asked++;
      return { kind: 'ok', value: { transferState: asked < 9 ? says : 'RESERVED' } };
    };
    const { id } = await fulfilled(world);
    await world.time.advance(60_000);
    assert.ok(asked > 4, `${asked}`);
    // what the hub does not say is another exception
    assert.deepEqual(
      (await codes(world)).filter((code) => code.startsWith('CORE')),
      expected,
    );
    await hubSays(world, id, '3303');
    await world.time.advance(1_200_000);
    assert.deepEqual(notified(world), ['ABORTED']);
    assert.deepEqual(await codes(world), []);
  }
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
  await world.time.advance(5_000);
  await hubSays(world, id, '3303');
  const before = notified(world).length;
  assert.ok(before > 0);
  await world.time.advance(600_000);
  assert.equal(notified(world).length, before);
  assert.deepEqual(await codes(world), ['CORE_MAY_HAVE_CREDITED']);
});

/** A payee whose core never answers the call, and does not know the transfer when it is asked: 15 s for the call, 5 s of quiet time. */
async function coreWithoutAnswer() {
  const world = await makeWorld({ core: { transferAskable: true } });
  const call = Promise.withResolvers<{ kind: 'unknown'; reason: string }>();
  world.core.transfer = () => call.promise;
  world.core.ask = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true });
  const { id } = await fulfilled(world);
  const callEnds = () => call.resolve({ kind: 'unknown', reason: 'time-out' });
  return { world, id, callEnds };
}

test('payee: a clock that is set forward does not make the core quiet any sooner', async () => {
  for (const whenMs of [15_000, 16_000, 19_000]) {
    const { world, id, callEnds } = await coreWithoutAnswer();
    await world.time.advance(15_000);
    callEnds();
    await world.time.advance(whenMs - 15_000);
    world.time.jumpWallClock(20_000);
    await world.time.advance(19_900 - whenMs);
    assert.deepEqual(told(world, id), [], `set at ${whenMs} ms`);
    await world.time.advance(200);
    assert.deepEqual(told(world, id), ['error 2001']);
  }
});

test('payee: nor one that is set forward during the call: then it may have all of its time from its end on', async () => {
  const { world, id, callEnds } = await coreWithoutAnswer();
  await world.time.advance(5_000);
  world.time.jumpWallClock(20_000);
  await world.time.advance(10_000);
  callEnds();
  await world.time.advance(19_900);
  assert.deepEqual(told(world, id), []);
  await world.time.advance(200);
  assert.deepEqual(told(world, id), ['error 2001']);
});

test('payee: a question that was asked before the quiet time is not proof when its answer comes after it', async () => {
  const { world, id, callEnds } = await coreWithoutAnswer();
  const early = Promise.withResolvers<{ kind: 'rejected'; refusal: { code: string; description: string }; notFound: true }>();
  const { ask } = world.core;
  let asked = 0;
  world.core.ask = (transferId) => (++asked === 1 ? early.promise : ask(transferId));
  await world.time.advance(15_000);
  callEnds();
  await world.time.advance(1_000);
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  await world.time.advance(3_900);
  assert.equal(asked, 1);
  await world.time.advance(200);
  early.resolve({ kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true });
  await world.time.advance(0);
  assert.deepEqual(told(world, id), ['RESERVED']);
});

// ---- a refusal of a repeat

const refusedWith = (code: string) => ({ kind: 'rejected', refusal: { code, description: 'no' } }) as const;
const gateway = { kind: 'rejected', refusal: { code: '5105', description: 'no' }, uncoded: true } as const;
const reset = { kind: 'unknown', reason: 'reset' } as const;

test('payee: a repeat that a gateway refuses without a code says nothing about the call before it', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true, repeatKeepsRefusals: true } });
  world.core.transfer = (_request, nth) => (nth === 1 ? reset : gateway);
  const { id } = await fulfilled(world);
  await world.time.advance(29_000);
  assert.deepEqual(told(world, id), []);
  assert.ok(transfersOf(world.calls).length > 2, 'it is called again while there is time');
  await hubSays(world, id, '3303');
  await world.time.advance(60_000);
  assert.deepEqual(notified(world), ['ABORTED'], 'what it may hold is released');
});

test('payee: a repeat that is refused with a code is a refusal only of a core that keeps its refusals, and never with 3106', async () => {
  for (const [keeps, code, expected] of [
    [false, '5104', []],
    [true, '5104', ['error 5104']],
    [true, '3106', []],
  ] as const) {
    const world = await makeWorld({ core: { transferRepeatable: true, repeatKeepsRefusals: keeps } });
    world.core.transfer = (_request, nth) => (nth === 1 ? reset : refusedWith(code));
    const { id } = await fulfilled(world);
    await world.time.advance(5_000);
    assert.deepEqual(told(world, id), expected, `${keeps} ${code}`);
    assert.equal(transfersOf(world.calls).length, 2);
  }
});

test('payee: a core that refuses a repeat with a code is asked, where it can be', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true, transferAskable: true, repeatKeepsRefusals: true } });
  world.core.transfer = (_request, nth) => (nth === 1 ? reset : refusedWith('5104'));
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  const { id } = await fulfilled(world);
  await world.time.advance(5_000);
  assert.deepEqual(told(world, id), ['RESERVED']);
});

test('payee: the same after a restart: the call that is made again may have been executed by the process before', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true } });
  world.core.transfer = (_request, nth) => (nth === 1 ? new Promise(() => {}) : refusedWith('5104'));
  const { id } = await fulfilled(world);
  await world.crash();
  await world.time.advance(5_000);
  assert.equal(transfersOf(world.calls).length, 2);
  assert.deepEqual(told(world, id), []);
});

test('payee: a first call that is refused is refused, with a code or without', async () => {
  for (const outcome of [gateway, refusedWith('5105')]) {
    const world = await makeWorld({ core: { transferRepeatable: true } });
    world.core.transfer = () => outcome;
    const { id } = await fulfilled(world);
    assert.deepEqual(told(world, id), ['error 5105']);
  }
});

test('payee: a clock that is set forward while the process is down does not shorten the core’s quiet time', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.transfer = () => reset;
  world.core.ask = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true });
  const { id } = await fulfilled(world);
  await world.time.advance(1_000);
  world.time.jumpWallClock(20_000);
  await world.crash();
  // the call may take until its deadline, 15 s, and the core is quiet 5 s later: all of it again after the restart
  await world.time.advance(19_500);
  assert.deepEqual(told(world, id), []);
  await world.time.advance(1_000);
  assert.deepEqual(told(world, id), ['error 2001']);
});

test('payee: a quiet time whose end is stored does not begin again after a restart', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.transfer = () => reset;
  let knows = false;
  world.core.ask = () =>
    knows
      ? { kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true }
      : { kind: 'failed', refusal: { code: '2001', description: 'no' }, reason: 'no' };
  const { id } = await fulfilled(world);
  await world.time.advance(20_500);
  knows = true;
  await world.crash();
  await world.time.advance(8_000);
  assert.deepEqual(told(world, id), ['error 2001']);
});

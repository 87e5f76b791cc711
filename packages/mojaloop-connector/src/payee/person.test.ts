import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, hubSays, patch, told } from '../../test/payee-scenes.ts';
import { allowed, exceptionCodes, person } from '../../test/person-scenes.ts';
import { makeWorld, notificationsOf, transfersOf, type World } from '../../test/world.ts';

const settle = (as: 'COMMITTED' | 'ABORTED') => ({ action: 'settle', as }) as const;
const resend = (confirmed: boolean) => ({ action: 'resend-outcome', confirmed }) as const;
const notified = (world: World) => notificationsOf(world.calls).map((call) => call.notification.transferState);

/** A RESERVED of which the hub never told the outcome. */
async function exceptional(world: World): Promise<string> {
  const { id } = await fulfilled(world);
  await world.time.advance(90_000);
  assert.deepEqual(await exceptionCodes(world), ['OUTCOME_UNKNOWN']);
  return id;
}

test('payee: before the transfer has expired nothing is settled; a refused transfer offers the question to the hub alone', async () => {
  const world = await makeWorld();
  world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
  const { id } = await fulfilled(world);
  assert.deepEqual(await exceptionCodes(world), ['CORE_OUTCOME_UNKNOWN']);
  assert.deepEqual(await allowed(world, id), ['ask-hub']);
  assert.equal((await person(world, id, settle('ABORTED'))).kind, 'not-allowed');
  await world.time.advance(32_000);
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'settle ABORTED']);
  world.core.transfer = () => ({ kind: 'rejected', refusal: { code: '5104', description: 'no' } });
  const refused = await fulfilled(world);
  assert.deepEqual(await allowed(world, refused.id), ['ask-hub']);
});

test('payee: a person’s question to the hub goes out at once; the answer is told to the core', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  const before = world.messages('GET', `/transfers/${id}`).length;
  const asking = world.connector.desk.resolve({ id, act: { action: 'ask-hub' }, reason: 'hub is back', by: 'Ada' });
  await world.time.advance(0);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, before + 1);
  await patch(world, id, 'COMMITTED');
  const answer = await asking;
  assert.equal(answer.kind === 'done' && answer.detail.payment.hub, 'COMMITTED');
  assert.deepEqual(notified(world), ['COMMITTED']);
});

test('payee: settled, it rests: no question, no call, after a restart neither; the hub’s same word is kept and told to nobody', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  await person(world, id, settle('COMMITTED'));
  assert.deepEqual(await exceptionCodes(world), []);
  await world.crash();
  const asked = world.messages('GET', `/transfers/${id}`).length;
  await world.time.advance(3_600_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, asked);
  await patch(world, id, 'COMMITTED');
  assert.equal((await world.connector.desk.exception(id))?.payment.hub, 'COMMITTED');
  assert.deepEqual(await exceptionCodes(world), []);
  assert.deepEqual(notified(world), []);
});

test('payee: a person’s word is not the hub’s: the payer FSP that asks is not given the fulfilment for it', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  await person(world, id, settle('COMMITTED'));
  await world.receive('GET', `/transfers/${id}`, undefined);
  await world.time.advance(0);
  assert.equal(world.messages('PUT', `/transfers/${id}`).at(-1)?.body.fulfilment, undefined);
});

for (const [as, contrary] of [
  ['COMMITTED', 'ABORTED'],
  ['ABORTED', 'COMMITTED'],
] as const) {
  test(`payee: settled as ${as}, a later ${contrary} of the hub is a contradiction and is told to nobody; it can be settled too`, async () => {
    const world = await makeWorld();
    const id = await exceptional(world);
    await person(world, id, settle(as));
    await patch(world, id, contrary);
    assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
    assert.deepEqual(notified(world), []);
    assert.ok((await allowed(world, id)).includes('settle COMMITTED ABORTED'));
    await person(world, id, settle(contrary));
    await patch(world, id, contrary);
    assert.deepEqual(await exceptionCodes(world), []);
    assert.deepEqual(notified(world), []);
  });
}

test('payee: after a settlement the person may still have the core told, and must confirm it', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  await person(world, id, settle('ABORTED'));
  assert.ok((await allowed(world, id)).includes('resend-outcome ABORTED confirm'));
  assert.equal((await person(world, id, resend(false))).kind, 'not-allowed');
  const answer = await person(world, id, resend(true));
  assert.equal(answer.kind === 'done' && answer.detail.payment.core, 'TOLD_ABORTED');
  assert.deepEqual(notified(world), ['ABORTED']);
  assert.deepEqual(told(world, id), ['RESERVED']);
});

test('payee: two words of the hub, settled as the second: the core, told the first, is told the second only with a confirmation', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'ABORTED');
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'resend-outcome ABORTED', 'settle COMMITTED ABORTED']);
  await person(world, id, settle('COMMITTED'));
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'resend-outcome COMMITTED confirm']);
  await person(world, id, resend(true));
  assert.deepEqual(notified(world), ['ABORTED', 'COMMITTED']);
});

test('payee: the outcome that a non-repeatable core may not have got is told again only with a confirmation; its answer ends the exception', async () => {
  const world = await makeWorld({ core: { notificationRepeatable: false } });
  world.core.notify = (_notification, nth) => (nth === 1 ? { kind: 'unknown', reason: 'reset' } : { kind: 'ok', value: {} });
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(await exceptionCodes(world), ['CORE_NOT_TOLD']);
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'resend-outcome COMMITTED confirm', 'settle COMMITTED']);
  assert.equal((await person(world, id, resend(false))).kind, 'not-allowed');
  await person(world, id, resend(true));
  assert.equal(notificationsOf(world.calls).length, 2);
  // who looked before that has looked at something else
  assert.equal((await person(world, id, { ...resend(true), seen: 'COMMITTED 1' })).kind, 'not-allowed');
  assert.equal(notificationsOf(world.calls).length, 2);
  assert.equal(new Set(notificationsOf(world.calls).map((call) => call.key)).size, 1);
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payee: told again and unknown again, it is an exception again; a crash during the call does not repeat it', async () => {
  const world = await makeWorld({ core: { notificationRepeatable: false } });
  world.core.notify = () => ({ kind: 'unknown', reason: 'reset' });
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  world.core.notify = () => new Promise(() => {});
  void world.connector.desk.resolve({ id, act: resend(true), reason: 'looked', by: 'Ada' });
  await world.time.advance(0);
  assert.equal(notificationsOf(world.calls).length, 2);
  assert.ok(!(await allowed(world, id)).some((action) => action.startsWith('resend')));
  await world.crash();
  await world.time.advance(600_000);
  assert.equal(notificationsOf(world.calls).length, 2);
  assert.deepEqual(await exceptionCodes(world), ['CORE_NOT_TOLD']);
});

test('payee: a repeatable core that is told in long intervals is told now when a person wants it, without a confirmation', async () => {
  const world = await makeWorld();
  world.core.notify = (_notification, nth) => (nth <= 6 ? { kind: 'unknown', reason: '500' } : { kind: 'ok', value: {} });
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  await world.time.advance(40_000);
  assert.equal(notificationsOf(world.calls).length, 6);
  assert.ok((await allowed(world, id)).includes('resend-outcome COMMITTED'));
  const answer = await person(world, id, resend(false));
  assert.equal(answer.kind === 'done' && answer.detail.payment.core, 'TOLD_COMMITTED');
  await world.time.advance(600_000);
  assert.equal(notificationsOf(world.calls).length, 7);
});

test('payee: a core whose handler does not look at the state is never told ABORTED, not even for a person', async () => {
  const world = await makeWorld({ core: { notificationReadsState: false } });
  const id = await exceptional(world);
  await person(world, id, settle('ABORTED'));
  assert.ok(!(await allowed(world, id)).some((action) => action.startsWith('resend')));
  assert.equal((await person(world, id, resend(true))).kind, 'not-allowed');
  assert.deepEqual(notified(world), []);
});

test('payee: credited and aborted: settled only as the hub said', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit', notificationReadsState: false } });
  world.hub = (message) => ({
    kind: 'answer',
    status: message.method === 'PUT' && message.path.startsWith('/transfers/') ? 503 : 202,
    headers: {},
    body: new Uint8Array(),
  });
  const { id } = await fulfilled(world);
  await world.time.advance(33_000);
  await hubSays(world, id, '3303');
  assert.deepEqual(await exceptionCodes(world), ['CORE_CREDITED_HUB_ABORTED']);
  assert.deepEqual(await allowed(world, id), ['ask-hub', 'settle ABORTED']);
  assert.equal((await person(world, id, settle('COMMITTED'))).kind, 'not-allowed');
  await person(world, id, settle('ABORTED'));
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payee: a person asks the core: an unknown call is solved by its answer; elsewhere the answer is only shown', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
  const { id } = await fulfilled(world);
  await world.time.advance(300_000);
  assert.ok((await exceptionCodes(world)).includes('CORE_OUTCOME_UNKNOWN'));
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  const answer = await person(world, id, { action: 'ask-core' });
  assert.equal(answer.kind === 'done' && answer.detail.payment.core, 'RESERVED');
  assert.equal(transfersOf(world.calls).length, 1);
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'ABORTED' } });
  const again = await person(world, id, { action: 'ask-core' });
  assert.equal(again.kind === 'done' && again.detail.payment.core, 'RESERVED');
  assert.ok(again.kind === 'done' && again.detail.known.core.some((fact) => fact.endsWith('it said: aborted')));
});

test('payee: what the core says after a settlement changes nothing and sends nothing', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
  const { id } = await fulfilled(world);
  await world.time.advance(300_000);
  await person(world, id, settle('ABORTED'));
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  await person(world, id, { action: 'ask-core' });
  await hubSays(world, id, '3303');
  await world.time.advance(3_600_000);
  assert.deepEqual(told(world, id), []);
  assert.deepEqual(notified(world), []);
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payee: an outcome that a person settled and the core refuses is not told for ever: the person is told, and it rests', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  await person(world, id, settle('ABORTED'));
  world.core.notify = () => ({ kind: 'rejected', refusal: { code: '5100', description: 'it is booked' } });
  const answer = await person(world, id, resend(true));
  assert.equal(answer.kind, 'done');
  await world.time.advance(3_600_000);
  assert.deepEqual(notified(world), ['ABORTED']);
  await world.crash();
  await world.time.advance(3_600_000);
  assert.deepEqual(notified(world), ['ABORTED'], 'after a restart neither');
});

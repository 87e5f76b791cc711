import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, FULFILMENT, opened, transferFails } from '../../test/payer-scenes.ts';
import { allowed, exceptionCodes, person } from '../../test/person-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';

const settle = (as: 'COMMITTED' | 'ABORTED') => ({ action: 'settle', as }) as const;

/** A payment of which the hub never told the outcome. */
async function exceptional(world: World): Promise<string> {
  const { transferId, answer } = await opened(world);
  await world.time.advance(200_000);
  await answer;
  assert.deepEqual(await exceptionCodes(world), ['OUTCOME_UNKNOWN']);
  return transferId;
}

async function stageOf(world: World, id: string): Promise<string | undefined> {
  const answer = world.connector.payer.resume(id, { acceptQuote: true });
  await world.time.advance(0);
  const payment = await answer;
  return payment?.kind === 'payment' ? payment.payment.stage : undefined;
}

test('payer: a person may ask the hub from the prepare on, and settle an exception; before the expiration nothing is settled', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  assert.deepEqual(await allowed(world, transferId), ['ask-hub']);
  await committed(world, transferId, { fulfilment: Buffer.alloc(32, 9).toString('base64url') });
  assert.deepEqual(await exceptionCodes(world), ['FULFILMENT_WRONG']);
  assert.deepEqual(await allowed(world, transferId), ['ask-hub']);
  assert.equal((await person(world, transferId, settle('ABORTED'))).kind, 'not-allowed');
  await world.time.advance(32_000);
  assert.deepEqual(await allowed(world, transferId), ['ask-hub', 'settle COMMITTED ABORTED']);
});

test('payer: a person’s question goes out at once beside the ladder, and the hub’s answer settles the exception', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  const before = world.messages('GET', `/transfers/${id}`).length;
  const asking = world.connector.desk.resolve({ id, act: { action: 'ask-hub' }, reason: 'hub is back', by: 'Ada' });
  await world.time.advance(0);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, before + 1);
  await committed(world, id);
  await world.time.advance(0);
  const answer = await asking;
  assert.equal(answer.kind === 'done' && answer.detail.payment.hub, 'COMMITTED');
  assert.deepEqual(await exceptionCodes(world), []);
});

test('payer: settled as COMMITTED it is completed, rests, and stays so after a restart; the hub’s same word brings the fulfilment', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  const at = world.time.now();
  const answer = await person(world, id, settle('COMMITTED'));
  assert.deepEqual(answer.kind === 'done' && answer.detail.payment.settled, {
    as: 'COMMITTED',
    at,
    by: 'Ada',
    reason: 'ticket 4711',
  });
  assert.deepEqual(await exceptionCodes(world), []);
  await world.crash();
  const asked = world.messages('GET', `/transfers/${id}`).length;
  await world.time.advance(3_600_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, asked);
  assert.equal(await stageOf(world, id), 'completed');
  await committed(world, id);
  assert.deepEqual(await exceptionCodes(world), []);
  const payment = await world.connector.payer.resume(id, { acceptQuote: true });
  assert.equal(payment?.kind === 'payment' && payment.payment.fulfil?.body.fulfilment, FULFILMENT);
});

test('payer: settled as ABORTED it has failed; the hub’s own error then takes the place of the person’s word', async () => {
  const world = await makeWorld();
  const id = await exceptional(world);
  await person(world, id, settle('ABORTED'));
  assert.equal(await stageOf(world, id), 'failed');
  assert.equal((await world.connector.desk.exception(id))?.payment.hub, 'UNKNOWN');
  await transferFails(world, id, '3303');
  assert.equal((await world.connector.desk.exception(id))?.payment.hub, 'ABORTED');
  assert.deepEqual(await exceptionCodes(world), []);
});

for (const [as, contrary] of [
  ['COMMITTED', 'error 3303'],
  ['ABORTED', 'COMMITTED'],
] as const) {
  test(`payer: settled as ${as}, a later ${contrary} of the hub flips nothing and is a contradiction, which can be settled too`, async () => {
    const world = await makeWorld();
    const id = await exceptional(world);
    await person(world, id, settle(as));
    const contradicts = () => (as === 'COMMITTED' ? transferFails(world, id, '3303') : committed(world, id));
    await contradicts();
    assert.deepEqual(await exceptionCodes(world), ['CONTRADICTION']);
    assert.match((await world.connector.exceptions({ limit: 1 }))[0]?.reason ?? '', new RegExp(`a person resolved it as ${as}`));
    assert.equal(await stageOf(world, id), as === 'COMMITTED' ? 'completed' : 'failed');
    await person(world, id, settle(as));
    assert.deepEqual(await exceptionCodes(world), []);
    await contradicts();
    assert.deepEqual(await exceptionCodes(world), []);
  });
}

test('payer: what a payment without an exception, or an unknown one, is asked to be is refused, and nothing is written', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await committed(world, transferId);
  const length = (await world.journal.load(transferId))?.events.length;
  assert.equal((await person(world, transferId, settle('ABORTED'))).kind, 'not-allowed');
  assert.equal((await person(world, transferId, { action: 'resend-outcome', confirmed: true })).kind, 'not-allowed');
  assert.equal((await world.journal.load(transferId))?.events.length, length);
  assert.equal((await person(world, '00000000-0000-4000-8000-00000000ffff', settle('ABORTED'))).kind, 'missing');
  for (const wrong of [{ reason: ' ' }, { reason: 'x'.repeat(501) }, { by: '' }, { by: 'x'.repeat(101) }])
    await assert.rejects(
      world.connector.desk.resolve({ id: transferId, act: settle('ABORTED'), reason: 'r', by: 'b', ...wrong }),
      RangeError,
    );
});

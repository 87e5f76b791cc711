import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, opened, partyAnswers, paymentOf, paymentRequest, transferFails } from '../../test/payer-scenes.ts';
import { person } from '../../test/person-scenes.ts';
import { lost, makeWorld, settled, taken, type World, within } from '../../test/world.ts';

async function says(world: World, id: string, transferState: 'ABORTED', source = 'switch'): Promise<void> {
  await world.receive('PUT', `/transfers/${id}`, { transferState }, { source });
}

/** What our record has as the hub's word. */
async function hubWord(world: World, id: string): Promise<string | undefined> {
  return (await world.connector.desk.exception(id))?.payment.hub;
}

/** A payment that the payee refused, its time over, whose request the DFSP repeats: the hub is asked. */
async function askedAgain() {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await transferFails(world, transferId, '5104', 'them');
  assert.equal(paymentOf(await settled(world, answer)).stage, 'failed');
  await world.time.advance(40_000);
  const repeated = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 1);
  return { world, transferId, repeated };
}

for (const [who, agrees] of [
  ['the payee that repeats its refusal', (world, id) => transferFails(world, id, '5104', 'them')],
  ['the payee that says ABORTED', (world, id) => says(world, id, 'ABORTED', 'them')],
  ['the hub that has an error about the question', (world, id) => transferFails(world, id, '3100')],
  ['the hub that cannot answer', (world, id) => transferFails(world, id, '2001')],
  ['the hub that knows of other content', (world, id) => transferFails(world, id, '3106')],
  ['a word of the hub from before the question', (world, id) => transferFails(world, id, '5104', 'switch', world.time.now() - 10_000)],
] as readonly (readonly [string, (world: World, id: string) => Promise<void>])[]) {
  test(`payer: ${who} is not agreement that a failed payment is dead: its repeat gets the old answer`, async () => {
    const { world, transferId, repeated } = await askedAgain();
    await agrees(world, transferId);
    assert.equal(paymentOf(await within(world, 11_000, repeated)).transferId, transferId);
    assert.equal(world.messages('GET', '/parties/MSISDN/222').length, 1);
  });
}

for (const [word, agrees] of [
  ['its error', (world, id) => transferFails(world, id, '5104')],
  ['ABORTED', (world, id) => says(world, id, 'ABORTED')],
  ['that it knows no such transfer', (world, id) => transferFails(world, id, '3208')],
] as readonly (readonly [string, (world: World, id: string) => Promise<void>])[]) {
  test(`payer: the hub that answers the question with ${word} agrees, and the repeat is a new attempt`, async () => {
    const { world, transferId, repeated } = await askedAgain();
    await agrees(world, transferId);
    await world.time.advance(0);
    await partyAnswers(world);
    assert.notEqual(paymentOf(await settled(world, repeated)).transferId, transferId);
  });
}

for (const code of ['3000', '3002', '3100', '3101', '3107'] as const) {
  test(`payer: error ${code} of the hub ends an open payment only while no question of ours has left`, async () => {
    const unasked = await makeWorld();
    const first = await opened(unasked);
    await transferFails(unasked, first.transferId, code);
    assert.equal(paymentOf(await settled(unasked, first.answer)).stage, 'failed');

    // asked by the DFSP before the expiration, by a person, by the ladder after it
    for (const ask of [
      async (world: World, id: string) => void world.connector.payer.inquire(id),
      (world: World, id: string) => person(world, id, { action: 'ask-hub' }),
      (world: World) => world.time.advance(33_000),
    ] as const) {
      const world = await makeWorld();
      const { transferId } = await opened(world);
      await ask(world, transferId);
      await world.time.advance(10);
      assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 1);
      await transferFails(world, transferId, code);
      await transferFails(world, transferId, code);
      assert.equal(await hubWord(world, transferId), 'UNKNOWN');
      await world.time.advance(35_000);
      await transferFails(world, transferId, code);
      assert.equal(await hubWord(world, transferId), 'UNKNOWN');
      await committed(world, transferId);
      assert.equal(await hubWord(world, transferId), 'COMMITTED');
      // nor does it contradict what is known by then
      await transferFails(world, transferId, code);
      assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
    }
  });
}

test('payer: the hub that has only errors about our questions is asked on, and the payment is an exception at the end of the ladder', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  world.hub = (message) => {
    if (message.method === 'GET') world.time.after(100, () => void transferFails(world, transferId, '3100'));
    return taken;
  };
  await world.time.advance(120_000);
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, world.settings.ladder.rungs);
  assert.deepEqual(
    (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code),
    ['OUTCOME_UNKNOWN'],
  );
});

test('payer: that the ladder asks is in the journal before the question leaves, whatever the clock says afterwards', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  let known: string[] = [];
  world.hub = async (message) => {
    if (message.method !== 'GET') return taken;
    known = ((await world.journal.load(transferId))?.events ?? []).map((event) => event.type);
    return lost;
  };
  await world.time.advance(33_000);
  assert.ok(known.includes('inquired'), known.join());
});

test('payer: an error about the question does not take the place of what a person said', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await world.time.advance(200_000);
  await person(world, transferId, { action: 'settle', as: 'ABORTED' });
  await transferFails(world, transferId, '3100');
  assert.equal(await hubWord(world, transferId), 'UNKNOWN');
});

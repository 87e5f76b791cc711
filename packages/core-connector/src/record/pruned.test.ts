import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';
import { prunedCore } from './pruned.ts';

async function eventsOf(world: World) {
  return (await world.journal.load('core-payee-T1'))?.events ?? [];
}

test('a record is pruned once its payment has its outcome; then a repeat gets the old answer, and the contrary is excluded', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  assert.equal(prunedCore(await eventsOf(world)), undefined, 'the payment has no outcome yet');
  await world.ask(COMMITTED);
  const events = await eventsOf(world);
  const summary = prunedCore(events);
  assert.ok(summary);
  const [result] =
    (await world.journal.prune?.([{ recordId: 'core-payee-T1', version: events.length, at: world.time.now(), summary }])) ?? [];
  assert.equal(result, 'pruned');
  await world.kill();
  const money = world.core.calls.length;
  for (const operation of ['transfer.prepare', COMMITTED]) {
    const known = await world.ask(operation);
    assert.equal(known?.kind === 'ended' && known.ended.kind, 'reply', operation);
  }
  assert.equal((await world.ask(ABORTED))?.kind, 'excluded');
  assert.equal(world.core.calls.length, money);
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
});

test('a record stays while a person has to look', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  world.core.fault = (call) => (call.startsWith('POST') ? 'refuse' : undefined);
  await world.ask(COMMITTED);
  assert.equal(prunedCore(await eventsOf(world)), undefined);
});

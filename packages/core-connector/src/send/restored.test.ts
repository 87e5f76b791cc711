import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEvent, MemoryJournal } from '@payment-manager/journal';
import { REQUEST, SendWorld } from '../../test/send-world.ts';
import { prunedSend } from './pruned.ts';

/** How far the payment was when the copy was made. */
type Point = 'offered' | 'open' | 'ended';

/** A payment that goes on to its end after a copy was made at some point; the journal is then put back to the copy. */
async function putBackTo(point: Point, outcome: 'committed' | 'not-committed'): Promise<{ world: SendWorld; id: string }> {
  const world = new SendWorld();
  world.scheme.outcome = outcome;
  const { payment } = await world.send({ request: REQUEST });
  const id = payment.transferId ?? '';
  let copy: MemoryJournal = world.journal.copy();
  const decided = world.sends.decide(id, true);
  await world.time.advance(1_000);
  if (point === 'open') copy = world.journal.copy();
  await world.through(decided);
  await world.time.advance(20_000);
  if (point === 'ended') copy = world.journal.copy();
  await world.time.advance(1_000);
  await world.putBack(copy);
  await world.time.advance(600_000);
  return { world, id };
}

for (const point of ['offered', 'open', 'ended'] as const)
  for (const outcome of ['committed', 'not-committed'] as const)
    test(`put back to a copy from when it was ${point}, and it had ${outcome}: the money is where it was, and nothing is told that is not so`, async () => {
      const { world, id } = await putBackTo(point, outcome);
      const taken = outcome === 'committed' ? '100.5' : '0';
      assert.deepEqual(world.core.totals, { held: '0', booked: taken, suspense: '0' });
      assert.deepEqual(world.scheme.heldAtAcceptance, ['100.5'], 'it was accepted once');
      const answer = await world.sends.ask(id);
      assert.ok(answer?.kind === 'payment');
      assert.equal(answer.payment.outcome, outcome);
      const codes = (await world.journal.attention({ label: id, limit: 9 })).map(({ code }) => code);
      // of a hold that the copy does not know a person is told
      assert.deepEqual(codes, point === 'offered' ? ['CORE_EFFECT_STUCK'] : []);
    });

test('what is still on offer when the journal is put back is refused, and held for no more', async () => {
  const world = new SendWorld();
  const { payment } = await world.send({ request: REQUEST });
  await world.time.advance(1_000);
  await world.putBack(world.journal.copy());
  await world.time.advance(10_000);
  assert.equal(world.scheme.calls.at(-1), 'reject');
  const refused = await world.through(world.sends.decide(payment.transferId ?? '', true));
  assert.ok(refused?.kind === 'payment' && refused.payment.outcome === 'not-committed');
  assert.deepEqual(world.scheme.heldAtAcceptance, []);
  const fresh = await world.through(world.sends.send({ request: { ...REQUEST, homeTransactionId: 'home-2' } }));
  assert.equal(fresh?.kind, 'busy', 'nothing new before a person has looked');
});

test('what is left of a payment that was pruned: a repeat gets its old answer, and nothing is begun', async () => {
  const world = new SendWorld();
  const { payment } = await world.send({ request: REQUEST, maxFee: '10' });
  await world.time.advance(10_000);
  const records = await Promise.all([...world.scheme.made.keys()].map((key) => world.journal.load(key)));
  const events = records[0]?.events ?? [];
  const summary = prunedSend(events);
  assert.ok(summary !== undefined);
  assert.doesNotMatch(JSON.stringify(summary), /254700|254711|Thandi/, 'nobody is named');
  for (let count = 1; count < events.length; count++)
    assert.equal(prunedSend(events.slice(0, count) as readonly JournalEvent[]), undefined, `something is left to do after ${count} events`);
  assert.equal(payment.stage, 'completed');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';
import { openAtCore, USED_ID } from './claims.ts';
import { coreClaimsTaken, corePruningSummary } from './in-journal.ts';
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
  const moves = () => world.core.calls.filter((call) => call.startsWith('POST')).length;
  const money = moves();
  for (const operation of ['transfer.prepare', COMMITTED]) {
    const known = await world.ask(operation);
    assert.equal(known?.kind === 'ended' && known.ended.kind, 'reply', operation);
  }
  assert.equal((await world.ask(ABORTED))?.kind, 'excluded');
  // what the account is now is no answer to it, neither to who has the record in memory nor to who has not
  world.core.fault = (call) => (call.startsWith('GET') ? 'refuse' : undefined);
  for (const again of [1, 2]) {
    const known = await world.ask('transfer.prepare');
    assert.equal(known?.kind === 'ended' && known.ended.kind, 'reply', String(again));
    await world.kill();
  }
  assert.equal(moves(), money);
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
});

test('a record stays while a person has to look', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  world.core.fault = (call) => (call.startsWith('POST') ? 'refuse' : undefined);
  await world.ask(COMMITTED);
  assert.equal(prunedCore(await eventsOf(world)), undefined);
});

test('records at the core that are open are known without a connector, once one was used with the journal', async () => {
  const world = new World();
  world.core.fault = (call) => (call.startsWith('POST') ? 'lost-before' : undefined);
  await world.ask('transfer.prepare', { times: 1 });
  assert.deepEqual(await openAtCore(world.journal), [], 'no connector was used with it');
  const used = { type: 'connector-used', at: 0 };
  await world.journal.append({
    recordId: USED_ID,
    kind: USED_ID,
    expectedVersion: 0,
    events: [used],
    open: false,
    attention: [],
    label: USED_ID,
  });
  assert.deepEqual(await openAtCore(world.journal), ['T1']);
});

test('what an export says of a record at the core: its claim, and a summary only of what has ended', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  const record = { kind: 'core', events: await eventsOf(world) };
  assert.deepEqual(coreClaimsTaken(record), [{ kind: 'core', scope: 'payee', value: 'T1' }]);
  assert.equal(corePruningSummary(record), undefined);
  await world.ask(ABORTED);
  assert.ok(corePruningSummary({ kind: 'core', events: await eventsOf(world) }));
  assert.deepEqual([coreClaimsTaken({ ...record, kind: 'payee' }), corePruningSummary({ ...record, kind: 'payee' })], [[], undefined]);
});

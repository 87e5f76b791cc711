import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryJournal } from '@payment-manager/journal';
import { FINALISE } from '../../test/two-phase-connector.ts';
import { ABORTED, COMMITTED, World } from '../../test/world.ts';
import { parseExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import type { CoreRecords, Known } from './core-records.ts';

const INPUT = parseExactJson('{"quote":{"payeeReceiveAmount":"99.50","to":{"idValue":"254711"},"facts":{}},"req":{}}') as ValueObject;

/** A process on the copy, which has replaced the journal. */
async function putBack(world: World, copy: MemoryJournal): Promise<CoreRecords> {
  const restored = await copy.restoredCopy({ sign: 'restore', reason: 'the disk broke', at: world.time.now() });
  const records = world.recordsOn(restored, world.core);
  await records.start();
  return records;
}

async function through(world: World, asked: Promise<Known>): Promise<Known> {
  let over = false;
  const result = asked.finally(() => {
    over = true;
  });
  while (!over) await world.time.advance(100);
  return result;
}

const told = (world: World, records: CoreRecords, operation: string, paymentBegunAt = 0): Promise<Known> =>
  through(
    world,
    records.run({ side: 'payee', transferId: 'T1', operation, input: INPUT, deadline: world.time.now() + 30_000, paymentBegunAt }),
  );

test('a restored journal: what may have been called is settled before it is called anew, and money moves once', async () => {
  const world = new World();
  await world.ask('transfer.prepare');
  const copy = world.journal.copy();
  await world.ask(COMMITTED);
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
  await world.time.advance(1_000);
  const records = await putBack(world, copy);
  const known = await told(world, records, COMMITTED);
  assert.equal(known.kind === 'ended' && known.ended.kind, 'reply');
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
  const state = await records.state('payee', 'T1');
  assert.equal(state?.effects['payee-capture']?.attempt, 2, 'the first call is one that may have been made, and was not made');
  assert.equal(state?.effects['payee-capture']?.firstStartedAt, state?.operations['transfer.prepare']?.begunAt);
});

test('a restored journal: a refusal of what may have been called before is no reason for a suspense posting where refusals are not kept', async () => {
  const finalise = FINALISE.replace(
    '    settle: { key: { keepsRefusals: "true", keptFor: 24h } }\n    instead: payee-suspense',
    `    settle:
      key: { keepsRefusals: "false", keptFor: 24h }
      ask:
        call: { get: "/holds/{key}", path: { key: "=key" } }
        found: =body.id
        account: =body.account = "A1"
        kind: =body.kind = "CAPTURE"
        amount: =body.amount
        absent: =status = 404
        quiet: 60s
    instead: payee-suspense`,
  );
  assert.notEqual(finalise, FINALISE);
  const world = new World({ finalise });
  await world.ask('transfer.prepare');
  const copy = world.journal.copy();
  await world.ask(COMMITTED);
  await world.time.advance(1_000);
  // the core has forgotten the key, and says that nothing is held
  world.core.forgetKeys();
  world.core.fault = (call) => (call.endsWith('/capture') ? 'refuse' : undefined);
  const records = await putBack(world, copy);
  const known = await told(world, records, COMMITTED);
  assert.equal(known.kind, 'pending');
  assert.equal(world.core.suspense.size, 0);
});

test('a restored journal that has forgotten the payment: its outcome is nothing that is believed to be done, a person looks', async () => {
  const world = new World();
  const begunAt = world.time.now();
  const empty = world.journal.copy();
  await world.ask('transfer.prepare');
  await world.time.advance(1_000);
  const records = await putBack(world, empty);
  const known = await told(world, records, ABORTED, begunAt);
  assert.equal(known.kind, 'stuck');
  assert.deepEqual(world.core.totals, { held: '99.5', booked: '0', suspense: '0' });
  // of a payment that began after it, that there is no record says that nothing was taken
  const later = await told(world, world.recordsOn(empty, world.core), ABORTED, world.time.now());
  assert.equal(later.kind === 'ended' && later.ended.kind, 'reply');
});

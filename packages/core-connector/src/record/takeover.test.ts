import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Journal, type ReplicaDoor, type StoredRecord, versionOf } from '@payment-manager/journal';
import { World } from '../../test/world.ts';
import { parseExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import type { CoreRecords } from './core-records.ts';
import type { BackEnds } from './walk.ts';

const INPUT = parseExactJson('{"quote":{"payeeReceiveAmount":"99.50","to":{"idValue":"254711"},"facts":{}},"req":{}}') as ValueObject;

/** Replicas on one journal: who appended an event owns what it created, until another takes it over. */
class Replicas {
  readonly world = new World();
  readonly owners: string[] = [];

  replica(self: string, backEnds: BackEnds): CoreRecords {
    const door: ReplicaDoor = {
      self,
      alive: () => true,
      takeOver: async () => [],
      findByTopic: async () => [],
      onChanged: () => () => {},
      mail: { post: async () => false, collect: async () => [], onPosted: () => () => {} },
    };
    const store = this.world.journal;
    const journal: Journal = {
      ...store,
      replica: door,
      load: async (id) => this.owned(await store.load(id)),
      append: async (append) => {
        const result = await store.append(append);
        if (result.kind === 'appended') this.owners.push(...append.events.map(() => self));
        return result;
      },
    };
    return this.world.recordsOn(journal, backEnds);
  }

  owned(record: StoredRecord | undefined): StoredRecord | undefined {
    return record && { ...record, owners: this.owners.slice(0, versionOf(record)) };
  }
}

test('a replica that takes over finds a call that was begun, settles it, and the money is held once', async () => {
  const replicas = new Replicas();
  const { world } = replicas;
  const { core, time } = world;
  const halted = Promise.withResolvers<void>();
  // the first replica stands still in the middle of its call: the core has executed it
  const first = replicas.replica('a', {
    call: async (request, deadline, purpose) => {
      const answer = await core.call(request, deadline, purpose);
      if (purpose === 'money') await halted.promise;
      return answer;
    },
  });
  const asked = { side: 'payee', transferId: 'T1', operation: 'transfer.prepare', input: INPUT, deadline: time.now() + 30_000 } as const;
  void first.run(asked);
  await time.advance(1_000);
  assert.equal(core.totals.held, '99.5');
  // while the first one owns it, another begins nothing
  const second = replicas.replica('b', core);
  const joined = second.run(asked);
  await time.advance(1_000);
  const money = (): number => core.calls.filter((call) => call.startsWith('POST')).length;
  assert.equal(money(), 1);
  // its lease is over
  replicas.owners.fill('b');
  const record = replicas.owned(await world.journal.load('core-payee-T1'));
  assert.ok(record);
  assert.equal(second.adopt(record), true);
  await time.advance(5_000);
  const known = await joined;
  assert.equal(known.kind === 'ended' && known.ended.kind, 'reply');
  assert.equal(money(), 2, 'repeated under its key');
  // the first one comes to itself: what it has heard is nobody's news any more
  halted.resolve();
  await time.advance(60_000);
  assert.equal(core.holds.length, 1);
  const types = (await world.journal.load('core-payee-T1'))?.events.map(({ type }) => type);
  assert.deepEqual(types, [
    ...['operation-begun', 'effect-started', 'effect-unknown', 'effect-started', 'effect-ended', 'operation-ended'],
  ]);
});

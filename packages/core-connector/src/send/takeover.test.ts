import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Journal, type ReplicaDoor, type StoredRecord, versionOf } from '@payment-manager/journal';
import { REQUEST, SendWorld } from '../../test/send-world.ts';
import type { Payments } from './payments.ts';

/** Replicas on one journal: who appended an event owns what follows from it, until another takes it over. */
class Replicas {
  readonly world = new SendWorld();
  readonly #owners = new Map<string, string[]>();

  replica(self: string, payments: Payments): SendWorld['life'] {
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
      load: async (id) => this.#owned(await store.load(id)),
      append: async (append) => {
        const result = await store.append(append);
        const owners = this.#owners.get(append.recordId) ?? [];
        if (result.kind === 'appended') this.#owners.set(append.recordId, [...owners, ...append.events.map(() => self)]);
        return result;
      },
    };
    return { ...this.world.process(journal, this.world.core, payments), mark: { dead: false } };
  }

  /** The leases of all others are over: their open records are this one's. */
  async takeOver(self: string): Promise<readonly StoredRecord[]> {
    for (const owners of this.#owners.values()) owners.fill(self);
    return (await this.world.journal.openRecords(100)).flatMap((record) => this.#owned(record) ?? []);
  }

  #owned(record: StoredRecord | undefined): StoredRecord | undefined {
    return record && { ...record, owners: (this.#owners.get(record.recordId) ?? []).slice(0, versionOf(record)) };
  }
}

/** The calls of a scheme, of which one stands still once it was done, until it is let go. */
function halting(payments: Payments, call: 'start' | 'accept' | 'watch', until: Promise<void>): Payments {
  return {
    ...payments,
    tellsPersons: true,
    start: (...given) => payments.start(...given),
    accept: (...given) => payments.accept(...given),
    reject: (...given) => payments.reject(...given),
    ask: (...given) => payments.ask(...given),
    watch: (...given) => payments.watch(...given),
    [call]: async (...given: never[]) => {
      const answer = await (payments[call] as (...all: never[]) => Promise<unknown>).apply(payments, given);
      await until;
      return answer;
    },
  };
}

for (const call of ['start', 'accept', 'watch'] as const)
  test(`a replica that stands still after ${call} is taken over: the payment ends once, and what the first one hears later is no news`, async () => {
    const replicas = new Replicas();
    const { world } = replicas;
    const halted = Promise.withResolvers<void>();
    const first = replicas.replica('a', halting(world.scheme, call, halted.promise));
    const second = replicas.replica('b', world.scheme);
    void first.sends.send({ request: REQUEST, maxFee: '10' });
    await world.time.advance(5_000);
    const before = world.scheme.calls.length;
    // while the first one owns it, another begins nothing; who asks there joins
    const joined = second.sends.send({ request: REQUEST, maxFee: '10' });
    await world.time.advance(5_000);
    assert.equal(world.scheme.calls.length, before);
    for (const record of await replicas.takeOver('b')) assert.ok(second.records.adopt(record) || second.sends.adopt(record));
    await world.time.advance(60_000);
    const answer = await world.through(joined);
    assert.ok(answer?.kind === 'payment');
    halted.resolve();
    await world.time.advance(60_000);
    const after = await world.through(second.sends.ask(answer.payment.transferId ?? ''));
    assert.ok(after?.kind === 'payment');
    assert.deepEqual([after.payment.stage, after.payment.hold], ['completed', 'captured']);
    assert.deepEqual(world.scheme.heldAtAcceptance, ['100.5']);
    assert.deepEqual(world.core.totals, { held: '0', booked: '100.5', suspense: '0' });
  });

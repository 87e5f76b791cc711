import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAppends, everythingIn } from '../test/any-appends.ts';
import { append, postgresWorld } from '../test/postgres-world.ts';
import { testJournal } from './journal.conformance.ts';
import type { Append, Journal } from './journal.ts';
import { memoryJournal } from './memory-journal.ts';
import { testPruning } from './prune/prune.conformance.ts';

const world = postgresWorld();
const schemaOf = new WeakMap<Journal, string>();

async function openIn(schema: string): Promise<Journal> {
  const journal = await world.open(schema);
  schemaOf.set(journal, schema);
  return journal;
}

testJournal(
  'postgres journal',
  () => openIn(world.newSchema()),
  async (journal) => {
    await journal.close();
    return openIn(schemaOf.get(journal) ?? '');
  },
);

testPruning('postgres journal', () => openIn(world.newSchema()));

test('the postgres journal and the memory journal answer any series of appends alike', async () => {
  await fc.assert(
    fc.asyncProperty(anyAppends, async (series: readonly Append[]) => {
      const [real, model] = [await world.open(world.newSchema()), memoryJournal()];
      try {
        const answers = await Promise.all(series.map((one) => real.append(one)));
        assert.deepEqual(answers, await Promise.all(series.map((one) => model.append(one))));
        assert.deepEqual(await everythingIn(real), await everythingIn(model));
      } finally {
        await real.close();
      }
    }),
    { numRuns: 15 },
  );
});

test('an append that PostgreSQL cannot store fails alone: the rest of its batch is stored', async () => {
  const journal = await world.open(world.newSchema());
  // Longer than an entry of an index may be, and of a kind that cannot be pressed together.
  const value = Array.from({ length: 6_000 }, (_, n) => String.fromCharCode(0x4e00 + ((n * 7_919) % 20_000))).join('');
  const bad = append(value, 0);
  // a claim may have any length
  const long = append('long', 0, { claims: [{ kind: 'transferId', scope: '', value }] });
  const all = [append('a', 0), bad, append('b', 0), long];
  const settled = await Promise.allSettled(all.map((one) => journal.append(one)));
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
  assert.match(String(settled[1]?.status === 'rejected' && settled[1].reason.message), /DATABASE_OPERATION_FAILED/);
  assert.equal(await journal.load(value), undefined);
  assert.equal(await journal.findByClaim({ kind: 'transferId', scope: '', value }), 'long');
  assert.equal((await journal.openRecords(10)).length, 3);
  await journal.close();
});

test('it tells how many questions wait for a connection', async () => {
  const journal = await world.open(world.newSchema(), { readConnections: 1 });
  const waiting = journal.readsWaiting ?? assert.fail();
  assert.equal(waiting(), 0);
  const asked = ['a', 'b', 'c'].map((value) => journal.findByClaim({ kind: 'transferId', scope: '', value }));
  assert.ok(waiting() >= 2, `${waiting()} of three`);
  assert.deepEqual(await Promise.all(asked), [undefined, undefined, undefined]);
  assert.equal(waiting(), 0);
  await journal.close();
});

test('text for people may hold what PostgreSQL does not store; an id may not, and is refused before anything is sent', async () => {
  const journal = await world.open(world.newSchema());
  const attention = [{ level: 'alarm' as const, code: 'C', reason: 'the core said "\0\\', since: 1 }];
  await journal.append(append('r1', 0, { attention, label: 'T\0{"}' }));
  assert.deepEqual(
    (await journal.attention({ limit: 1 })).map(({ reason, label }) => [reason, label]),
    [['the core said "␀\\', 'T␀{"}']],
  );
  await assert.rejects(journal.append(append('r\0', 0)), RangeError);
  await assert.rejects(journal.append(append('r2', 0, { claims: [{ kind: 'k', scope: '', value: '\ud800' }] })), RangeError);
  await assert.rejects(journal.append(append('r2', 0, { events: [{ type: 'a', at: 1.5 }] })), RangeError);
  await journal.close();
});

test('ten thousand appends from many payments, through three replicas, are each stored once', async () => {
  const schema = world.newSchema();
  const replicas = await Promise.all([world.open(schema), world.open(schema), world.open(schema)]);
  const ids = Array.from({ length: 2_500 }, (_, n) => `payment-${n}`);
  await Promise.all(
    ids.map(async (id, n) => {
      for (let version = 0; version < 4; version++) {
        // Each time another replica: a payment moves as its callbacks come.
        const journal = replicas[(n + version) % 3] as Journal;
        const claims = version === 0 ? [{ kind: 'transferId', scope: '', value: id }] : [];
        assert.deepEqual(await journal.append(append(id, version, { open: version < 3, claims })), {
          kind: 'appended',
          version: version + 1,
        });
      }
    }),
  );
  assert.deepEqual(await replicas[0]?.openRecords(1), []);
  const counts = await world.sql(schema, 'SELECT count(*)::int AS events, count(DISTINCT record)::int AS records FROM events');
  assert.deepEqual(counts, [{ events: 10_000, records: 2_500 }]);
  await Promise.all(replicas.map((journal) => journal.close()));
});

test('replicas that want the same records and claims at once: each is had by one, and nobody waits in a circle', async () => {
  const schema = world.newSchema();
  const replicas = await Promise.all([world.open(schema), world.open(schema), world.open(schema)]);
  const keys = Array.from({ length: 60 }, (_, n) => n);
  const results = await Promise.all(
    replicas.flatMap((journal, replica) =>
      // Each replica goes through them in another order.
      keys.map((n) => {
        const key = (n * ([1, 7, 59][replica] as number) + replica * 13) % 60;
        const claims = [`c${key}`, `d${(key * 11) % 60}`].map((value) => ({ kind: 'k', scope: '', value }));
        return journal.append(append(key % 2 ? `same-${key}` : `${replica}-${key}`, 0, { claims }));
      }),
    ),
  );
  const stored = results.filter(({ kind }) => kind === 'appended').length;
  const rows = await world.sql(
    schema,
    `SELECT (SELECT count(*)::int FROM records) AS records,
    (SELECT count(*)::int FROM claims) AS claims, (SELECT count(DISTINCT record)::int FROM claims) AS holders`,
  );
  assert.deepEqual(rows, [{ records: stored, claims: stored * 2, holders: stored }]);
  assert.ok(stored >= 20, `${stored}`);
  await Promise.all(replicas.map((journal) => journal.close()));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { append, eventually, postgresWorld } from '../test/postgres-world.ts';
import type { JournalUnavailable } from './journal.ts';

const world = postgresWorld();
const unavailable = (code: string) => (error: JournalUnavailable) => error.code === 'JOURNAL_UNAVAILABLE' && error.message.includes(code);
const ids = (records: readonly { readonly recordId: string }[]): string[] => records.map(({ recordId }) => recordId);

/** The lease of a replica runs out, as the database's clock sees it; the server has run for longer than any lease. */
async function runOut(schema: string, replica: string): Promise<void> {
  await world.sql(schema, `UPDATE leases SET lease_ms = 0, expires_at = now() - interval '1 s' WHERE epoch = ${replica}`);
}

/** A replica whose renewals never come: its timers stand still. */
const stuck = () => ({ timers: virtualTime(), gatherMs: 0 });

test('an event belongs to the replica that appended it', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  await a.append(append('r1', 0));
  await b.append(append('r1', 1));
  assert.notEqual(a.replica.self, b.replica.self);
  assert.deepEqual((await a.load('r1'))?.owners, [a.replica.self, b.replica.self]);
  assert.deepEqual((await b.openRecords(1))[0]?.owners, [a.replica.self, b.replica.self]);
  await Promise.all([a.close(), b.close()]);
});

test('while a replica lives nobody takes what is its own; when its lease has ended, each record goes to exactly one other', async () => {
  const schema = world.newSchema();
  const [dead, b, c] = [await world.open(schema, stuck()), await world.open(schema), await world.open(schema)];
  await Promise.all(Array.from({ length: 40 }, (_, n) => dead.append(append(`r${n}`, 0))));
  await dead.append(append('closed', 0, { open: false }));
  await b.append(append('own', 0));
  assert.deepEqual([...(await b.replica.takeOver(100)), ...(await c.replica.takeOver(100))], []);

  await runOut(schema, dead.replica.self);
  const taken: { by: string; recordId: string; owners: readonly string[] }[] = [];
  await eventually('all are taken over', async () => {
    const both = await Promise.all(
      [b, c].map(async (journal) => ({ by: journal.replica.self, records: await journal.replica.takeOver(7) })),
    );
    for (const { by, records } of both) for (const { recordId, owners = [] } of records) taken.push({ by, recordId, owners });
    return both.every(({ records }) => records.length === 0) || undefined;
  });
  assert.deepEqual(ids(taken).toSorted(), Array.from({ length: 40 }, (_, n) => `r${n}`).toSorted());
  for (const { by, owners } of taken) assert.deepEqual(owners, [by]);
  assert.deepEqual(await world.sql(schema, 'SELECT drained FROM leases WHERE ended'), [{ drained: true }]);
  await Promise.all([dead, b, c].map((journal) => journal.close()));
});

test('a replica whose lease was ended appends nothing more, and its process is told to end', async () => {
  const schema = world.newSchema();
  const fatal: string[] = [];
  const late = await world.open(schema, { ...stuck(), onFatal: ({ code }) => fatal.push(code) });
  const other = await world.open(schema);
  await late.append(append('r1', 0));
  await runOut(schema, late.replica.self);
  assert.deepEqual(ids(await other.replica.takeOver(10)), ['r1']);
  await assert.rejects(late.append(append('r1', 1)), unavailable('DATABASE_FENCED'));
  await assert.rejects(late.append(append('r2', 0)), unavailable('DATABASE_FENCED'));
  assert.deepEqual(fatal, ['DATABASE_FENCED']);
  assert.equal((await other.load('r1'))?.events.length, 1);
  assert.equal(await other.load('r2'), undefined);
  await Promise.all([late.close(), other.close()]);
});

test('a lease that ran out and that nobody ended goes on with the next append', async () => {
  const schema = world.newSchema();
  const slow = await world.open(schema, stuck());
  await world.sql(schema, `UPDATE leases SET expires_at = now() - interval '1 s' WHERE epoch = ${slow.replica.self}`);
  assert.equal((await slow.append(append('r1', 0))).kind, 'appended');
  const left = await world.sql(schema, 'SELECT expires_at > now() AS alive FROM leases');
  assert.deepEqual(left, [{ alive: true }]);
  await slow.close();
});

test('a replica may not act when its lease was not renewed in time, by its own clock; an append renews it', async () => {
  const time = virtualTime();
  const journal = await world.open(world.newSchema(), {
    clock: time,
    timers: virtualTime(),
    leaseMs: 10_000,
    leaseMarginMs: 2_000,
    gatherMs: 0,
  });
  assert.equal(journal.replica.alive(), true);
  await time.advance(7_999);
  assert.equal(journal.replica.alive(), true);
  await time.advance(1);
  assert.equal(journal.replica.alive(), false);
  await journal.append(append('r1', 0));
  assert.equal(journal.replica.alive(), true);
  time.jumpWallClock(3_600_000);
  assert.equal(journal.replica.alive(), true);
  await journal.close();
  assert.equal(journal.replica.alive(), false);
});

test('an idle replica renews its lease by itself', async () => {
  const schema = world.newSchema();
  const journal = await world.open(schema, { leaseMs: 400 });
  const expiry = () => world.sql(schema, 'SELECT expires_at FROM leases').then(([row]) => Number(row?.['expires_at']));
  const first = await expiry();
  await eventually('the lease moves on', async () => ((await expiry()) > first + 300 ? true : undefined));
  assert.equal(journal.replica.alive(), true);
  await journal.close();
});

test('a replica that leaves gives its lease back: what it had open is taken over at once', async () => {
  const schema = world.newSchema();
  const [leaving, staying] = [await world.open(schema), await world.open(schema)];
  await leaving.append(append('r1', 0));
  await leaving.close();
  assert.deepEqual(ids(await staying.replica.takeOver(10)), ['r1']);
  await staying.close();
});

test('a name is had by one process at a time; one that comes back under its old name waits until that lease is over', async () => {
  const schema = world.newSchema();
  const first = await world.open(schema, { replicaId: 'green-1', leaseMs: 300 });
  await assert.rejects(world.open(schema, { replicaId: 'green-1', leaseMs: 300 }), { code: 'DATABASE_IN_USE' });
  const abandoned = await world.open(schema, { replicaId: 'green-2', leaseMs: 300, timers: virtualTime() });
  const again = await world.open(schema, { replicaId: 'green-2', leaseMs: 300 });
  assert.notEqual(again.replica.self, abandoned.replica.self);
  await Promise.all([first, abandoned, again].map((journal) => journal.close()));
});

test('a takeover whose answer was lost is told by the next one', async () => {
  const schema = world.newSchema();
  const [dead, heir] = [await world.open(schema, stuck()), await world.open(schema)];
  await dead.append(append('r1', 0));
  await runOut(schema, dead.replica.self);
  // The takeover itself passes; reading what was taken fails.
  await world.sql(schema, 'ALTER TABLE records RENAME COLUMN record_id TO hidden');
  await assert.rejects(heir.replica.takeOver(10), { code: 'JOURNAL_UNAVAILABLE' });
  await world.sql(schema, 'ALTER TABLE records RENAME COLUMN hidden TO record_id');
  assert.deepEqual(ids(await heir.replica.takeOver(10)), ['r1']);
  assert.deepEqual(ids(await heir.replica.takeOver(10)), []);
  await Promise.all([dead.close(), heir.close()]);
});

test('others hear which records were appended to, by a notice and not only by polling; a replica does not hear itself', async () => {
  const schema = world.newSchema();
  const patient = { pollMs: 3_600_000 };
  const [a, b] = [await world.open(schema, patient), await world.open(schema, patient)];
  const [heardByA, heardByB]: [string[], string[]] = [[], []];
  a.replica.onChanged((changed) => heardByA.push(...(changed ?? ['?'])));
  b.replica.onChanged((changed) => heardByB.push(...(changed ?? ['?'])));
  await Promise.all(['r1', 'r2', 'r3'].map((id) => a.append(append(id, 0))));
  await eventually('the notices have come', () => (heardByB.length >= 3 ? true : undefined));
  await a.append(append('r2', 1));
  await eventually('the notice has come', () => (heardByB.length >= 4 ? true : undefined));
  assert.deepEqual(heardByB.toSorted(), ['r1', 'r2', 'r2', 'r3']);
  // A refused append changed nothing.
  await a.append(append('r1', 5));
  await b.append(append('r4', 0));
  await eventually('the notice has come', () => (heardByA.length > 0 ? true : undefined));
  assert.deepEqual(heardByA, ['r4']);
  assert.equal(heardByB.length, 4);
  // A notice has no room for so many names.
  const many = Array.from({ length: 300 }, (_, n) => `a record with a rather long name ${n}`);
  await Promise.all(many.map((id) => b.append(append(id, 0))));
  await eventually('the notices have come', () => (heardByA.length > many.length ? true : undefined));
  assert.deepEqual(heardByA.slice(1).toSorted(), many.toSorted());
  await Promise.all([a.close(), b.close()]);
});

test('where notices get lost, polling finds what others changed', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema, { pollMs: 50 })];
  const heard: string[] = [];
  b.replica.onChanged((changed) => heard.push(...(changed ?? ['?'])));
  await world.sql(schema, "CREATE OR REPLACE FUNCTION pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'");
  await world.sql(schema, `ALTER FUNCTION end_batch SET search_path = ${schema}, pg_catalog`);
  await a.append(append('r1', 0));
  await eventually('polling has found it', () => (heard.length > 0 ? true : undefined));
  assert.deepEqual(heard, ['r1']);
  await Promise.all([a.close(), b.close()]);
});

test('topics are those of the latest append, and lead to the record from any replica', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  const party = 'party MSISDN 123';
  await a.append(append('r1', 0, { topics: [party, party, 'other'] }));
  await a.append(append('r2', 0, { topics: [party] }));
  assert.deepEqual(await b.replica.findByTopic(party), ['r1', 'r2']);
  await b.append(append('r1', 1, { topics: ['other'] }));
  assert.deepEqual(await a.replica.findByTopic(party), ['r2']);
  await a.append(append('r2', 1));
  assert.deepEqual(await a.replica.findByTopic(party), []);
  assert.deepEqual(await a.replica.findByTopic('other'), ['r1']);
  await Promise.all([a.close(), b.close()]);
});

test('a replica that lacks what the others have in common, as the sealing key, is refused', async () => {
  const schema = world.newSchema();
  const first = await world.open(schema, { sharedBy: { 'journal.key': 'a' } });
  await assert.rejects(world.open(schema, { sharedBy: { 'journal.key': 'b' } }), { code: 'DATABASE_FOREIGN', message: /journal\.key/ });
  const second = await world.open(schema, { sharedBy: { 'journal.key': 'a' } });
  await Promise.all([first.close(), second.close()]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { eventually, postgresWorld } from '../test/postgres-world.ts';
import type { JournalUnavailable } from './journal.ts';

const world = postgresWorld();
const MAIL = 'SELECT topic FROM mail ORDER BY topic';

test('mail: what one leaves is told to the others at once, and exactly one of those who wait for it gets it', async () => {
  const schema = world.newSchema();
  const [a, b, c] = [await world.open(schema), await world.open(schema), await world.open(schema)];
  const heard: string[] = [];
  b.replica.mail.onPosted(() => heard.push('b'));
  const endListening = c.replica.mail.onPosted(() => heard.push('c'));
  const topics = ['party 1', 'party 2', 'a \'quoted\', {odd} "topic"'];
  for (const topic of topics) assert.equal(await a.replica.mail.post(topic, `for ${topic}`), true);
  await eventually('both have heard of all', () => (heard.length === 6 ? true : undefined));

  assert.deepEqual(await b.replica.mail.collect([]), [], 'nobody gets what it does not wait for');
  assert.deepEqual(await b.replica.mail.collect(['party']), []);
  const both = await Promise.all([b, c].map(({ replica }) => replica.mail.collect(topics)));
  assert.deepEqual(
    both
      .flat()
      .map(({ topic, message }) => [topic, message].join(': '))
      .toSorted(),
    topics.map((topic) => `${topic}: for ${topic}`).toSorted(),
  );
  for (const { ageMs } of both.flat()) assert.ok(ageMs >= 0 && ageMs < 60_000, String(ageMs));
  assert.deepEqual(await world.sql(schema, MAIL), []);

  endListening();
  await a.replica.mail.post('party 3', '');
  await eventually('b has heard', () => (heard.filter((who) => who === 'b').length === 4 ? true : undefined));
  assert.equal(heard.filter((who) => who === 'c').length, 3);
  await Promise.all([a.close(), b.close(), c.close()]);
});

test('mail: of two messages on one topic each of two gets one, the older first', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  for (const message of ['first', 'second']) await a.replica.mail.post('party 1', message);
  const taken = [
    await a.replica.mail.collect(['party 1']),
    await b.replica.mail.collect(['party 1', 'party 1']),
    await a.replica.mail.collect(['party 1']),
  ];
  assert.deepEqual(
    taken.map((letters) => letters.map(({ message }) => message)),
    [['first'], ['second'], []],
  );
  await Promise.all([a.close(), b.close()]);
});

test('mail: what nobody took in time comes to whoever looks, also when its sender is gone', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  await a.replica.mail.post('old', 'of a');
  await a.replica.mail.post('new', 'of a');
  await a.close();
  await world.sql(schema, "UPDATE mail SET posted_at = posted_at + CASE topic WHEN 'old' THEN interval '-4 s' ELSE interval '1 min' END");
  const [letter, ...more] = await b.replica.mail.collect([]);
  assert.deepEqual([letter?.topic, letter?.message, more], ['old', 'of a', []]);
  assert.ok((letter?.ageMs ?? 0) >= 4_000);
  assert.deepEqual(await world.sql(schema, MAIL), [{ topic: 'new' }]);
  await b.close();
});

test('mail: where no other replica lives nothing is left', async () => {
  const schema = world.newSchema();
  const alone = await world.open(schema);
  assert.equal(await alone.replica.mail.post('party 1', 'x'), false);
  const dead = await world.open(schema, { timers: virtualTime() });
  assert.equal(await alone.replica.mail.post('party 1', 'x'), true);
  assert.deepEqual((await alone.replica.mail.collect(['party 1'])).length, 1);
  await world.sql(schema, `UPDATE leases SET expires_at = now() - interval '1 s' WHERE epoch = ${dead.replica.self}`);
  assert.equal(await alone.replica.mail.post('party 1', 'x'), false);
  assert.deepEqual(await world.sql(schema, MAIL), []);
  await Promise.all([alone.close(), dead.close()]);
});

test('mail: many at once, and several who look for what is overdue, do not stand in each other’s way', async () => {
  const schema = world.newSchema();
  const journals = await Promise.all([1, 2, 3].map(() => world.open(schema)));
  const topics = Array.from({ length: 90 }, (_, n) => `party ${n}`);
  await Promise.all(topics.map((topic, n) => journals[n % 3]?.replica.mail.post(topic, topic)));
  await world.sql(schema, "UPDATE mail SET posted_at = posted_at - interval '4 s' WHERE right(topic, 1) < '5'");
  const got: string[] = [];
  await eventually('all are taken', async () => {
    const all = await Promise.all(journals.map(({ replica }, n) => replica.mail.collect(n === 0 ? topics : topics.toReversed())));
    got.push(...all.flat().map(({ topic }) => topic));
    return got.length >= topics.length || undefined;
  });
  assert.deepEqual(got.toSorted(), topics.toSorted());
  await Promise.all(journals.map((journal) => journal.close()));
});

test('mail: a server that is away is told as the journal’s other troubles are', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema), await world.open(schema)];
  await world.sql(schema, 'ALTER TABLE mail RENAME TO hidden');
  const isTold = ({ code }: JournalUnavailable): boolean => code === 'JOURNAL_UNAVAILABLE';
  await assert.rejects(a.replica.mail.post('party 1', 'x'), isTold);
  await assert.rejects(b.replica.mail.collect([]), isTold);
  await Promise.all([a.close(), b.close()]);
});

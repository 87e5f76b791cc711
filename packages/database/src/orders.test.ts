import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { startTestPostgres, type TestPostgres } from '../test/test-postgres.ts';
import { type Orders, openOrders } from './orders.ts';

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const KEY = new Uint8Array(32).fill(7);
const open = (name: string, holdMs = 60_000, key = KEY): Promise<Orders> =>
  openOrders({
    url: server.url,
    schema: `orders_${process.pid}`,
    name,
    role: 'any',
    holdMs,
    key,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    log: recordedLog(),
  });

test('an order is done once, by one of those that serve it, and its answer comes back', async () => {
  const [asks, one, two] = [await open('asks'), await open('one'), await open('two')];
  const done: string[] = [];
  for (const [name, serves] of Object.entries({ one, two }))
    serves.serve(['payments'], async (kind, body) => {
      done.push(`${kind} ${JSON.stringify(body)}`);
      return { by: name };
    });
  const answers = await Promise.all([1, 2, 3].map((n) => asks.ask('payments', 'add', { n }, 10_000)));
  assert.deepEqual(done.toSorted(), ['add {"n":1}', 'add {"n":2}', 'add {"n":3}']);
  for (const answer of answers) assert.ok(answer.kind === 'answered' && ['one', 'two'].includes((answer.body as { by: string }).by));
  await Promise.all([asks.stop(), one.stop(), two.stop()]);
});

test('what nobody takes in its time is withdrawn: who comes later does not do it', async () => {
  const asks = await open('asks');
  assert.deepEqual(await asks.ask('late', 'add', {}, 300), { kind: 'not-taken' });
  const late = await open('late');
  let done = 0;
  late.serve(['late'], async () => ({ done: ++done }));
  assert.equal((await asks.ask('late', 'add', {}, 10_000)).kind, 'answered');
  assert.equal(done, 1);
  await Promise.all([asks.stop(), late.stop()]);
});

test('one that dies with an order leaves it to another, under the same name; one that fails says why', async () => {
  const [asks, dies] = [await open('asks'), await open('dies', 400)];
  const names: string[] = [];
  const begun = Promise.withResolvers<void>();
  dies.serve(['mortal'], async (_kind, _body, name) => {
    names.push(name);
    begun.resolve();
    return new Promise<never>(() => {});
  });
  const answer = asks.ask('mortal', 'add', {}, 10_000);
  await begun.promise;
  void dies.stop();
  const next = await open('next');
  next.serve(['mortal'], async (_kind, _body, name) => {
    names.push(name);
    throw new Error('it cannot be done');
  });
  assert.deepEqual(await answer, { kind: 'failed', message: 'it cannot be done' });
  assert.equal(names.length, 2);
  assert.equal(names[0], names[1]);
  await Promise.all([asks.stop(), next.stop()]);
});

test('each tells how it is; one that has left, or has said nothing for too long, is not heard any more', async () => {
  const [one, two] = [await open('one'), await open('two')];
  await one.tell({ ready: true });
  await two.tell({ ready: false });
  const told = async (withinMs = 10_000) => (await one.told(withinMs)).map(({ name, role, body }) => [name, role, body]);
  assert.deepEqual(await told(), [
    ['one', 'any', { ready: true }],
    ['two', 'any', { ready: false }],
  ]);
  assert.deepEqual(await told(0), []);
  await two.stop();
  assert.deepEqual((await told()).length, 1);
  await one.stop();
});

test('who has not got the key orders nothing, whatever stands in the row', async () => {
  const [asks, serves] = [await open('stranger', 60_000, new Uint8Array(32)), await open('serves')];
  let done = 0;
  serves.serve(['guarded'], async () => ({ done: ++done }));
  const answer = await asks.ask('guarded', 'pay', {}, 10_000);
  assert.deepEqual([answer.kind, done], ['failed', 0]);
  await Promise.all([asks.stop(), serves.stop()]);
});

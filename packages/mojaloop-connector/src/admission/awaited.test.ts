import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, patch, quoteRequest } from '../../test/payee-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';

/** As many as may be under way, where nothing is known of the machine yet, when another look-up comes. */
const START = 160;

const takes = (world: World, method: string, target: string): boolean => {
  const entry = world.connector.gates.inbound({ method, target, headers: {} });
  entry?.leave();
  return entry !== undefined;
};
const takesLookUps = (world: World): boolean => takes(world, 'GET', '/parties/MSISDN/1');

test('admission: a quote that the core is still asked about takes room until it is answered, and for a second at most', async () => {
  const world = await makeWorld();
  const prices: (() => void)[] = [];
  world.core.quote = ({ quote }) =>
    new Promise((resolve) => {
      const value = { transferAmount: quote.amount, payeeReceiveAmount: quote.amount, raw: {} };
      prices.push(() => resolve({ kind: 'ok', value }));
    });
  for (let nth = 0; nth < START; nth++) await world.receive('POST', '/quotes', quoteRequest());
  assert.equal(takesLookUps(world), false);
  for (const answer of prices) answer();
  await world.time.advance(0);
  assert.equal(takesLookUps(world), true);
  for (let nth = 0; nth < 3 * START; nth++) await world.receive('POST', '/quotes', quoteRequest());
  assert.equal(takesLookUps(world), false);
  // the limit grows meanwhile, since the loop is idle; not so far
  await world.time.advance(999);
  assert.equal(takesLookUps(world), false);
  await world.time.advance(1);
  assert.equal(takesLookUps(world), true, 'it is the core that takes the time');
});

test('admission: a transfer takes room until the hub has our answer, and none while its notification is awaited', async () => {
  const world = await makeWorld();
  const ids: string[] = [];
  for (let nth = 0; nth < START; nth++) ids.push((await fulfilled(world)).id);
  assert.equal(takesLookUps(world), true, 'the payers wait for nothing of ours');
  world.core.notify = () => new Promise(() => {});
  for (const id of ids) await patch(world, id, 'COMMITTED');
  assert.equal(takesLookUps(world), true, 'nor while the core is told');
  world.core.transfer = () => new Promise(() => {});
  for (let nth = 0; nth < START; nth++) await fulfilled(world);
  assert.equal(takesLookUps(world), false);
});

test('admission: whose look-up and quote were answered is let through, however much is under way', async () => {
  const world = await makeWorld();
  await world.receive('GET', '/parties/MSISDN/1', undefined);
  await fulfilled(world);
  world.core.quote = () => new Promise(() => {});
  for (let nth = 0; nth < 2 * START; nth++) await world.receive('POST', '/quotes', quoteRequest());
  assert.deepEqual([takes(world, 'POST', '/quotes'), takes(world, 'POST', '/quotes')], [true, false]);
  assert.deepEqual([takes(world, 'POST', '/transfers'), takes(world, 'POST', '/transfers')], [true, false]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fulfilled, patch, prepare, prepareFor, quoted, quoteRequest, told } from '../../test/payee-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';

const transfersMade = (world: World): number => world.calls.filter(({ kind }) => kind === 'transfer').length;
const failed = async () => ({ kind: 'failed', refusal: { code: '2001', description: 'no' }, reason: 'no', silent: true }) as const;
const never = () => new Promise<never>(() => {});

async function lookUp(world: World, id: string): Promise<string | undefined> {
  await world.receive('GET', `/parties/MSISDN/${id}`, undefined);
  await world.time.advance(0);
  const error = world.messages('PUT', `/parties/MSISDN/${id}/error`).at(-1)?.body.errorInformation.errorCode;
  return world.messages('PUT', `/parties/MSISDN/${id}`).length > 0 ? 'found' : error;
}

async function price(world: World): Promise<string | undefined> {
  const request = quoteRequest();
  await world.receive('POST', '/quotes', request);
  await world.time.advance(0);
  const error = world.messages('PUT', `/quotes/${request.quoteId}/error`).at(-1)?.body.errorInformation.errorCode;
  return world.messages('PUT', `/quotes/${request.quoteId}`).length > 0 ? 'priced' : error;
}

test('guarded core: a core that fails to price is not asked for a while; look-ups go on; then it is tried again', async () => {
  const world = await makeWorld();
  const { quote } = world.core;
  let asked = 0;
  world.core.quote = () => {
    asked++;
    return failed();
  };
  for (let nth = 0; nth < 16; nth++) assert.equal(await price(world), '2001');
  assert.equal(await price(world), '2003');
  assert.equal(asked, 16, 'it is not called while the breaker is open');
  assert.equal((await world.connector.alarms({ limit: 10 }))[0]?.code, 'CORE_CALLS_FAILING');
  assert.equal(await lookUp(world, '222'), 'found');
  world.core.quote = quote;
  await world.time.advance(2_000);
  assert.equal(await price(world), 'priced');
  assert.equal(await price(world), 'priced');
});

test('guarded core: a core that answers, whatever it answers, is called', async () => {
  const world = await makeWorld();
  world.core.quote = async () => ({ kind: 'failed', refusal: { code: '2001', description: 'no' }, reason: 'a body that cannot be used' });
  for (let nth = 0; nth < 30; nth++) assert.equal(await price(world), '2001');
});

test('guarded core: when transfers end unknown, the next prepare is refused before anything moves, and no price is given', async () => {
  const world = await makeWorld();
  const waiting = [await quoted(world), await quoted(world), await quoted(world)];
  world.core.transfer = () => ({ kind: 'unknown', reason: 'timed out', silent: true });
  for (let nth = 0; nth < 16; nth++) await fulfilled(world);
  assert.equal(transfersMade(world), 16);
  const [first, second, third] = waiting.map((one) => prepareFor(world, one));
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  await prepare(world, first);
  assert.deepEqual(told(world, first.transferId), ['error 2003']);
  const record = await world.journal.findByClaim({ kind: 'payee-transfer', scope: '', value: first.transferId });
  const events = (await world.journal.load(record ?? ''))?.events.map(({ type }) => type);
  assert.ok(!events?.includes('core-transfer-started'));
  assert.equal(await price(world), '2003');
  assert.equal(transfersMade(world), 16);
  world.core.transfer = () => ({ kind: 'ok', value: {} });
  await world.time.advance(2_000);
  await prepare(world, second);
  await prepare(world, third);
  assert.deepEqual([...told(world, second.transferId), ...told(world, third.transferId)], ['RESERVED', 'RESERVED']);
});

test('guarded core: transfers that hang leave room for look-ups, prices and outcomes; who finds no room was never called', async () => {
  const world = await makeWorld({ limits: { restingRecords: 100, inFlight: 1_000, coreCalls: 8, coreCallsWaiting: 100 } });
  const earlier = await fulfilled(world);
  const quotes = await Promise.all(Array.from({ length: 8 }, () => quoted(world)));
  world.core.transfer = never;
  const [eighth, ...others] = quotes.map((one) => prepareFor(world, one)).reverse();
  for (const one of others) await prepare(world, one);
  assert.equal(transfersMade(world), 1 + 5);
  await world.time.advance(1_100);
  assert.ok(eighth !== undefined);
  await prepare(world, eighth);
  assert.deepEqual(told(world, eighth.transferId), ['error 2003'], 'two have waited for more than a second');
  assert.equal(await lookUp(world, '333'), 'found');
  assert.equal(await price(world), 'priced');
  await patch(world, earlier.id, 'COMMITTED');
  assert.equal(world.calls.filter(({ kind }) => kind === 'notify').length, 1);
  await world.time.advance(12_000);
  const refused = others.filter((one) => told(world, one.transferId).includes('error 2003'));
  assert.equal(refused.length, 2);
  assert.equal(transfersMade(world), 1 + 5);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { formatDateTime } from '@payment-manager/fspiop';
import { virtualTime } from '@payment-manager/runtime';
import { prepareBody, type ScriptedDfsp } from '../scripted-dfsp.ts';
import { DEFAULT_HUB_SETTINGS } from './hub.ts';
import { memoryHubStore } from './hub-store.ts';
import { assertSound, committed, errorOf, fulfil, makeKeys, prepared, reserved, T, world } from './hub-world.ts';

before(makeKeys);

test('hub: a repeated prepare gets the stored outcome, a modified one 3106, and neither is forwarded', async () => {
  const w = await world();
  const body = prepareBody(T, w.time);
  const send = (change: object = {}, from = w.payer) =>
    from.send('POST /transfers', '/transfers', { destination: 'bluewallet', body: { ...body, ...change } });
  await Promise.all(Array.from({ length: 50 }, () => send()));
  await w.settle();
  assert.equal(w.payee.of('POST /transfers').length, 1);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 250_000n });
  await send({ amount: { amount: '26', currency: 'USD' } });
  await send({ payerFsp: 'redfund' }, w.third);
  await w.settle();
  assert.deepEqual([errorOf(w.payer), errorOf(w.third)], ['3106', '3106']);
  await fulfil(w, committed);
  await send();
  await w.settle();
  assert.deepEqual(
    w.payer.of('PUT /transfers').map((message) => message.body),
    [committed, committed],
  );
  assert.equal(w.payee.of('POST /transfers').length, 1);
  assertSound(w);
});

test('hub: a repeated fulfil gets the same notification again, another one 3106', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved);
  await fulfil(w, reserved);
  await fulfil(w, { ...reserved, extensionList: { extension: [{ key: 'a', value: 'b' }] } });
  await w.settle();
  assert.equal(w.payee.of('PATCH /transfers').length, 2);
  assert.equal(errorOf(w.payee), '3106');
  assert.deepEqual(w.position('bluewallet'), { committed: -250_000n, reserved: 0n });
  assertSound(w);
});

test('hub: what a hub refuses after it accepted comes as an error callback, with nothing held', async () => {
  const cases: readonly [object, string][] = [
    [{ amount: { amount: '100.01', currency: 'USD' } }, '4001'],
    [{ amount: { amount: '1', currency: 'EUR' } }, '5106'],
    [{ amount: { amount: '1.001', currency: 'USD' } }, '3100'],
    [{ amount: { amount: '0', currency: 'USD' } }, '3100'],
    [{ payeeFsp: 'nobody' }, '3203'],
    [{ payeeFsp: 'redfund' }, '3100'],
    [{ payerFsp: 'bluewallet', payeeFsp: 'greenbank' }, '3100'],
    [{ expiration: formatDateTime(virtualTime().now()) }, '3303'],
  ];
  for (const [change, code] of cases) {
    const w = await world();
    await prepared(w, change);
    assert.equal(errorOf(w.payer), code, JSON.stringify(change));
    assert.equal(w.payee.got.length, 0);
    assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
    assertSound(w);
  }
});

test('hub: the net debit cap counts what is open and what is committed', async () => {
  const w = await world();
  const pay = async (n: number, amount: string): Promise<void> => {
    await w.payer.send('POST /transfers', '/transfers', {
      destination: 'bluewallet',
      body: prepareBody(`${T.slice(0, -1)}${n}`, w.time, { amount: { amount, currency: 'USD' } }),
    });
    await w.settle();
  };
  await pay(1, '60');
  await pay(2, '40');
  await pay(3, '0.01');
  assert.equal(w.payee.of('POST /transfers').length, 2);
  assert.equal(errorOf(w.payer), '4001');
});

test('hub: GET /transfers tells payer and payee the state, nobody else', async () => {
  const w = await world();
  const ask = async (dfsp: ScriptedDfsp): Promise<void> => {
    assert.equal((await dfsp.send('GET /transfers', `/transfers/${T}`)).status, 202);
    await w.settle();
  };
  await ask(w.payer);
  assert.equal(errorOf(w.payer), '3208');
  await prepared(w);
  await ask(w.payer);
  assert.deepEqual(w.payer.of('PUT /transfers')[0]?.body, { transferState: 'RESERVED' });
  await ask(w.third);
  assert.equal(errorOf(w.third), '3208');
  await fulfil(w, committed);
  await w.settle();
  await ask(w.payer);
  const answer = w.payer.of('PUT /transfers')[2];
  assert.deepEqual([answer?.source, answer?.signed], ['switch', true]);
  assert.deepEqual(answer?.body, { ...committed, completedTimestamp: formatDateTime(w.time.now()) });
  assertSound(w);
});

test('hub: GET /transfers after an abort gives the original error', async () => {
  const w = await world();
  await prepared(w);
  await w.time.advance(30_000);
  await w.payer.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.equal(errorOf(w.payer, 2), '3303');
});

test('hub: GET /transfers after an abort can give the state instead, as some hubs do', async () => {
  const w = await world(memoryHubStore(), virtualTime(), { ...DEFAULT_HUB_SETTINGS, abortedAs: 'state' });
  await prepared(w);
  await w.time.advance(30_000);
  await w.payee.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.deepEqual(w.payee.of('PUT /transfers')[0]?.body, { transferState: 'ABORTED' });
  assertSound(w);
});

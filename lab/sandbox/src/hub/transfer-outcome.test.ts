import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { formatDateTime } from '@payment-manager/fspiop';
import { fulfilmentOf } from '../scripted-dfsp.ts';
import { assertSound, committed, errorOf, fulfil, makeKeys, prepared, reserved, T, world } from './hub-world.ts';

before(makeKeys);

test('hub: a prepare is held and forwarded untouched, a COMMITTED moves the money and reaches the payer as the payee signed it', async () => {
  const w = await world();
  await prepared(w);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 250_000n });
  const prepare = w.payee.of('POST /transfers')[0];
  assert.deepEqual([prepare?.source, prepare?.signed], ['greenbank', true]);
  assert.equal((await fulfil(w, committed)).status, 200);
  await w.settle();
  const outcome = w.payer.of('PUT /transfers')[0];
  assert.deepEqual([outcome?.source, outcome?.signed, outcome?.body], ['bluewallet', true, committed]);
  assert.deepEqual(w.position('greenbank'), { committed: 250_000n, reserved: 0n });
  assert.deepEqual(w.position('bluewallet'), { committed: -250_000n, reserved: 0n });
  assert.equal(w.payee.of('PATCH /transfers').length, 0);
  assertSound(w);
});

test('hub: a RESERVED is committed by the hub, which tells both sides in its own name', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved);
  await w.settle();
  const outcome = w.payer.of('PUT /transfers')[0];
  assert.deepEqual([outcome?.source, outcome?.signed], ['switch', true]);
  assert.deepEqual(outcome?.body, { ...committed, completedTimestamp: formatDateTime(w.time.now()) });
  const patch = w.payee.of('PATCH /transfers')[0];
  assert.deepEqual(
    [patch?.source, patch?.signed, patch?.body],
    ['switch', true, { transferState: 'COMMITTED', completedTimestamp: formatDateTime(w.time.now()) }],
  );
  assertSound(w);
});

test('hub: RESERVED with transfers 1.0 stays reserved and is aborted at its expiration', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { version: '1.0' });
  await w.time.advance(29_999);
  assert.equal(w.payer.of('PUT /transfers').length + w.payer.of('PUT /transfers/error').length, 0);
  await w.time.advance(1);
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payee.of('PATCH /transfers').length], ['3303', '3303', 0]);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: a transfer that nobody fulfils ends at its expiration with 3303 to both, and a later fulfil changes nothing', async () => {
  const w = await world();
  await prepared(w);
  await w.time.advance(30_000);
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee)], ['3303', '3303']);
  await fulfil(w, reserved);
  await w.settle();
  assert.equal((w.payee.of('PATCH /transfers')[0]?.body as { transferState: string } | undefined)?.transferState, 'ABORTED');
  await fulfil(w, committed);
  await w.settle();
  assert.equal(errorOf(w.payee, 2), '3303');
  assert.deepEqual(w.position('bluewallet'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: a wrong fulfilment aborts: 3100 to both, PATCH ABORTED besides to a payee that reserved', async () => {
  for (const [body, patches] of [
    [{ transferState: 'COMMITTED', fulfilment: fulfilmentOf(8).fulfilment }, 0],
    [{ transferState: 'RESERVED', fulfilment: fulfilmentOf(8).fulfilment }, 1],
    [{ transferState: 'COMMITTED' }, 0],
  ] as const) {
    const w = await world();
    await prepared(w);
    assert.equal((await fulfil(w, body)).status, 200);
    await w.settle();
    assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payee.of('PATCH /transfers').length], ['3100', '3100', patches]);
    assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
    await fulfil(w, committed);
    await w.settle();
    assert.equal(w.payer.of('PUT /transfers').length, 0);
    assertSound(w);
  }
});

test('hub: only the payee can fulfil or refuse a transfer', async () => {
  const w = await world();
  await prepared(w);
  await w.third.send('PUT /transfers', `/transfers/${T}`, { destination: 'greenbank', body: committed });
  await w.third.send('PUT /transfers/error', `/transfers/${T}/error`, {
    destination: 'greenbank',
    body: { errorInformation: { errorCode: '5000', errorDescription: 'no' } },
  });
  await w.settle();
  assert.equal(w.third.of('PUT /transfers/error').length, 2);
  assert.equal(w.payer.got.length, 0);
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
});

test('hub: a fulfil that comes at the expiration is too late, even before the hub noticed', async () => {
  const w = await world();
  await prepared(w);
  w.time.jumpWallClock(30_000);
  await fulfil(w, committed);
  await w.settle();
  assert.deepEqual([errorOf(w.payer), errorOf(w.payee), w.payer.of('PUT /transfers').length], ['3303', '3303', 0]);
  assertSound(w);
});

test('hub: a wall clock that was set back does not end a transfer early', async () => {
  const w = await world();
  await prepared(w);
  w.time.jumpWallClock(-5_000);
  await w.time.advance(34_999);
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
  await w.time.advance(1);
  assert.equal((await w.hub.findTransfer(T))?.state, 'ABORTED');
});

test('hub: the fulfilment of a transfer that is only reserved is shown to nobody', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { version: '1.0' });
  await w.payer.send('GET /transfers', `/transfers/${T}`);
  await w.settle();
  assert.deepEqual(w.payer.of('PUT /transfers')[0]?.body, { transferState: 'RESERVED' });
});

test('hub: a fulfil to a wrong destination aborts the transfer', async () => {
  const w = await world();
  await prepared(w);
  await fulfil(w, reserved, { destination: 'redfund' });
  await w.settle();
  assert.deepEqual([errorOf(w.payer), w.payee.of('PATCH /transfers').length, w.third.got.length], ['3100', 1, 0]);
  assertSound(w);
});

test("hub: the payee's error ends the transfer, and reaches the payer as the payee signed it", async () => {
  const w = await world();
  await prepared(w);
  await w.payee.send('PUT /transfers/error', `/transfers/${T}/error`, {
    destination: 'greenbank',
    body: { errorInformation: { errorCode: '5104', errorDescription: 'no' } },
  });
  await w.settle();
  assert.deepEqual([errorOf(w.payer), w.payer.of('PUT /transfers/error')[0]?.source], ['5104', 'bluewallet']);
  assert.deepEqual(w.position('greenbank'), { committed: 0n, reserved: 0n });
  assertSound(w);
});

test('hub: ABORTED as a fulfil is only heard, never obeyed', async () => {
  const w = await world();
  await prepared(w);
  assert.equal((await fulfil(w, { transferState: 'ABORTED' })).status, 200);
  await w.settle();
  assert.equal((await w.hub.findTransfer(T))?.state, 'RESERVED');
  assert.equal(w.payer.got.length, 0);
});

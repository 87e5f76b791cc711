import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAmount } from '@payment-manager/fspiop';
import { memoryJournal } from '@payment-manager/journal';
import { fulfilled, hubSays, patch, prepare, prepareFor, quoted as quotedByUs } from '../../test/payee-scenes.ts';
import { committed, opened, paymentOf, paymentRequest, quoted, transferFails } from '../../test/payer-scenes.ts';
import { makeWorld, notificationsOf, settled, type World, within } from '../../test/world.ts';
import { compare } from '../reconcile/compare.ts';

const ada = { by: 'Ada', reason: 'the books agree' };
const pays = (world: World) => world.connector.payer.start({ request: paymentRequest() });

/** A connector whose journal can be copied; what it began after the copy is forgotten by the one that is started on it. */
async function restorable(change: Parameters<typeof makeWorld>[0] = {}) {
  const journal = memoryJournal();
  const world = await makeWorld(change, { journal });
  const copy = (clockBehindMs = 0) => {
    const kept = journal.copy();
    return async (): Promise<World> => {
      await world.connector.stop();
      await world.time.advance(1_000);
      const marked = await kept.restoredCopy({ sign: 'restore', reason: 'a test', at: world.time.now() - clockBehindMs });
      await world.time.advance(1);
      const again = await makeWorld(change, { journal: marked, time: world.time, seed: 31 });
      await again.time.advance(0);
      return again;
    };
  };
  return { world, copy };
}

async function lift({ connector }: World): Promise<void> {
  await connector.restored.nothingMissing(ada);
  assert.equal(typeof (await connector.restored.lift(ada)), 'object');
}

/** A first attempt whose look-up nobody answers, and so never left. */
async function failed(world: World): Promise<string> {
  return paymentOf(await within(world, 15_000, pays(world))).transferId;
}

test('restored: a repeat is led to the last attempt that the journal has, and not told that the first one failed', async () => {
  const { world, copy } = await restorable();
  const first = await failed(world);
  const second = await opened(world);
  await committed(world, second.transferId);
  await second.answer;
  const restored = await copy()();
  for (const lifted of [false, true]) {
    if (lifted) await lift(restored);
    const { transferId, outcome } = paymentOf(await settled(restored, pays(restored)));
    assert.deepEqual([transferId, outcome], [second.transferId, 'committed']);
    assert.notEqual(transferId, first);
  }
});

test('restored: a second attempt that was forgotten and reported is what a repeat is told, whatever comes first in the report', async () => {
  const { world, copy } = await restorable();
  const first = await failed(world);
  const restore = copy();
  const second = await opened(world);
  await committed(world, second.transferId);
  const restored = await restore();
  const row = { direction: 'out', amount: parseAmount('100'), currency: 'USD', homeTransactionId: 'home-tx-1' } as const;
  await restored.connector.restored.take(
    [
      { ...row, transferId: first, state: 'ABORTED' },
      { ...row, transferId: '7c23e80c-d078-4077-8263-2c047876fcf6', state: 'ABORTED' },
      { ...row, transferId: second.transferId, state: 'COMMITTED' },
    ],
    'core',
  );
  const { transferId, outcome } = paymentOf(await settled(restored, pays(restored)));
  assert.deepEqual([transferId, outcome], [second.transferId, 'committed']);
});

test('restored: an error of the hub that may answer a question which the journal has forgotten ends nothing', async () => {
  for (const code of ['2001', '3100']) {
    const { world, copy } = await restorable();
    const { transferId } = await opened(world);
    const restore = copy();
    void world.connector.payer.inquire(transferId);
    await world.time.advance(0);
    const restored = await restore();
    await transferFails(restored, transferId, code);
    const { outcome } = paymentOf(await within(restored, 60_000, pays(restored)));
    assert.equal(outcome, 'unknown', code);
  }
});

test('restored: a person can ask about, and settle, a payment whose prepare the journal has forgotten', async () => {
  const { world, copy } = await restorable();
  const transferId = await quoted(world);
  const restored = await copy()();
  await restored.time.advance(4 * 3_600_000);
  const id = transferId;
  assert.deepEqual(
    (await restored.connector.exceptions({ id, limit: 10 })).map(({ code }) => code),
    ['OUTCOME_UNKNOWN'],
  );
  assert.equal((await within(restored, 60_000, restored.connector.desk.resolve({ id, act: { action: 'ask-hub' }, ...ada }))).kind, 'done');
  assert.equal(
    (await within(restored, 60_000, restored.connector.desk.resolve({ id, act: { action: 'settle', as: 'COMMITTED' }, ...ada }))).kind,
    'done',
  );
  assert.equal(paymentOf(await settled(restored, pays(restored))).outcome, 'committed');
});

test('restored: a transfer that hub and core do not know, or have aborted, ends', async () => {
  for (const known of ['not-found', 'aborted'] as const) {
    const { world, copy } = await restorable({ core: { transferAskable: true } });
    const quote = await quotedByUs(world);
    const restored = await copy()();
    restored.core.ask = () =>
      (known === 'not-found'
        ? { kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true }
        : { kind: 'ok', value: { transferState: 'ABORTED' } }) as never;
    const id = await prepare(restored, prepareFor(restored, quote));
    await restored.time.advance(60_000);
    await hubSays(restored, id, '3303');
    await restored.time.advance(3_600_000);
    assert.equal((await restored.journal.openRecords(10, undefined)).length, 0, known);
  }
});

test('restored: a person may settle as COMMITTED what the hub may have committed with a fulfilment that is forgotten', async () => {
  const { world, copy } = await restorable();
  const quote = await quotedByUs(world);
  const restored = await copy()();
  const id = await prepare(restored, prepareFor(restored, quote));
  await restored.time.advance(4 * 3_600_000);
  const { allowed, payment } = (await restored.connector.desk.exception(id)) ?? assert.fail();
  const settle = allowed.find(({ action }) => action === 'settle');
  assert.deepEqual(settle, { action: 'settle', as: ['COMMITTED', 'ABORTED'] });
  // the core has booked it: nobody says that it was not called, and that the booking is to be reversed
  const booked = { transferId: id, direction: 'in', amount: parseAmount('100'), currency: 'USD', state: 'COMMITTED' } as const;
  assert.deepEqual(
    compare([payment], [booked]).map(({ code, journal }) => [code, journal]),
    [['OUTCOME_UNKNOWN', 'UNKNOWN']],
  );
});

test('restored: a core whose notification may not be repeated is not told again what it may have been told since the copy', async () => {
  for (const stage of ['fulfilled', 'quoted'] as const) {
    const { world, copy } = await restorable({ core: { notificationRepeatable: false, transferAskable: true } });
    const quote = await quotedByUs(world);
    const body = prepareFor(world, quote);
    const early = copy();
    const id = await prepare(world, body);
    const restore = stage === 'quoted' ? early : copy();
    await patch(world, id, 'COMMITTED');
    await world.time.advance(1_000);
    assert.equal(notificationsOf(world.calls).length, 1);
    const restored = await restore();
    if (stage === 'quoted') await prepare(restored, body);
    await patch(restored, id, 'COMMITTED');
    await restored.time.advance(60_000);
    assert.equal(notificationsOf(restored.calls).length, 0, stage);
    assert.deepEqual(
      (await restored.connector.exceptions({ id, limit: 10 })).map(({ code }) => code),
      ['CORE_NOT_TOLD'],
      stage,
    );
    const act = { action: 'resend-outcome', confirmed: true } as const;
    assert.equal((await within(restored, 60_000, restored.connector.desk.resolve({ id, act, ...ada }))).kind, 'done');
    await restored.time.advance(1_000);
    assert.equal(notificationsOf(restored.calls).length, 1, stage);
    assert.deepEqual(await restored.connector.exceptions({ id, limit: 10 }), [], stage);
  }
});

test('restored: what is in the copy is from before, also where the clock is behind that of the machine that wrote it', async () => {
  const { world, copy } = await restorable();
  const transferId = await quoted(world);
  const restored = await copy(30_000)();
  void restored.connector.payer.resume(transferId, { acceptQuote: true });
  await restored.time.advance(1_000);
  assert.equal(restored.messages('POST', '/transfers').length, 0);
});

test('restored: that the hub has committed a forgotten transfer is told to a core that reserves, once at most where it may not be told twice', async () => {
  for (const notificationRepeatable of [true, false])
    for (const from of ['hub', 'core'] as const) {
      const { copy } = await restorable({ core: { atPrepare: 'reserve', notificationRepeatable } });
      const restored = await copy()();
      const id = '7c23e80c-d078-4077-8263-2c047876fcf6';
      await restored.connector.restored.take(
        [{ transferId: id, direction: 'in', amount: parseAmount('100'), currency: 'USD', state: 'COMMITTED' }],
        from,
      );
      await restored.time.advance(60_000);
      const asks = from === 'hub';
      assert.equal(notificationsOf(restored.calls).length, asks && notificationRepeatable ? 1 : 0);
      const codes = (await restored.connector.exceptions({ id, limit: 10 })).map(({ code }) => code);
      assert.deepEqual(codes, asks && !notificationRepeatable ? ['CORE_NOT_TOLD'] : []);
      assert.deepEqual(await restored.journal.openRecords(10, undefined), []);
    }
});

test('restored: an acknowledged COMMITTED of the copy is confirmed under the mark, and credited and aborted is an exception', async () => {
  for (const state of ['COMMITTED', 'ABORTED'] as const) {
    const { world, copy } = await restorable({ core: { atPrepare: 'credit' } });
    const { id } = await fulfilled(world);
    await world.time.advance(2_000);
    const restored = await copy()();
    await restored.time.advance(70_000);
    assert.ok(restored.messages('GET', `/transfers/${id}`).length > 0);
    await patch(restored, id, state);
    const { payment } = (await restored.connector.desk.exception(id)) ?? assert.fail();
    assert.deepEqual([payment.hub, payment.exceptions], [state, state === 'COMMITTED' ? [] : ['CORE_CREDITED_HUB_ABORTED']]);
  }
});

test('restored: that the hub does not know a payment proves nothing while a prepare that the journal has forgotten may still arrive', async () => {
  const { world, copy } = await restorable();
  const transferId = await quoted(world);
  const restored = await copy()();
  await restored.time.advance(2_000);
  await transferFails(restored, transferId, '3208');
  assert.equal(paymentOf(await within(restored, 15_000, pays(restored))).outcome, 'unknown');
  await restored.time.advance(60_000);
  await transferFails(restored, transferId, '3208');
  assert.equal(paymentOf(await settled(restored, pays(restored))).outcome, 'not-committed');
});

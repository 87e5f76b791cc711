import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAmount } from '@payment-manager/fspiop';
import { memoryJournal } from '@payment-manager/journal';
import { fulfilled, hubSays, patch, prepare, prepareFor, quoted as quotedByUs, quoteRequest, told } from '../../test/payee-scenes.ts';
import {
  committed,
  opened,
  partyAnswers,
  paymentOf,
  paymentRequest,
  quoteAnswers,
  quoted,
  transferFails,
} from '../../test/payer-scenes.ts';
import { makeWorld, settled, transfersOf, type World, within } from '../../test/world.ts';

type Change = Parameters<typeof makeWorld>[0];

/** A connector whose journal can be copied; what it began after the copy is forgotten by the one that is started on it. */
async function restorable(change: Change = {}) {
  const journal = memoryJournal();
  const world = await makeWorld(change, { journal });
  const copy = () => {
    const kept = journal.copy();
    return async (): Promise<World> => {
      await world.connector.stop();
      await world.time.advance(1_000);
      const marked = await kept.restoredCopy({ sign: 'restore', reason: 'a test', at: world.time.now() });
      await world.time.advance(1);
      const again = await makeWorld(change, { journal: marked, time: world.time, seed: 31 });
      await again.time.advance(0);
      return again;
    };
  };
  return { world, copy };
}

const row = (transferId: string, direction: 'in' | 'out', state: 'RESERVED' | 'COMMITTED' | 'ABORTED' = 'COMMITTED') =>
  ({ transferId, direction, amount: parseAmount('100'), currency: 'USD', state }) as const;
const ada = { by: 'Ada', reason: 'the books agree' };

async function lift({ connector }: World): Promise<void> {
  await connector.restored.nothingMissing(ada);
  assert.equal(((await connector.restored.lift(ada)) as { lifted?: object }).lifted !== undefined, true);
}

/** How often a prepare left, over all processes. */
const prepares = (...worlds: readonly World[]): number => worlds.flatMap((world) => world.messages('POST', '/transfers')).length;

test('restored: a payment that was made after the copy is never paid again: refused under the mark, a tombstone after its report, life goes on', async () => {
  const { world, copy } = await restorable();
  const restore = copy();
  const { transferId, answer } = await opened(world);
  await committed(world, transferId);
  assert.equal(paymentOf(await settled(world, answer)).stage, 'completed');

  const restored = await restore();
  const again = await settled(restored, restored.connector.payer.start({ request: paymentRequest() }));
  assert.equal(again.kind, 'busy');
  assert.match(again.kind === 'busy' ? again.message : '', /older copy/);

  assert.equal(await restored.connector.restored.lift(ada), 'not-accounted');
  assert.deepEqual(await restored.connector.restored.take([row(transferId, 'out')], 'core'), { made: 1 });
  assert.deepEqual(
    await restored.connector.restored.take([row(transferId, 'out')], 'core'),
    { made: 0 },
    'reading it in again changes nothing',
  );
  await restored.connector.restored.readIn({ from: 'core', transfers: 1, made: 1, digest: 'd', by: 'Ada' });
  assert.equal(typeof (await restored.connector.restored.lift(ada)), 'object');

  for (let round = 0; round < 2; round++) {
    const repeated = paymentOf(await settled(restored, restored.connector.payer.start({ request: paymentRequest() })));
    assert.deepEqual([repeated.transferId, repeated.outcome], [transferId, 'committed']);
    await restored.crash();
  }
  const next = await opened(restored, { homeTransactionId: 'home-2' });
  await committed(restored, next.transferId);
  assert.equal(paymentOf(await settled(restored, next.answer)).stage, 'completed');
  assert.deepEqual([prepares(world), prepares(restored)], [1, 1]);
});

test('restored: where nobody reported it, the repeat has the same transferId, and the hub refuses it; nothing is paid twice', async () => {
  const { world, copy } = await restorable();
  const restore = copy();
  const { transferId } = await opened(world);
  const restored = await restore();
  await lift(restored);
  const repeated = await opened(restored);
  assert.equal(repeated.transferId, transferId);
  // what the hub has is another transfer with this id: it says so, and no other attempt follows
  await transferFails(restored, transferId, '3106');
  await restored.time.advance(60_000);
  const answer = paymentOf(await within(restored, 60_000, restored.connector.payer.start({ request: paymentRequest() })));
  assert.deepEqual([answer.transferId, answer.outcome], [transferId, 'unknown']);
});

test('restored: what was open in the copy is asked about, and no prepare leaves; the hub ends it', async () => {
  for (const stage of ['offered', 'quoting', 'prepared'] as const) {
    const { world, copy } = await restorable();
    let restore: (() => Promise<World>) | undefined;
    let transferId: string;
    if (stage === 'offered') {
      transferId = await quoted(world);
      restore = copy();
    } else if (stage === 'prepared') {
      ({ transferId } = await opened(world));
      restore = copy();
    } else {
      const starting = world.connector.payer.start({ request: paymentRequest() });
      await world.time.advance(0);
      await partyAnswers(world);
      ({ transferId } = paymentOf(await settled(world, starting)));
      void world.connector.payer.resume(transferId, { acceptParty: true });
      await world.time.advance(0);
      restore = copy();
      await quoteAnswers(world);
    }
    const restored = await restore();
    const accepting = restored.connector.payer.resume(transferId, { acceptQuote: true });
    await restored.time.advance(60_000);
    await accepting;
    assert.equal(prepares(restored), 0, stage);
    assert.ok(restored.messages('GET', `/transfers/${transferId}`).length > 0, stage);
    const known = await restored.connector.payer.start({ request: paymentRequest() }).then(paymentOf, assert.fail);
    assert.deepEqual([known.transferId, known.outcome], [transferId, 'unknown'], stage);
    await committed(restored, transferId, { source: 'switch' });
    const ended = paymentOf(await settled(restored, restored.connector.payer.start({ request: paymentRequest() })));
    assert.equal(ended.outcome, 'committed', stage);
  }
});

test('restored: a failed payment of the copy never becomes another attempt, also when the mark is lifted', async () => {
  const { world, copy } = await restorable();
  const failed = paymentOf(await within(world, 15_000, world.connector.payer.start({ request: paymentRequest() })));
  const restored = await copy()();
  for (const lifted of [false, true]) {
    if (lifted) await lift(restored);
    const again = paymentOf(await settled(restored, restored.connector.payer.start({ request: paymentRequest() })));
    assert.equal(again.transferId, failed.transferId);
    assert.equal(restored.messages('GET', '/parties/MSISDN/222').length, 0);
  }
});

test('restored: no quote is given, and one of the copy is not given again', async () => {
  const { world, copy } = await restorable();
  const { request } = await quotedByUs(world);
  const restored = await copy()();
  await restored.receive('POST', '/quotes', quoteRequest(), { status: 503 });
  await restored.receive('POST', '/quotes', request);
  await restored.receive('GET', `/quotes/${request.quoteId}`, undefined);
  await restored.time.advance(0);
  assert.deepEqual(restored.sent, []);
  await lift(restored);
  await quotedByUs(restored);
});

test('restored: a prepare that was credited after the copy is neither executed nor refused: the core, then the hub are asked', async () => {
  const askable = { core: { transferAskable: true } };
  for (const quoteIsThere of [true, false]) {
    const { world, copy } = await restorable(askable);
    const early = copy();
    const quote = await quotedByUs(world);
    const restore = quoteIsThere ? copy() : early;
    const body = prepareFor(world, quote);
    await prepare(world, body);
    assert.equal(transfersOf(world.calls).length, 1);
    await patch(world, body.transferId, 'COMMITTED');

    const restored = await restore();
    const asked: string[] = [];
    restored.core.ask = (transferId) => {
      asked.push(transferId);
      return { kind: 'ok', value: { transferState: 'RESERVED' } } as never;
    };
    await prepare(restored, body);
    await restored.time.advance(60_000);
    assert.deepEqual([transfersOf(restored.calls).length, told(restored, body.transferId)], [0, []]);
    assert.ok(asked.length > 0);
    assert.ok(restored.messages('GET', `/transfers/${body.transferId}`).length > 0);
    await patch(restored, body.transferId, 'COMMITTED');
    await restored.time.advance(5_000);
    const notified = restored.calls.filter(({ kind }) => kind === 'notify');
    assert.equal(notified.length, 1, 'the core that holds the money is told the outcome');
    assert.deepEqual(await restored.connector.exceptions({ id: body.transferId, limit: 10 }), []);
  }
});

test('restored: that the core does not know the transfer refuses nothing, and errors of the hub end nothing but 33xx', async () => {
  const { world, copy } = await restorable({ core: { transferAskable: true } });
  const quote = await quotedByUs(world);
  const restored = await copy()();
  restored.core.ask = () => ({ kind: 'not-found' }) as never;
  const id = await prepare(restored, prepareFor(restored, quote));
  await restored.time.advance(60_000);
  await hubSays(restored, id, '5104');
  await hubSays(restored, id, '3208');
  assert.deepEqual([told(restored, id), transfersOf(restored.calls).length], [[], 0]);
  await hubSays(restored, id, '3303');
  const { payment } = (await restored.connector.desk.exception(id)) ?? assert.fail();
  assert.equal(payment.hub, 'ABORTED');
});

test('restored: a prepare that comes after its report is led to the tombstone; on a quote of the copy nothing is executed when the mark is lifted', async () => {
  const { world, copy } = await restorable();
  const quote = await quotedByUs(world);
  const unspent = await quotedByUs(world);
  const restore = copy();
  const body = prepareFor(world, quote);
  await prepare(world, body);
  const restored = await restore();
  await restored.connector.restored.take([row(body.transferId, 'in')], 'core');
  await restored.connector.restored.readIn({ from: 'hub', transfers: 1, made: 1, digest: 'd', by: 'Ada' });
  assert.equal(typeof (await restored.connector.restored.lift(ada)), 'object');
  await prepare(restored, body);
  await prepare(restored, prepareFor(restored, unspent));
  await restored.time.advance(30_000);
  assert.equal(transfersOf(restored.calls).length, 0);
  assert.deepEqual(told(restored, body.transferId), []);
  const { id } = await fulfilled(restored);
  assert.deepEqual(told(restored, id), ['RESERVED']);
});

test('restored: a call of the core from before the copy is not made again, though the core is declared repeatable', async () => {
  const { world, copy } = await restorable({ core: { transferRepeatable: true } });
  world.core.transfer = () => new Promise(() => {});
  const quote = await quotedByUs(world);
  const id = await prepare(world, prepareFor(world, quote));
  const restored = await copy()();
  await restored.time.advance(60_000);
  assert.deepEqual([transfersOf(restored.calls).length, told(restored, id)], [0, []]);
});

test('restored: whoever asks about a transfer that we may have forgotten is not told that it is unknown', async () => {
  const { world, copy } = await restorable();
  void world;
  const restored = await copy()();
  const path = `/transfers/7c23e80c-d078-4077-8263-2c047876fcf6`;
  await restored.receive('GET', path, undefined);
  await restored.time.advance(0);
  assert.deepEqual(restored.sent, []);
  await lift(restored);
  await restored.receive('GET', path, undefined);
  await restored.time.advance(0);
  assert.deepEqual(restored.messages('PUT', `${path}/error`).length, 1);
});

test('the hub’s final word about a transfer that is in no record is an exception that outlives the process, until a person settles it', async () => {
  const words: readonly [string, string, object][] = [
    ['PATCH', '', { transferState: 'COMMITTED', completedTimestamp: '2026-01-01T00:00:00.000Z' }],
    ['PUT', '', { transferState: 'ABORTED', completedTimestamp: '2026-01-01T00:00:00.000Z' }],
    ['PUT', '/error', { errorInformation: { errorCode: '3303', errorDescription: 'expired' } }],
  ];
  for (const [method, path, body] of words) {
    const { copy } = await restorable();
    const world = await copy()();
    await lift(world);
    const id = '7c23e80c-d078-4077-8263-2c047876fcf6';
    await world.receive(method, `/transfers/${id}${path}`, body, { source: 'them' });
    assert.deepEqual(await world.connector.exceptions({ limit: 10 }), [], 'only the hub’s word counts');
    for (let repeats = 0; repeats < 2; repeats++) await world.receive(method, `/transfers/${id}${path}`, body, { source: 'switch' });
    await world.crash();
    const [entry, ...more] = await world.connector.exceptions({ limit: 10 });
    assert.deepEqual([entry?.id, entry?.code, more], [id, 'TRANSFER_UNKNOWN', []]);
    const act = { action: 'settle', as: 'COMMITTED' } as const;
    assert.equal((await world.connector.desk.resolve({ id, act, ...ada })).kind, 'done');
    assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
    assert.equal((await world.connector.desk.resolve({ id, act, ...ada })).kind, 'not-allowed');
  }
});

test('the hub’s word about a transfer that is in no record: of a journal that was never restored COMMITTED is an exception, and ABORTED an alarm', async () => {
  const id = '7c23e80c-d078-4077-8263-2c047876fcf6';
  const world = await makeWorld();
  await world.receive(
    'PUT',
    `/transfers/${id}/error`,
    { errorInformation: { errorCode: '3303', errorDescription: 'expired' } },
    { source: 'switch' },
  );
  await within(world, 10_000, world.time.advance(10_000));
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
  assert.deepEqual(
    (await world.connector.alarms({ limit: 10 })).map(({ code }) => code),
    ['CALLBACK_UNEXPECTED'],
  );
  const committed = { transferState: 'COMMITTED', completedTimestamp: '2026-01-01T00:00:00.000Z' };
  await world.receive('PATCH', `/transfers/${id}`, committed, { source: 'switch' });
  assert.deepEqual(
    (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code),
    ['TRANSFER_UNKNOWN'],
  );
});

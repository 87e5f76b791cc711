import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredRecord } from '@payment-manager/journal';
import { fulfilled, patch, prepare, prepareFor, quoted, told } from '../../test/payee-scenes.ts';
import { committed, opened, paymentOf, paymentRequest, transferFails } from '../../test/payer-scenes.ts';
import { makeWorld, notificationsOf, settled, transfersOf, type World } from '../../test/world.ts';
import { claimsTaken, pruningSummary } from './retention.ts';

const year = 365 * 86_400_000;

async function records(world: World): Promise<readonly StoredRecord[]> {
  return world.journal.between({ fromMs: 0, toMs: world.time.now() + year, limit: 1_000 });
}

/** Prunes all that is at rest, and forgets what is in memory. */
async function pruneAll(world: World): Promise<number> {
  await world.time.advance(2_000);
  const prunes = (await records(world)).map((record) => ({
    recordId: record.recordId,
    version: record.events.length,
    at: world.time.now(),
    summary: pruningSummary(record) ?? {},
  }));
  const results = (await world.journal.prune?.(prunes)) ?? [];
  await world.crash();
  return results.filter((result) => result === 'pruned').length;
}

test('retention: a repeated prepare of a pruned transfer gets its outcome and fulfilment again, and the core is not called', async () => {
  const world = await makeWorld();
  const { id, body } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  const asHub = { source: 'switch' };
  await world.receive('GET', `/transfers/${id}`, undefined, asHub);
  await world.time.advance(0);
  const before = world.sent.at(-1);
  assert.deepEqual(told(world, id), ['RESERVED', 'COMMITTED']);
  assert.equal(await pruneAll(world), 1);
  await prepare(world, body);
  await prepare(world, { ...body, amount: { currency: 'USD', amount: '101' } });
  await world.receive('GET', `/transfers/${id}`, undefined, asHub);
  await world.time.advance(60_000);
  assert.deepEqual(told(world, id), ['RESERVED', 'COMMITTED', 'COMMITTED', 'error 3106', 'COMMITTED']);
  assert.equal(world.sent.at(-1)?.text, before?.text, 'to the byte');
  assert.deepEqual([transfersOf(world.calls).length, notificationsOf(world.calls).length], [1, 1]);
});

test('retention: a quote that was pruned is not priced again, and no transfer can spend it', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  assert.equal(await pruneAll(world), 1);
  await world.receive('POST', '/quotes', quote.request);
  await world.time.advance(0);
  assert.equal(world.messages('PUT', `/quotes/${quote.request.quoteId}/error`).at(-1)?.body.errorInformation.errorCode, '3302');
  const id = await prepare(world, prepareFor(world, quote));
  await world.time.advance(1_000);
  assert.deepEqual([told(world, id), transfersOf(world.calls).length], [['error 3205'], 0]);
});

test('retention: a word that contradicts the end of a pruned transfer is an exception, as ever', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  await pruneAll(world);
  await patch(world, id, 'ABORTED');
  await world.time.advance(1_000);
  const detail = await world.connector.desk.exception(id);
  assert.deepEqual([detail?.payment.hub, detail?.payment.exceptions], ['COMMITTED', ['CONTRADICTION']]);
  assert.match(detail?.history[0]?.what ?? '', /facts from before are in the archive/);
  await world.crash();
  assert.equal((await world.connector.exceptions({ limit: 10 })).length, 1);
});

test('retention: a repeat of a pruned payment gets its outcome; other content is a conflict', async () => {
  const world = await makeWorld({ deduplicateHomeTransactionId: true });
  const { transferId, answer } = await opened(world);
  await committed(world, transferId);
  const first = paymentOf(await settled(world, answer));
  await pruneAll(world);
  const again = paymentOf(await settled(world, world.connector.payer.start({ request: paymentRequest() })));
  assert.deepEqual(
    [again.transferId, again.stage, again.outcome, again.fulfil?.body.fulfilment],
    [transferId, 'completed', 'committed', first.fulfil?.body.fulfilment],
  );
  const other = await settled(world, world.connector.payer.start({ request: paymentRequest({ amount: '101' }) }));
  assert.equal(other.kind, 'conflict');
  assert.equal(world.messages('POST', '/transfers').length, 1);
});

test('retention: a failed payment that was pruned becomes a new attempt only after the same proof as ever', async () => {
  const world = await makeWorld({ deduplicateHomeTransactionId: true });
  const { transferId, answer } = await opened(world);
  await transferFails(world, transferId, '4001');
  assert.equal(paymentOf(await settled(world, answer)).stage, 'failed');
  await world.time.advance(60_000);
  await pruneAll(world);
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 1, 'the hub is asked first');
  await transferFails(world, transferId, '4001');
  await world.time.advance(0);
  assert.equal(world.messages('GET', '/parties/MSISDN/222').length, 2, 'then it begins anew');
  await world.time.advance(60_000);
  await starting;
});

test('retention: what stays of a payment is small, has no person and no packet, and owes nothing', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  await quoted(world);
  const { transferId, answer } = await opened(world);
  await committed(world, transferId);
  await settled(world, answer);
  await world.time.advance(2_000);
  const all = await records(world);
  assert.equal(all.length, 3);
  for (const record of all) {
    const text = JSON.stringify(pruningSummary(record));
    assert.doesNotMatch(text, /Payee Person|"Payer"|"Payee"|"111"|"222"|extensionList|"ilpPacket":"[^"]/);
    assert.ok(text.length < 1_800, `${text.length} characters`);
    const held = await Promise.all(claimsTaken(record).map((claim) => world.journal.findByClaim(claim)));
    assert.ok(held.length > 0 && held.every((recordId) => recordId === record.recordId));
  }
  assert.equal(await pruneAll(world), 3);
  const messages = world.sent.length;
  await world.time.advance(600_000);
  assert.deepEqual([world.sent.length, world.calls.length], [messages, 2]);
  assert.equal(pruningSummary({ kind: 'other', events: [] }), undefined);
  assert.deepEqual(claimsTaken({ kind: 'other', events: [] }), []);
});

test('retention: a COMMITTED that the hub has only acknowledged is not pruned before reconciliation has asked about it', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit', confirmAcknowledged: 'never' } });
  const { id } = await fulfilled(world);
  await world.time.advance(2_000);
  const [record] = await records(world);
  assert.ok(record !== undefined);
  assert.equal(pruningSummary(record), undefined);
  void world.connector.desk.resolve({ id, act: { action: 'ask-hub' }, reason: 'reconciliation', by: 'test' });
  await world.time.advance(20_000);
  assert.equal(await pruneAll(world), 1);
  // its late word counts all the same
  await patch(world, id, 'ABORTED');
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'CORE_CREDITED_HUB_ABORTED');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredRecord } from '@payment-manager/journal';
import { fulfilled, patch, quoted as quotedPayee } from '../../test/payee-scenes.ts';
import { committed, opened, quoted, transferFails } from '../../test/payer-scenes.ts';
import { makeWorld, type World } from '../../test/world.ts';
import { pruningSummary } from '../retention/retention.ts';
import { type PaymentSummary, paymentSummary } from './payment-summary.ts';

async function records(world: World): Promise<readonly StoredRecord[]> {
  return world.journal.between({ fromMs: 0, toMs: world.time.now() + 86_400_000, limit: 100 });
}

async function onlySummary(world: World): Promise<PaymentSummary> {
  const [record] = await records(world);
  const summary = record && paymentSummary(record);
  assert.ok(summary !== undefined && summary !== 'unread');
  return summary;
}

test('summary: a payment that we made, from its offer to its end', async () => {
  const world = await makeWorld();
  const id = await quoted(world, { homeTransactionId: 'salary-42' });
  assert.deepEqual([(await onlySummary(world)).state, (await onlySummary(world)).stage], ['pending', 'quote-offered']);
  await world.connector.payer.resume(id, { acceptQuote: false });
  const declined = await onlySummary(world);
  assert.deepEqual([declined.state, declined.stage, declined.error], ['declined', 'aborted', undefined]);
  assert.deepEqual(
    [declined.flow, declined.transferId, declined.homeTransactionId, declined.peer, declined.amount, declined.currency],
    ['payer', id, 'salary-42', 'them', '100', 'USD'],
  );
  assert.deepEqual(
    [declined.payer, declined.payee],
    [
      { type: 'MSISDN', id: '111', name: 'Payer' },
      { type: 'MSISDN', id: '222', name: 'Payee' },
    ],
  );
  assert.equal(declined.attention.length, 0);
});

test('summary: a failure has the code of whoever said it', async () => {
  const world = await makeWorld();
  const { transferId: id } = await opened(world);
  assert.equal((await onlySummary(world)).state, 'pending');
  await transferFails(world, id, '5103');
  const { state, error } = await onlySummary(world);
  assert.deepEqual([state, error?.code], ['failed', '5103']);
});

test('summary: a quote that we gave, the transfer that spends it, and the hub’s word', async () => {
  const world = await makeWorld();
  const { request } = await quotedPayee(world);
  const quote = await onlySummary(world);
  assert.deepEqual(
    [quote.flow, quote.state, quote.quoteId, quote.transferId, quote.peer],
    ['payee', 'quoted', request.quoteId, undefined, 'them'],
  );
  const other = await makeWorld();
  const { id } = await fulfilled(other);
  await patch(other, id, 'COMMITTED');
  await other.time.advance(2_000);
  const received = await onlySummary(other);
  assert.deepEqual([received.state, received.stage, received.transferId], ['completed', 'committed', id]);
});

test('summary: of a pruned payment the outcome stays, and nothing of a person', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await committed(world, transferId);
  const [record] = await records(world);
  assert.ok(record);
  const summary = pruningSummary(record) ?? {};
  const pruned = paymentSummary({ kind: 'payer', events: [{ type: 'pruned', at: 1, summary } as never] });
  assert.ok(pruned !== undefined && pruned !== 'unread');
  assert.deepEqual(
    [pruned.state, pruned.amount, pruned.payer, pruned.payee],
    ['completed', '100', { type: 'MSISDN', id: '' }, { type: 'MSISDN', id: '' }],
  );
});

test('summary: a record of another flow is none; a kind of event that is not known is said', async () => {
  const world = await makeWorld();
  await quoted(world);
  const [record] = await records(world);
  assert.ok(record);
  assert.equal(paymentSummary({ ...record, kind: 'restored' }), undefined);
  const later = { type: 'of-a-later-version', at: world.time.now() };
  const [first, ...rest] = record.events;
  assert.equal(paymentSummary({ ...record, events: [...record.events, later] }), 'unread');
  assert.equal(paymentSummary({ ...record, events: [first, later, ...rest].filter((event) => event !== undefined) }), 'unread');
  assert.equal(paymentSummary({ ...record, events: [later, ...record.events] }), 'unread');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from '@payment-manager/runtime';
import { patch, quoted as payeeQuoted, prepareFor, told } from '../../test/payee-scenes.ts';
import { committed, partyAnswers, paymentOf, paymentRequest, quoteFor } from '../../test/payer-scenes.ts';
import { sharedJournal } from '../../test/shared-journal.ts';
import { makeWorld, notificationsOf, settled, transfersOf, type World } from '../../test/world.ts';

/** Several connectors on one journal and one clock. */
async function replicas(count: number, change: Parameters<typeof makeWorld>[0] = {}) {
  const time = virtualTime();
  const journal = sharedJournal();
  const worlds: World[] = [];
  for (let index = 0; index < count; index++)
    worlds.push(await makeWorld(change, { time, journal: journal.replica(`r${index}`), seed: index + 1 }));
  return { time, journal, worlds: worlds as [World, World, ...World[]] };
}

for (const notices of ['at once', 'held'] as const) {
  test(`replicas: each callback may reach another one than waits for it (notices ${notices})`, async () => {
    const { worlds, journal, time } = await replicas(3, { autoAcceptParty: true, autoAcceptQuote: true });
    journal.notices = notices;
    const [a, b, c] = worlds as [World, World, World];
    const starting = a.connector.payer.start({ request: paymentRequest() });
    await time.advance(0);
    await partyAnswers(b);
    await time.advance(0);
    const request = b.messages('POST', '/quotes')[0]?.body;
    assert.ok(request, 'the replica whose append created the obligation sends the quote request');
    assert.equal(a.messages('POST', '/quotes').length, 0);
    await c.receive('PUT', `/quotes/${request.quoteId}`, quoteFor(request));
    await time.advance(0);
    const prepare = c.messages('POST', '/transfers')[0]?.body;
    // b has seen an older state of this payment
    await committed(b, prepare.transferId);
    await time.advance(0);
    if (notices === 'at once') assert.equal(paymentOf(await settled(a, starting)).stage, 'completed');
    assert.equal(paymentOf(await settled(c, c.connector.payer.inquire(prepare.transferId) as never)).stage, 'completed');
  });
}

test('replicas: ten equal prepares on three of them call the core once', async () => {
  const { worlds, time } = await replicas(3);
  const quote = await payeeQuoted(worlds[0]);
  const body = prepareFor(worlds[0], quote);
  await Promise.all(Array.from({ length: 10 }, (_, index) => (worlds[index % 3] as World).receive('POST', '/transfers', body)));
  await time.advance(100);
  assert.equal(worlds.flatMap((world) => transfersOf(world.calls)).length, 1);
  assert.deepEqual(
    worlds.flatMap((world) => told(world, body.transferId)),
    ['RESERVED'],
  );
});

test('replicas: what a living one owes is not done by another that sees the record', async () => {
  const { worlds, time } = await replicas(2);
  const [a, b] = worlds;
  a.core.transfer = () => new Promise(() => {});
  const quote = await payeeQuoted(a);
  const body = prepareFor(a, quote);
  await a.receive('POST', '/transfers', body);
  await b.receive('GET', `/transfers/${body.transferId}`, undefined);
  await time.advance(5_000);
  assert.equal(transfersOf(b.calls).length, 0);
  assert.deepEqual(await b.connector.exceptions({ limit: 10 }), [], 'and it is not taken for interrupted');
});

test('replicas: when one dies another takes over: what was sent is sent again, a core call is unknown', async () => {
  const { worlds, journal, time } = await replicas(2);
  const [a, b] = worlds;
  const quote = await payeeQuoted(a);
  const id = quote.request.transactionId;
  a.core.transfer = () => new Promise(() => {});
  await a.receive('POST', '/transfers', prepareFor(a, quote));
  await time.advance(10);
  journal.end('r0');
  await time.advance(1_100);
  assert.equal(transfersOf(b.calls).length, 0, 'never called again');
  assert.equal((await b.connector.exceptions({ limit: 10 }))[0]?.code, 'CORE_OUTCOME_UNKNOWN');
  await b.receive(
    'PUT',
    `/transfers/${id}/error`,
    { errorInformation: { errorCode: '3303', errorDescription: 'expired' } },
    { source: 'switch' },
  );
  await time.advance(60_000);
  assert.deepEqual(
    notificationsOf(b.calls).map((call) => call.notification.transferState),
    ['ABORTED'],
  );
});

test('replicas: one whose lease is over begins nothing', async () => {
  const { worlds, journal, time } = await replicas(2);
  const [a, b] = worlds;
  const quote = await payeeQuoted(a);
  const id = quote.request.transactionId;
  await a.receive('POST', '/transfers', prepareFor(a, quote));
  await time.advance(0);
  journal.end('r0');
  await patch(a, id, 'COMMITTED');
  assert.equal(notificationsOf(a.calls).length, 0);
  await time.advance(1_100);
  assert.deepEqual(
    notificationsOf(b.calls).map((call) => call.notification.transferState),
    ['COMMITTED'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotesPostRequest } from '@payment-manager/fspiop';
import { virtualTime } from '@payment-manager/runtime';
import { patch, quoted as payeeQuoted, prepareFor, told } from '../../test/payee-scenes.ts';
import { committed, partyAnswers, paymentOf, paymentRequest, quoteFor } from '../../test/payer-scenes.ts';
import { sharedJournal } from '../../test/shared-journal.ts';
import { makeWorld, notificationsOf, settled, transfersOf, type World } from '../../test/world.ts';

/** Several connectors on one journal and one clock. */
async function replicas(count: number, change: Parameters<typeof makeWorld>[0] = {}) {
  const time = virtualTime();
  const journal = sharedJournal(() => time.monotonic());
  const worlds: World[] = [];
  for (let index = 0; index < count; index++)
    worlds.push(await makeWorld(change, { time, journal: journal.replica(`r${index}`), seed: index + 1 }));
  return { time, journal, worlds: worlds as [World, World, ...World[]] };
}

for (const notices of ['at once', 'held'] as const) {
  test(`replicas: each callback may reach another one than waits for it (notices ${notices})`, async () => {
    const { worlds, journal, time } = await replicas(3, {
      autoAcceptParty: true,
      autoAcceptQuote: true,
      maxAutoAcceptFee: { USD: { absolute: '1' } },
    });
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
    const prepare = c.messages('POST', '/transfers')[0]!.body;
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

test('replicas: what is taken over is gone on with, also when a callback changes the record in the same moment', async () => {
  const time = virtualTime();
  const journal = sharedJournal(() => time.monotonic());
  const change = { core: { transferAskable: true, quietMs: 5_000 } };
  const a = await makeWorld(change, { time, journal: journal.replica('r0'), seed: 1 });
  const shared = journal.replica('r1');
  const { replica } = shared;
  assert.ok(replica);
  let meanwhile = async (): Promise<void> => {};
  const takeOver: typeof replica.takeOver = async (limit) => {
    const left = await replica.takeOver(limit);
    if (left.length > 0) await meanwhile();
    return left;
  };
  const b = await makeWorld(change, { time, journal: { ...shared, replica: { ...replica, takeOver } }, seed: 2 });
  a.core.transfer = () => ({ kind: 'unknown', reason: 'lost' });
  const quote = await payeeQuoted(a);
  const body = prepareFor(a, quote);
  await a.receive('POST', '/transfers', body);
  await b.receive('GET', `/transfers/${body.transferId}`, undefined);
  await time.advance(500);
  b.core.ask = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true });
  const expired = { errorInformation: { errorCode: '3303', errorDescription: 'expired' } };
  meanwhile = () => b.receive('PUT', `/transfers/${body.transferId}/error`, expired, { source: 'switch' });
  journal.end('r0');
  await time.advance(120_000);
  assert.deepEqual(await b.journal.openRecords(10, undefined), [], 'the core was asked, and it has ended');
});

test('replicas: an answer that was not stored yet when another one changed the record is had again', async () => {
  const { worlds, time, journal } = await replicas(2);
  const [a, b] = worlds;
  const quote = await payeeQuoted(a);
  const body = prepareFor(a, quote);
  await a.receive('POST', '/transfers', body);
  await time.advance(2_000);
  await patch(a, body.transferId, 'COMMITTED');
  assert.equal(notificationsOf(a.calls).length, 1);
  // the core's answer waits to be stored with what comes next; what comes next is the other one's
  await patch(b, body.transferId, 'ABORTED');
  await time.advance(10_000);
  assert.deepEqual(await journal.replica('r2').openRecords(10, undefined), []);
  assert.deepEqual(
    [...notificationsOf(a.calls), ...notificationsOf(b.calls)].map((call) => call.notification.transferState),
    ['COMMITTED', 'COMMITTED'],
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

const PARTY = { party: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '27713803912', fspId: 'them' }, name: 'Ann' } };
const NOT_FOUND = { errorInformation: { errorCode: '3204', errorDescription: 'no such party' } };
const QUOTE_ID = '7c23e80c-d078-4077-8263-2c047876fcf6';
const QUOTE: QuotesPostRequest = {
  quoteId: QUOTE_ID,
  transactionId: '85feac2f-39b2-491b-817e-4a03203d4f14',
  payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '111', fspId: 'us' } },
  payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '222', fspId: 'them' } },
  amountType: 'SEND',
  amount: { currency: 'USD', amount: '10' },
  transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
  expiration: '2030-01-01T00:00:00.000Z',
};
const TRANSFER_ID = 'b51ec534-ee48-4575-b6a9-ead2955b8069';

/** What one asks in vain unless the answer, which reaches another replica, is passed on. */
const questions: readonly {
  readonly what: string;
  readonly ask: (world: World) => Promise<{ readonly kind: string } | undefined>;
  readonly answer: (world: World) => Promise<void>;
  readonly kind: string;
}[] = [
  {
    what: 'a party that was found',
    ask: (world) => world.connector.payer.findParty({ type: 'MSISDN', id: '27713803912' }),
    answer: (world) => world.receive('PUT', '/parties/MSISDN/27713803912', PARTY),
    kind: 'answered',
  },
  {
    what: 'a party that was not found',
    ask: (world) => world.connector.payer.findParty({ type: 'MSISDN', id: '27713803912', subId: 'SAVINGS' }),
    answer: (world) => world.receive('PUT', '/parties/MSISDN/27713803912/SAVINGS/error', NOT_FOUND),
    kind: 'error',
  },
  {
    what: 'a bare quote',
    ask: (world) => world.connector.payer.quote('them', QUOTE),
    answer: (world) => world.receive('PUT', `/quotes/${QUOTE_ID}`, quoteFor(QUOTE)),
    kind: 'answered',
  },
  {
    what: 'a bare quote that was refused',
    ask: (world) => world.connector.payer.quote('them', QUOTE),
    answer: (world) => world.receive('PUT', `/quotes/${QUOTE_ID}/error`, NOT_FOUND),
    kind: 'error',
  },
  {
    what: 'the state of a transfer that is not ours',
    ask: (world) => world.connector.payer.inquire(TRANSFER_ID),
    answer: (world) => world.receive('PUT', `/transfers/${TRANSFER_ID}/error`, NOT_FOUND, { source: 'switch' }),
    kind: 'error',
  },
];

for (const { what, ask, answer, kind } of questions) {
  test(`replicas: an answer to nobody's record reaches who waits for it, and is nobody's alarm: ${what}`, async () => {
    const { worlds, journal, time } = await replicas(3);
    const [a, b, c] = worlds as [World, World, World];
    const asking = ask(a);
    await time.advance(10);
    await answer(b);
    assert.equal((await settled(a, asking))?.kind, kind);
    await time.advance(10_000);
    assert.deepEqual(journal.mail(), [], 'nothing is left');
    for (const one of [a, b, c]) assert.deepEqual(await one.connector.alarms({ limit: 10 }), []);
  });
}

test('replicas: where notices get lost, an answer that was passed on is found within a second', async () => {
  const { worlds, journal, time } = await replicas(2);
  journal.notices = 'held';
  const [a, b] = worlds;
  const asking = a.connector.payer.findParty({ type: 'MSISDN', id: '27713803912' });
  await time.advance(10);
  await b.receive('PUT', '/parties/MSISDN/27713803912', PARTY);
  await time.advance(1_000);
  assert.equal((await settled(a, asking)).kind, 'answered');
});

for (const notices of ['at once', 'held'] as const)
  test(`replicas: each of three that ask for the same party gets an answer, wherever the answers come in (notices ${notices})`, async () => {
    const { worlds, journal, time } = await replicas(4);
    const [a, b, c, d] = worlds as [World, World, World, World];
    const asking = [a, b, c].map((world) => world.connector.payer.findParty({ type: 'MSISDN', id: '27713803912' }));
    journal.notices = notices;
    await time.advance(10);
    await d.receive('PUT', '/parties/MSISDN/27713803912', PARTY);
    await d.receive('PUT', '/parties/MSISDN/27713803912', PARTY);
    await b.receive('PUT', '/parties/MSISDN/27713803912', PARTY);
    await time.advance(1_000);
    assert.deepEqual(
      (await settled(a, Promise.all(asking))).map(({ kind }) => kind),
      ['answered', 'answered', 'answered'],
    );
  });

test('replicas: a callback for which nobody waits anywhere is one alarm, and its text is not stored as it is', async () => {
  const { worlds, journal, time } = await replicas(3);
  await (worlds[1] as World).receive('PUT', '/parties/MSISDN/27713803912', PARTY);
  assert.equal(journal.mail().length, 1);
  assert.doesNotMatch(journal.mail()[0]?.message ?? '', /Ann/);
  await time.advance(10_000);
  const alarms = (await Promise.all(worlds.map((world) => world.connector.alarms({ limit: 10 })))).flat();
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['CALLBACK_UNEXPECTED'],
  );
  assert.deepEqual(journal.mail(), []);
});

test('replicas: an answer that was under way long before the question is none to it', async () => {
  const { worlds, time } = await replicas(2);
  const [a, b] = worlds;
  await b.receive('PUT', '/parties/MSISDN/27713803912', PARTY);
  await time.advance(2_000);
  const asking = a.connector.payer.findParty({ type: 'MSISDN', id: '27713803912' });
  await time.advance(3_000);
  await b.receive('PUT', '/parties/MSISDN/27713803912/error', NOT_FOUND);
  assert.equal((await settled(a, asking)).kind, 'error');
});

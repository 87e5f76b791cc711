import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  committed,
  FULFILMENT,
  opened,
  partyAnswers,
  paymentOf,
  paymentRequest,
  quoteAnswers,
  quoted,
  transferFails,
} from '../../test/payer-scenes.ts';
import { person } from '../../test/person-scenes.ts';
import { lost, makeWorld, refusedConnection, settled, status, taken, within } from '../../test/world.ts';

test('payer: a payment in three steps ends COMPLETED when the hub brings the right fulfilment', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await committed(world, transferId);
  const payment = paymentOf(await settled(world, answer));
  assert.equal(payment.stage, 'completed');
  assert.equal(payment.fulfil?.body.fulfilment, FULFILMENT);
  const prepare = world.messages('POST', '/transfers')[0]!.body;
  assert.equal(prepare.payeeFsp, 'them');
  assert.equal(prepare.condition, payment.quoteResponse?.body.condition);
  assert.equal(world.sent.length, 3);
});

test('payer: with automatic acceptance one call goes all the way', async () => {
  const world = await makeWorld({ autoAcceptParty: true, autoAcceptQuote: true, maxAutoAcceptFee: { USD: { absolute: '0' } } });
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world);
  await world.time.advance(0);
  await quoteAnswers(world);
  await world.time.advance(0);
  await committed(world, world.messages('POST', '/transfers')[0]!.body.transferId);
  assert.equal(paymentOf(await settled(world, starting)).stage, 'completed');
});

test('payer: a fee above the limit is offered to the DFSP, not accepted for it', async () => {
  const world = await makeWorld({ autoAcceptParty: true, autoAcceptQuote: true, maxAutoAcceptFee: { USD: { absolute: '1' } } });
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world);
  await world.time.advance(0);
  await quoteAnswers(world, { payeeReceiveAmount: { currency: 'USD', amount: '98.5' }, payeeFspFee: { currency: 'USD', amount: '1.5' } });
  assert.equal(paymentOf(await settled(world, starting)).stage, 'quote-offered');
  assert.equal(world.messages('POST', '/transfers').length, 0);
});

test('payer: a callback that comes before our own send has returned is not lost', async () => {
  const world = await makeWorld();
  const held = Promise.withResolvers<void>();
  world.hub = async (message) => {
    if (message.method === 'GET') await held.promise;
    return taken;
  };
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world);
  assert.equal(paymentOf(await settled(world, starting)).stage, 'party-offered');
  held.resolve();
});

test('payer: refusing party or quote ends the payment, and nothing more is sent', async () => {
  const world = await makeWorld();
  const transferId = await quoted(world);
  const payment = paymentOf(await settled(world, world.connector.payer.resume(transferId, { acceptQuote: false })));
  assert.equal(payment.stage, 'aborted');
  await world.time.advance(60_000);
  assert.equal(world.messages('POST', '/transfers').length, 0);
  const again = paymentOf(await settled(world, world.connector.payer.resume(transferId, { acceptQuote: true })));
  assert.equal(again.stage, 'aborted');
  assert.equal(world.messages('POST', '/transfers').length, 0);
});

test('payer: five acceptances at once are one, and a late refusal changes nothing', async () => {
  const world = await makeWorld();
  const transferId = await quoted(world);
  const answers = [true, true, true, true, false].map((acceptQuote) => world.connector.payer.resume(transferId, { acceptQuote }));
  await world.time.advance(0);
  assert.equal(world.messages('POST', '/transfers').length, 1);
  await committed(world, transferId);
  for (const answer of answers) assert.equal(paymentOf(await settled(world, answer)).stage, 'completed');
});

for (const [what, change] of [
  ['another currency', { transferAmount: { currency: 'EUR', amount: '100' } }],
  ['more than was to be sent', { transferAmount: { currency: 'USD', amount: '100.01' } }],
  ['an expiration in the past', { expiration: '2025-01-01T00:00:00.000Z' }],
] as const) {
  test(`payer: a quote with ${what} is never accepted`, async () => {
    const world = await makeWorld({ autoAcceptParty: true });
    const starting = world.connector.payer.start({ request: paymentRequest() });
    await world.time.advance(0);
    await partyAnswers(world);
    await world.time.advance(0);
    await quoteAnswers(world, change);
    assert.equal(paymentOf(await settled(world, starting)).stage, 'failed');
  });
}

test('payer: a quote from another FSP than the one asked is ignored and raises an alarm', async () => {
  const world = await makeWorld({ autoAcceptParty: true });
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world);
  await world.time.advance(0);
  await quoteAnswers(world, { transferAmount: { currency: 'USD', amount: '1' } }, { source: 'stranger' });
  await quoteAnswers(world);
  const payment = paymentOf(await settled(world, starting));
  assert.equal(payment.quoteResponse?.body.transferAmount.amount, '100');
  assert.equal((await world.connector.alarms({ limit: 10 }))[0]?.code, 'CALLBACK_FROM_STRANGER');
});

test('payer: no answer to the look-up or the quote ends the payment as a time-out', async () => {
  const world = await makeWorld();
  const failed = paymentOf(await within(world, 15_000, world.connector.payer.start({ request: paymentRequest() })));
  assert.equal(failed.stage, 'failed');
  assert.equal(failed.lastError?.httpStatusCode, 504);
});

test('payer: a payee whose FSP cannot be addressed ends the payment at once, and nothing is sent', async () => {
  const world = await makeWorld({ autoAcceptParty: true });
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world, 'them', 'a\nb');
  const failed = paymentOf(await settled(world, starting));
  assert.equal(failed.stage, 'failed');
  assert.equal(failed.lastError?.httpStatusCode, 500);
  assert.equal(world.messages('POST', '/quotes').length, 0);
});

test('payer: a hub that cannot be reached is told apart from one that does not answer', async () => {
  const world = await makeWorld();
  world.hub = () => refusedConnection;
  const failed = paymentOf(await within(world, 15_000, world.connector.payer.start({ request: paymentRequest() })));
  assert.equal(failed.lastError?.errorInformation.errorCode, '1001');
  assert.match(failed.lastError?.errorInformation.errorDescription ?? '', /CONNECT_REFUSED/);
});

test('payer: an open payment whose callback does not come is answered as unknown; the ladder asks after the expiration and ends it', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  const prepared = world.time.now();
  const waiting = await within(world, 11_000, answer);
  assert.equal(waiting?.kind === 'payment' && waiting.timedOut, true);
  assert.equal(paymentOf(waiting).outcome, 'unknown');
  await world.time.advance(prepared + 32_000 - world.time.now());
  const asked = world.messages('GET', `/transfers/${transferId}`);
  assert.equal(asked.length, 1);
  assert.ok((asked[0]?.at ?? 0) >= prepared + 32_000);
  await committed(world, transferId, { source: 'switch' });
  assert.equal(paymentOf(await settled(world, world.connector.payer.inquire(transferId) as never)).stage, 'completed');
});

test('payer: when the hub takes every question and never tells, the payment becomes an exception; a later final word settles it', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await world.time.advance(120_000);
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'OUTCOME_UNKNOWN');
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, world.settings.ladder.rungs);
  await world.time.advance(400_000);
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, world.settings.ladder.rungs + 1, 'slow questions go on');
  await committed(world, transferId, { source: 'switch' });
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
});

test('payer: an outage of the hub uses up no enquiry and makes no exception', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  world.hub = () => refusedConnection;
  await world.time.advance(600_000);
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
  world.hub = () => taken;
  await world.time.advance(30_000);
  await transferFails(world, transferId, '3303');
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'failed');
});

test('payer: COMMITTED with a wrong fulfilment or without one is not a success but an exception', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await committed(world, transferId, { fulfilment: Buffer.alloc(32, 9).toString('base64url') });
  const payment = paymentOf(await settled(world, answer));
  assert.equal(payment.stage, 'open');
  assert.equal(payment.outcome, 'unknown');
  assert.equal(payment.exception?.code, 'FULFILMENT_WRONG');
});

for (const [code, expected, why] of [
  ['5105', 'failed', 'a refusal of the payee ends it'],
  ['3303', 'failed', 'the hub says expired'],
  ['2001', 'failed', 'a server error ends it while we have asked nothing'],
  ['3106', 'open', '"modified request" is never an outcome'],
  ['3208', 'open', '"unknown transfer" proves nothing before the expiration'],
] as const) {
  test(`payer: error ${code} on an open payment: ${why}`, async () => {
    const world = await makeWorld();
    const { transferId } = await opened(world);
    await transferFails(world, transferId, code);
    await world.time.advance(0);
    const state = paymentOf((await within(world, 11_000, world.connector.payer.inquire(transferId))) as never);
    assert.equal(state.stage, expected);
  });
}

test('payer: "unknown transfer" that was written before the expiration proves nothing, however late it comes', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  const asked = world.time.now();
  await world.time.advance(45_000);
  const error = { errorInformation: { errorCode: '3208', errorDescription: 'test' } };
  await world.receive('PUT', `/transfers/${transferId}/error`, error, { source: 'switch', writtenAt: asked });
  await committed(world, transferId);
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'completed');
});

test('payer: "unknown transfer" written after the expiration ends it: a prepare that comes now is refused', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await world.time.advance(45_000);
  await transferFails(world, transferId, '3208');
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'failed');
});

test('payer: a server error while our question is open decides nothing', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  const asking = world.connector.payer.inquire(transferId);
  await world.time.advance(10);
  await transferFails(world, transferId, '2003');
  await committed(world, transferId);
  assert.equal(paymentOf((await settled(world, asking)) as never).stage, 'completed');
});

test('payer: two final words never flip a finished payment; both are kept as an exception', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await transferFails(world, transferId, '3303');
  assert.equal(paymentOf(await settled(world, answer)).stage, 'failed');
  await committed(world, transferId);
  await committed(world, transferId);
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'failed');
  const exceptions = await world.connector.exceptions({ limit: 10 });
  assert.deepEqual(
    exceptions.map((entry) => [entry.id, entry.code]),
    [[transferId, 'CONTRADICTION']],
  );
});

test('payer: a prepare is resent with the same bytes until the hub takes it', async () => {
  const world = await makeWorld();
  world.hub = (message, nth) =>
    message.path === '/transfers' && nth <= 3 ? ([lost, status(503), refusedConnection][nth - 1] ?? taken) : taken;
  const { transferId } = await opened(world);
  await world.time.advance(5_000);
  const prepares = world.messages('POST', '/transfers');
  assert.equal(prepares.length, 4);
  assert.equal(new Set(prepares.map((message) => message.text)).size, 1);
  await committed(world, transferId);
});

test('payer: a redirect is neither followed nor repeated, and proves nothing: the hub is asked', async () => {
  const world = await makeWorld();
  world.hub = (message) => (message.path === '/transfers' ? status(302) : taken);
  const { transferId } = await opened(world);
  await world.time.advance(5_000);
  assert.equal(world.messages('POST', '/transfers').length, 1);
  await committed(world, transferId);
});

test('payer: a 4xx is final when no earlier attempt can have arrived, and a question when one can', async () => {
  const refusal = status(400, { errorInformation: { errorCode: '3100', errorDescription: 'no' } });
  const first = await makeWorld();
  first.hub = (message) => (message.path === '/transfers' ? refusal : taken);
  const opened1 = await opened(first);
  const payment = paymentOf(await settled(first, opened1.answer));
  assert.equal(payment.stage, 'failed');
  assert.equal(payment.lastError?.errorInformation.errorCode, '3100');

  const second = await makeWorld();
  second.hub = (message, nth) => (message.path === '/transfers' ? (nth === 1 ? lost : refusal) : taken);
  const opened2 = await opened(second);
  await second.time.advance(5_000);
  assert.equal(second.messages('POST', '/transfers').length, 2);
  assert.equal(paymentOf(await within(second, 11_000, opened2.answer)).outcome, 'unknown');
});

test('payer: a prepare that provably never left fails without a question', async () => {
  const world = await makeWorld();
  world.hub = (message) => (message.path === '/transfers' ? refusedConnection : taken);
  const { transferId } = await opened(world);
  await world.time.advance(31_000);
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'failed');
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 0);
});

test('payer: after a crash the payment goes on, and the outcome is found', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  await world.crash();
  await committed(world, transferId);
  assert.equal(paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).stage, 'completed');
});

test('payer: the same Idempotency-Key gets the same payment, joins its wait, and starts nothing', async () => {
  const world = await makeWorld();
  const start = () => world.connector.payer.start({ request: paymentRequest(), idempotencyKey: 'k1' });
  const [a, b] = [start(), start()];
  await world.time.advance(0);
  assert.equal(world.messages('GET', '/parties/MSISDN/222').length, 1);
  await partyAnswers(world);
  const [first, second] = [paymentOf(await settled(world, a)), paymentOf(await settled(world, b))];
  assert.equal(first.transferId, second.transferId);
  const other = await settled(world, world.connector.payer.start({ request: paymentRequest({ amount: '7' }), idempotencyKey: 'k1' }));
  assert.equal(other.kind, 'conflict');
});

test('payer: the same homeTransactionId is the same payment, also after a restart; other content is a conflict', async () => {
  const world = await makeWorld();
  const transferId = await quoted(world);
  await world.crash();
  const again = paymentOf(await settled(world, world.connector.payer.start({ request: paymentRequest() })));
  assert.equal(again.transferId, transferId);
  assert.equal((await settled(world, world.connector.payer.start({ request: paymentRequest({ amount: '7' }) }))).kind, 'conflict');
});

test('payer: a repeat after a failure before the prepare is a new attempt; after a hub abort only when time and a GET agree', async () => {
  const world = await makeWorld();
  const failed = paymentOf(await within(world, 15_000, world.connector.payer.start({ request: paymentRequest() })));
  const transferId = await quoted(world);
  assert.notEqual(transferId, failed.transferId);
  void world.connector.payer.resume(transferId, { acceptQuote: true });
  await world.time.advance(0);
  await transferFails(world, transferId, '5104');
  const tooEarly = paymentOf(await settled(world, world.connector.payer.start({ request: paymentRequest() })));
  assert.equal(tooEarly.transferId, transferId);
  await world.time.advance(40_000);
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 1);
  await transferFails(world, transferId, '5104');
  await world.time.advance(0);
  await partyAnswers(world);
  assert.notEqual(paymentOf(await settled(world, starting)).transferId, transferId);
});

test('payer: one that failed before its transfer is shown as such, but not once the hub says that money moved, also after a person has settled that', async () => {
  const world = await makeWorld();
  const starting = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  const path = '/parties/MSISDN/222/error';
  await world.receive('PUT', path, { errorInformation: { errorCode: '1001', errorDescription: 'test' } }, { source: 'switch' });
  const failed = paymentOf(await settled(world, starting));
  assert.deepEqual([failed.stage, failed.endedBeforeTransfer], ['failed', true]);
  const { transferId } = failed;
  const now = async () => paymentOf(await settled(world, world.connector.payer.watch(transferId, 0)));
  await committed(world, transferId, { source: 'switch' });
  const doubtful = await now();
  assert.deepEqual([doubtful.stage, doubtful.exception?.code, doubtful.endedBeforeTransfer], ['failed', 'CONTRADICTION', undefined]);
  assert.equal((await person(world, transferId, { action: 'settle', as: 'COMMITTED' })).kind, 'done');
  const closed = await now();
  assert.deepEqual([closed.exception, closed.endedBeforeTransfer], [undefined, undefined]);
});

test('payer: a simple transfer has the same protection as a payment', async () => {
  const world = await makeWorld();
  const transferId = await quoted(world);
  const quote = world.messages('POST', '/quotes')[0]!.body;
  void transferId;
  const body = {
    transferId: '5b1f4f2c-6f6b-4c58-9a51-0d9a3d2f1e11',
    payeeFsp: 'them',
    payerFsp: 'us',
    amount: quote.amount,
    ilpPacket: 'AYIB',
    condition: paymentOf((await settled(world, world.connector.payer.inquire(transferId))) as never).quoteResponse?.body.condition ?? '',
    expiration: new Date(world.time.now() + 20_000).toISOString(),
  };
  const starting = world.connector.payer.startSimple({ fspId: 'them', body });
  const repeated = world.connector.payer.startSimple({ fspId: 'them', body });
  await world.time.advance(0);
  assert.equal(world.messages('POST', '/transfers').length, 1);
  await committed(world, body.transferId);
  assert.equal(paymentOf(await settled(world, starting)).stage, 'completed');
  assert.equal(paymentOf(await settled(world, repeated)).stage, 'completed');
  assert.equal(
    (await settled(world, world.connector.payer.startSimple({ fspId: 'them', body: { ...body, payeeFsp: 'x' } }))).kind,
    'conflict',
  );
});

test('payer: a look-up that names the FSP takes neither the party nor an error from another one', async () => {
  const world = await makeWorld();
  const starting = world.connector.payer.start({ request: paymentRequest({ to: { idType: 'MSISDN', idValue: '222', fspId: 'them' } }) });
  await world.time.advance(0);
  const error = { errorInformation: { errorCode: '3204', errorDescription: 'no' } };
  await world.receive('PUT', '/parties/MSISDN/222/error', error, { source: 'stranger' });
  await partyAnswers(world, 'stranger');
  await partyAnswers(world);
  assert.equal(paymentOf(await settled(world, starting)).stage, 'party-offered');
});

test('payer: a callback for another FSP is acknowledged, changes nothing and raises an alarm', async () => {
  const world = await makeWorld();
  const { transferId, answer } = await opened(world);
  await world.receive(
    'PUT',
    `/transfers/${transferId}/error`,
    { errorInformation: { errorCode: '5105', errorDescription: 'no' } },
    { source: 'switch', destination: 'others' },
  );
  assert.equal((await world.connector.alarms({ limit: 10 }))[0]?.code, 'CALLBACK_FOR_ANOTHER_FSP');
  await committed(world, transferId);
  assert.equal(paymentOf(await settled(world, answer)).stage, 'completed');
});

test('payer: above the limit a new payment is shed, and a repeat of a known one is not', async () => {
  const world = await makeWorld({ limits: { restingRecords: 10, inFlight: 1, coreCalls: 64, coreCallsWaiting: 1_000 } });
  const first = world.connector.payer.start({ request: paymentRequest(), idempotencyKey: 'k1' });
  await world.time.advance(0);
  const other = await settled(world, world.connector.payer.start({ request: paymentRequest({ homeTransactionId: 'other' }) }));
  assert.equal(other.kind, 'busy');
  const byKey = world.connector.payer.start({ request: paymentRequest(), idempotencyKey: 'k1' });
  const byId = world.connector.payer.start({ request: paymentRequest() });
  await world.time.advance(0);
  await partyAnswers(world);
  const ids = [await settled(world, first), await settled(world, byKey), await settled(world, byId)].map(
    (answer) => paymentOf(answer).transferId,
  );
  assert.equal(new Set(ids).size, 1);
});

test('payer: a DFSP that polls an open payment asks the hub each time, and does not fill the record', async () => {
  const world = await makeWorld();
  const { transferId } = await opened(world);
  for (let poll = 0; poll < 20; poll++) {
    void world.connector.payer.inquire(transferId);
    await world.time.advance(1_000);
  }
  assert.equal(world.messages('GET', `/transfers/${transferId}`).length, 20);
  assert.ok(((await world.journal.load(transferId))?.events.length ?? 99) < 10);
});

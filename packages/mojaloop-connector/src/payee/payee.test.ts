import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFulfilment } from '@payment-manager/fspiop';
import { fulfilled, hubSays, patch, prepare, prepareFor, quoted, quoteRequest, told, uuid } from '../../test/payee-scenes.ts';
import { lost, makeWorld, notificationsOf, status, taken, transfersOf } from '../../test/world.ts';
import type { CoreQuote, ReadOutcome } from '../core-client/core-door.ts';

const notified = (world: Awaited<ReturnType<typeof makeWorld>>) =>
  notificationsOf(world.calls).map((call) => call.notification.transferState);

test('payee: a reserving core is answered RESERVED with the right fulfilment, and told COMMITTED after the PATCH, once', async () => {
  const world = await makeWorld();
  const { id, quote } = await fulfilled(world);
  assert.deepEqual(told(world, id), ['RESERVED']);
  const message = world.messages('PUT', `/transfers/${id}`)[0];
  assert.ok(isFulfilment(message?.body.fulfilment, quote.response.condition));
  await patch(world, id, 'COMMITTED');
  await patch(world, id, 'COMMITTED');
  await world.time.advance(600_000);
  assert.deepEqual(notified(world), ['COMMITTED']);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(told(world, id), ['RESERVED']);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 0);
});

test('payee: PATCH ABORTED releases what the core holds', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'ABORTED');
  assert.deepEqual(notified(world), ['ABORTED']);
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
});

test('payee: a core whose notification handler does not read the state is told COMMITTED only', async () => {
  const world = await makeWorld({ core: { notificationReadsState: false } });
  const { id } = await fulfilled(world);
  await patch(world, id, 'ABORTED');
  await world.time.advance(60_000);
  assert.deepEqual(notified(world), []);
});

test('payee: a crediting core is answered COMMITTED; the hub’s answer ends it, and the core is not told again', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit' } });
  const { id } = await fulfilled(world);
  assert.deepEqual(told(world, id), ['COMMITTED']);
  await patch(world, id, 'COMMITTED');
  await world.time.advance(120_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 0);
  assert.deepEqual(notified(world), []);
});

test('payee: a COMMITTED that the hub takes only after the expiration is asked for; aborted and credited is an exception', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit' } });
  world.hub = (message) => (message.path.startsWith('/transfers/') && message.method === 'PUT' ? status(503) : taken);
  const { id } = await fulfilled(world);
  await world.time.advance(33_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 1);
  await hubSays(world, id, '3303');
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'CORE_CREDITED_HUB_ABORTED');
});

test('payee: a redirect of the hub is neither followed nor repeated; the fulfil becomes a question', async () => {
  const world = await makeWorld();
  world.hub = (message) => (message.method === 'PUT' && message.path.startsWith('/transfers') ? status(302) : taken);
  const { id } = await fulfilled(world);
  await world.time.advance(29_000);
  assert.deepEqual(told(world, id), ['RESERVED']);
  await world.time.advance(10_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length > 0, true);
});

test('payee: without a PATCH the hub is asked after the grace time, then wider; its answer decides', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.time.advance(14_900);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 0);
  await world.time.advance(200);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 1);
  await world.time.advance(4_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 2);
  await world.receive(
    'PUT',
    `/transfers/${id}`,
    { transferState: 'COMMITTED', completedTimestamp: new Date(world.time.now()).toISOString() },
    { source: 'switch' },
  );
  await world.time.advance(0);
  assert.deepEqual(notified(world), ['COMMITTED']);
});

test('payee: a hub that never tells makes an exception; its late word resolves it', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.time.advance(90_000);
  assert.deepEqual(
    (await world.connector.exceptions({ limit: 10 })).map((entry) => [entry.id, entry.code]),
    [[id, 'OUTCOME_UNKNOWN']],
  );
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
  assert.deepEqual(notified(world), ['COMMITTED']);
});

test('payee: the fulfil is resent byte for byte until the hub takes it', async () => {
  const world = await makeWorld();
  world.hub = (message, nth) =>
    message.method === 'PUT' && message.path.startsWith('/transfers/') && nth < 3 ? (nth === 1 ? lost : status(503)) : taken;
  const { id } = await fulfilled(world);
  await world.time.advance(3_000);
  const messages = world.messages('PUT', `/transfers/${id}`);
  assert.equal(messages.length, 3);
  assert.equal(new Set(messages.map((message) => message.text)).size, 1);
});

test('payee: 200 concurrent identical prepares call the core once and get one callback; later ones get the same again', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  const body = prepareFor(world, quote);
  await Promise.all(Array.from({ length: 200 }, () => world.receive('POST', '/transfers', body)));
  await world.time.advance(100);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(told(world, body.transferId), ['RESERVED']);
  await prepare(world, body);
  const messages = world.messages('PUT', `/transfers/${body.transferId}`);
  assert.equal(messages.length, 2);
  assert.equal(messages[1]?.text, messages[0]?.text);
  assert.equal(transfersOf(world.calls).length, 1);
});

test('payee: a repeated prepare after COMMITTED gets the same fulfilment; after a restart, too', async () => {
  const world = await makeWorld({ core: { atPrepare: 'credit' } });
  const { id, body } = await fulfilled(world);
  await world.time.advance(2_000);
  await world.crash();
  await prepare(world, body);
  const messages = world.messages('PUT', `/transfers/${id}`);
  assert.equal(messages.length, 2);
  assert.equal(messages[0]?.text, messages[1]?.text);
  assert.equal(transfersOf(world.calls).length, 1);
});

for (const [what, change, code] of [
  ['another amount', { amount: { currency: 'USD', amount: '99' } }, '3100'],
  ['another currency', { amount: { currency: 'EUR', amount: '100' } }, '3100'],
  ['another condition', { condition: 'A'.repeat(43) }, '3100'],
  ['another packet', { ilpPacket: 'AYIB' }, '3100'],
  ['another payee FSP', { payeeFsp: 'others' }, '3203'],
  ['another payer FSP', { payerFsp: 'others' }, '3202'],
  ['an expiration in the past', { expiration: '2020-01-01T00:00:00.000Z' }, '3303'],
  ['too little time', { expiration: '2026-01-01T00:00:02.000Z' }, '3303'],
] as const) {
  test(`payee: a prepare with ${what} is refused with ${code}, and the core is not called`, async () => {
    const world = await makeWorld();
    const quote = await quoted(world);
    const id = await prepare(world, prepareFor(world, quote, change));
    assert.deepEqual(told(world, id), [`error ${code}`]);
    assert.equal(world.calls.length, 0);
  });
}

test('payee: a prepare without any quote is refused with 3205, and again with the same', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  const body = prepareFor(world, quote, { transferId: uuid(), condition: 'B'.repeat(43), ilpPacket: 'AYIB' });
  const id = await prepare(world, body);
  await prepare(world, body);
  assert.deepEqual(told(world, id), ['error 3205', 'error 3205']);
});

test('payee: a prepare of another FSP does not spend the quote', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  const foreign = await prepare(world, prepareFor(world, quote, { transferId: uuid(), payerFsp: 'thief' }), { source: 'thief' });
  assert.deepEqual(told(world, foreign), ['error 3205']);
  const id = await prepare(world, prepareFor(world, quote));
  assert.deepEqual(told(world, id), ['RESERVED']);
});

test('payee: an expired quote refuses its prepare with 3302', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  await world.time.advance(60_001);
  const id = await prepare(world, prepareFor(world, quote));
  assert.deepEqual(told(world, id), ['error 3302']);
});

test('payee: a quote is spent by its first prepare; the same id with other content, or of another FSP, gets 3106', async () => {
  const world = await makeWorld();
  const { id, quote, body } = await fulfilled(world);
  const second = await prepare(world, prepareFor(world, quote, { transferId: uuid() }));
  assert.deepEqual(told(world, second), ['error 3106']);
  await prepare(world, { ...body, expiration: '2030-01-01T00:00:00.000Z' });
  assert.deepEqual(told(world, id), ['RESERVED', 'error 3106']);
  const other = await quoted(
    world,
    { payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1', fspId: 'others' } } },
    { source: 'others' },
  );
  await prepare(world, prepareFor(world, other, { transferId: id, payerFsp: 'others' }), { source: 'others' });
  assert.deepEqual(told(world, id), ['RESERVED', 'error 3106', 'error 3106']);
  assert.equal(transfersOf(world.calls).length, 1);
});

test('payee: a core that refuses is passed on with its code; the repeat gets the same and no new call', async () => {
  const world = await makeWorld();
  world.core.transfer = () => ({ kind: 'rejected', refusal: { code: '5104', description: 'no' } });
  const { id, body } = await fulfilled(world);
  await prepare(world, body);
  assert.deepEqual(told(world, id), ['error 5104', 'error 5104']);
  assert.equal(transfersOf(world.calls).length, 1);
});

test('payee: a call that was provably not sent is tried again while there is time, then refused', async () => {
  const world = await makeWorld();
  const down = { kind: 'not-sent', refusal: { code: '2003', description: 'down' }, reason: 'refused' } as const;
  world.core.transfer = (_request, nth) => (nth === 1 ? down : { kind: 'ok', value: {} });
  const first = await fulfilled(world);
  await world.time.advance(1_000);
  assert.deepEqual(told(world, first.id), ['RESERVED']);
  world.core.transfer = () => down;
  const second = await fulfilled(world);
  await world.time.advance(5_000);
  assert.deepEqual(told(world, second.id), ['error 2003']);
});

test('payee: an unknown outcome is never called again and never guessed: an exception, and the hub’s abort releases the core', async () => {
  const world = await makeWorld();
  world.core.transfer = () => ({ kind: 'unknown', reason: 'no answer' });
  const { id } = await fulfilled(world);
  await world.time.advance(29_000);
  assert.deepEqual(told(world, id), []);
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'CORE_OUTCOME_UNKNOWN');
  await hubSays(world, id, '3303');
  await world.time.advance(60_000);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(notified(world), ['ABORTED']);
  assert.deepEqual(await world.connector.exceptions({ limit: 10 }), []);
});

test('payee: a core declared repeatable is called again with the same key', async () => {
  const world = await makeWorld({ core: { transferRepeatable: true } });
  world.core.transfer = (_request, nth) => (nth === 1 ? { kind: 'unknown', reason: 'reset' } : { kind: 'ok', value: {} });
  const { id } = await fulfilled(world);
  await world.time.advance(1_000);
  assert.deepEqual(told(world, id), ['RESERVED']);
  assert.deepEqual(
    transfersOf(world.calls).map((call) => call.key),
    [id, id],
  );
});

test('payee: a core that can be asked tells what became of an unknown call; "not found" counts only after a quiet time', async () => {
  const world = await makeWorld({ core: { transferAskable: true } });
  world.core.transfer = () => ({ kind: 'unknown', reason: 'reset' });
  world.core.ask = () => ({ kind: 'ok', value: { transferState: 'RESERVED' } });
  const first = await fulfilled(world);
  await world.time.advance(1_000);
  assert.deepEqual(told(world, first.id), ['RESERVED']);
  world.core.ask = () => ({ kind: 'rejected', refusal: { code: '3208', description: 'no' }, notFound: true });
  const second = await fulfilled(world);
  await world.time.advance(15_000);
  assert.deepEqual(told(world, second.id), []);
  await world.time.advance(10_000);
  assert.deepEqual(told(world, second.id), ['error 2001']);
});

test('payee: a core that answers too late gives no fulfilment away; the hub is asked, and the core is told', async () => {
  const world = await makeWorld();
  const late = Promise.withResolvers<void>();
  world.core.transfer = async () => {
    await late.promise;
    return { kind: 'ok', value: {} };
  };
  const { id } = await fulfilled(world);
  await world.time.advance(28_500);
  late.resolve();
  await world.time.advance(0);
  assert.deepEqual(told(world, id), []);
  await world.time.advance(4_000);
  assert.equal(world.messages('GET', `/transfers/${id}`).length, 1);
  await hubSays(world, id, '3303');
  assert.deepEqual(notified(world), ['ABORTED']);
});

test('payee: when the hub aborts while the core works, the core is released as soon as it has answered', async () => {
  const world = await makeWorld();
  const slow = Promise.withResolvers<void>();
  world.core.transfer = async () => {
    await slow.promise;
    return { kind: 'ok', value: {} };
  };
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3303');
  assert.deepEqual(notified(world), []);
  slow.resolve();
  await world.time.advance(0);
  assert.deepEqual(notified(world), ['ABORTED']);
  assert.deepEqual(told(world, id), []);
});

test('payee: a crash during the core’s call leaves it unknown: it is not called again', async () => {
  const world = await makeWorld();
  world.core.transfer = () => new Promise(() => {});
  const { id } = await fulfilled(world);
  await world.crash();
  await world.time.advance(60_000);
  assert.equal(transfersOf(world.calls).length, 1);
  assert.deepEqual(told(world, id), []);
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.id, id);
});

test('payee: a crash between RESERVED and the PATCH loses nothing: the core is told the outcome', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.crash();
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(notified(world), ['COMMITTED']);
});

test('payee: the outcome is told until the core has taken it, with the same key; an alarm after five refusals', async () => {
  const world = await makeWorld();
  world.core.notify = (_notification, nth) => (nth <= 6 ? { kind: 'unknown', reason: '500' } : { kind: 'ok', value: {} });
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  await world.time.advance(20_000);
  assert.equal(
    (await world.connector.alarms({ limit: 10 })).some((entry) => entry.id === id && entry.code === 'CORE_NOT_TOLD'),
    true,
  );
  await world.time.advance(120_000);
  assert.equal(notificationsOf(world.calls).length, 7);
  assert.equal(new Set(notificationsOf(world.calls).map((call) => call.key)).size, 1);
});

test('payee: a notification that may not be repeated and may have arrived is an exception, not a repeat', async () => {
  const world = await makeWorld({ core: { notificationRepeatable: false } });
  world.core.notify = () => ({ kind: 'unknown', reason: 'reset' });
  const { id } = await fulfilled(world);
  await patch(world, id, 'COMMITTED');
  await world.time.advance(600_000);
  assert.equal(notificationsOf(world.calls).length, 1);
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'CORE_NOT_TOLD');
});

test('payee: with transfers 1.0 a reserving core books before the fulfilment leaves, and COMMITTED is answered', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world, { version: '1.0' });
  assert.deepEqual(notified(world), ['COMMITTED']);
  assert.deepEqual(told(world, id), ['COMMITTED']);
  const order = [notificationsOf(world.calls)[0]?.at, world.messages('PUT', `/transfers/${id}`)[0]?.at];
  assert.ok((order[0] ?? 1) <= (order[1] ?? 0));
});

test('payee: with transfers 1.0 a reserving core can refuse instead', async () => {
  const world = await makeWorld({ core: { reserveWithoutPatch: 'refuse' } });
  const { id } = await fulfilled(world, { version: '1.0' });
  assert.deepEqual(told(world, id), ['error 3001']);
  assert.equal(world.calls.length, 0);
});

test('payee: only the hub’s final word counts, and a second one that contradicts it flips nothing', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await patch(world, id, 'ABORTED', { source: 'stranger' });
  assert.deepEqual(notified(world), []);
  await patch(world, id, 'COMMITTED');
  await patch(world, id, 'ABORTED');
  await world.time.advance(60_000);
  assert.deepEqual(notified(world), ['COMMITTED']);
  assert.equal((await world.connector.exceptions({ limit: 10 }))[0]?.code, 'CONTRADICTION');
});

test('payee: after a fulfilment only 33xx aborts; any other error is asked about', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await hubSays(world, id, '3100');
  assert.deepEqual(notified(world), []);
  await hubSays(world, id, '3303');
  assert.deepEqual(notified(world), ['ABORTED']);
});

test('payee: quotes: the same again gets the same answer, other content 3106, another source its own', async () => {
  const world = await makeWorld();
  const { request, response } = await quoted(world);
  await world.receive('POST', '/quotes', request);
  await world.time.advance(0);
  const answers = world.messages('PUT', `/quotes/${request.quoteId}`);
  assert.deepEqual(
    answers.map((answer) => answer.body),
    [response, response],
  );
  await world.receive('POST', '/quotes', { ...request, amount: { currency: 'USD', amount: '5' } });
  await world.time.advance(0);
  assert.equal(world.messages('PUT', `/quotes/${request.quoteId}/error`)[0]?.body.errorInformation.errorCode, '3106');
  const other = await quoted(world, { quoteId: request.quoteId, transactionId: request.transactionId }, { source: 'others' });
  assert.notEqual(other.response.condition, response.condition);
});

test('payee: two quotes may share a transactionId', async () => {
  const world = await makeWorld();
  const transactionId = uuid();
  const a = await quoted(world, { transactionId });
  const b = await quoted(world, { transactionId });
  assert.notEqual(a.response.condition, b.response.condition);
  assert.deepEqual(told(world, await prepare(world, prepareFor(world, b))), ['RESERVED']);
});

test('payee: a quote for a payee of another FSP is refused, and the core is not asked', async () => {
  const world = await makeWorld();
  world.core.quote = async () => assert.fail('the core was asked');
  const request = quoteRequest({ payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '222', fspId: 'others' } } });
  await world.receive('POST', '/quotes', request);
  await world.time.advance(0);
  assert.equal(world.messages('PUT', `/quotes/${request.quoteId}/error`)[0]?.body.errorInformation.errorCode, '3203');
});

test('payee: what the hub says besides its final word reaches the core, and the fulfil, without the fulfilment', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  const extensionList = { extension: [{ key: 'settlement', value: 'window 7' }] };
  const completedTimestamp = new Date(world.time.now()).toISOString();
  await world.receive('PATCH', `/transfers/${id}`, { transferState: 'COMMITTED', completedTimestamp, extensionList }, { source: 'switch' });
  await world.time.advance(0);
  const [call] = notificationsOf(world.calls);
  assert.ok(call !== undefined);
  assert.deepEqual(call.notification.extensionList, extensionList);
  const { fulfil } = call.notification.context as { fulfil: { body: { transferState: string; fulfilment?: string } } };
  assert.equal(fulfil.body.transferState, 'RESERVED');
  assert.equal(fulfil.body.fulfilment, undefined);
});

/** The code with which a quote is refused that the core answers so, after this time. */
async function codeOfQuote(
  expiresAfterMs: number | undefined,
  answer: ReadOutcome<CoreQuote>,
  afterMs: 'deadline' | number,
): Promise<string | undefined> {
  const world = await makeWorld();
  world.core.quote = (_request, deadline) =>
    new Promise((resolve) => world.time.after(afterMs === 'deadline' ? deadline - world.time.now() : afterMs, () => resolve(answer)));
  const expiration = expiresAfterMs === undefined ? {} : { expiration: new Date(world.time.now() + expiresAfterMs).toISOString() };
  const request = quoteRequest(expiration);
  await world.receive('POST', '/quotes', request);
  await world.time.advance(expiresAfterMs === undefined || afterMs !== 'deadline' ? 60_000 : expiresAfterMs - 1_500);
  return world.messages('PUT', `/quotes/${request.quoteId}/error`)[0]?.body.errorInformation.errorCode;
}

test('payee: a price that does not come is answered before the request expires, with 3302', async () => {
  const late = { kind: 'failed', refusal: { code: '2004', description: 'late' }, reason: 'late' } as const;
  assert.equal(await codeOfQuote(6_000, late, 'deadline'), '3302');
  assert.equal(await codeOfQuote(undefined, late, 'deadline'), '2004');
  assert.equal(await codeOfQuote(50_000, late, 'deadline'), '2004', 'it was our own time that ended');
  assert.equal(await codeOfQuote(6_000, late, 100), '2004', "the core's own word, in time");
});

test('payee: a price that comes after the request expired is refused with 3302', async () => {
  const price = { transferAmount: { currency: 'USD', amount: '100' }, raw: {} };
  assert.equal(await codeOfQuote(6_000, { kind: 'ok', value: price }, 6_000), '3302');
});

test('payee: GET /transfers tells the state to its payer, nothing to others, and the fulfilment only with COMMITTED', async () => {
  const world = await makeWorld();
  const { id } = await fulfilled(world);
  await world.receive('GET', `/transfers/${id}`, undefined);
  await world.receive('GET', `/transfers/${id}`, undefined, { source: 'nosy' });
  await world.time.advance(0);
  const answers = world.messages('PUT', `/transfers/${id}`);
  assert.equal(answers.at(-1)?.body.transferState, 'RESERVED');
  assert.equal(answers.at(-1)?.body.fulfilment, undefined);
  assert.equal(world.messages('PUT', `/transfers/${id}/error`)[0]?.headers['FSPIOP-Destination'], 'nosy');
  await patch(world, id, 'COMMITTED');
  await world.receive('GET', `/transfers/${id}`, undefined);
  await world.time.advance(0);
  const last = world.messages('PUT', `/transfers/${id}`).at(-1);
  assert.equal(last?.body.transferState, 'COMMITTED');
  assert.equal(typeof last?.body.fulfilment, 'string');
});

test('payee: parties and participants are answered once, refusals and failures included', async () => {
  const world = await makeWorld();
  await world.receive('GET', '/parties/MSISDN/222', undefined);
  await world.receive('GET', '/participants/MSISDN/222', undefined);
  world.core.findParty = async () => ({ kind: 'rejected', refusal: { code: '3204', description: 'no' }, notFound: true });
  await world.receive('GET', '/parties/MSISDN/333', undefined);
  await world.time.advance(0);
  assert.equal(world.messages('PUT', '/parties/MSISDN/222')[0]?.body.party.partyIdInfo.fspId, 'us');
  assert.deepEqual(world.messages('PUT', '/participants/MSISDN/222')[0]?.body, { fspId: 'us' });
  assert.equal(world.messages('PUT', '/parties/MSISDN/333/error')[0]?.body.errorInformation.errorCode, '3204');
  assert.equal(world.sent.length, 3);
});

test('payee: a ping is answered to whoever sent it, in its version', async () => {
  const world = await makeWorld();
  const requestId = uuid();
  await world.receive('POST', '/ping', { requestId }, { version: '2.0' });
  await world.receive('POST', '/ping', { requestId: 'no id' }, { status: 400 });
  await world.time.advance(0);
  const [answer, ...more] = world.sent;
  assert.deepEqual([answer?.method, answer?.path, answer?.body, more.length], ['PUT', `/ping/${requestId}`, { requestId }, 0]);
  assert.equal(answer?.headers['FSPIOP-Destination'], 'them');
  assert.equal(answer?.headers['Content-Type'], 'application/vnd.interoperability.ping+json;version=2.0');
});

test('payee: new work above the limit is shed with 503; what is known is still served', async () => {
  const world = await makeWorld({ limits: { restingRecords: 10, inFlight: 1, coreCalls: 64, coreCallsWaiting: 1_000 } });
  const { id } = await fulfilled(world);
  await world.receive('POST', '/quotes', quoteRequest(), { status: 503 });
  await patch(world, id, 'COMMITTED');
  assert.deepEqual(notified(world), ['COMMITTED']);
});

test('payee: a currency that the protocol does not have can be configured with its decimals; without them it is refused', async () => {
  const zzz = { amount: { currency: 'ZZZ', amount: '12.5' } };
  const world = await makeWorld({ extraCurrencies: ['ZZZ'], currencyDecimals: { ZZZ: 2 } });
  assert.equal((await quoted(world, zzz)).response.transferAmount.currency, 'ZZZ');
  const other = await makeWorld({ extraCurrencies: ['ZZZ'] });
  const request = quoteRequest(zzz);
  await other.receive('POST', '/quotes', request);
  await other.time.advance(0);
  assert.equal(other.messages('PUT', `/quotes/${request.quoteId}/error`)[0]?.body.errorInformation.errorCode, '5106');
});

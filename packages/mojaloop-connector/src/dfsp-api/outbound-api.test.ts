import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JournalUnavailable } from '@payment-manager/journal';
import fc from 'fast-check';
import { at, fakedApi, payment } from '../../test/fake-payer-door.ts';
import type { PaymentRequest, StartPayment } from '../transfer/payer-door.ts';
import { OUTBOUND_BODY_BYTES_MAX, outboundRefusal } from './answers.ts';
import { QUOTE_REQUEST, SIMPLE_REQUEST, TRANSFER_ID, TRANSFER_REQUEST } from './examples.ts';

const waiting = () => at(payment({ stage: 'party-offered' }));
const put = (api: ReturnType<typeof fakedApi>, body: unknown) => api.call('PUT', `/transfers/${TRANSFER_ID}`, body);

/** The body is refused with 400, a message that fits, and nothing reaches the door. */
async function refuses(change: object | string, message: RegExp, path = '/transfers', base: object = TRANSFER_REQUEST): Promise<void> {
  const api = fakedApi({ start: waiting });
  const answer = await api.call('POST', path, typeof change === 'string' ? change : { ...base, ...change });
  assert.deepEqual(Object.keys(answer.json), ['message', 'statusCode'], answer.text);
  assert.match(String(answer.json.message), message);
  assert.deepEqual([answer.status, answer.json.statusCode], [400, 400]);
  assert.equal(api.asked.length, 0);
}

test('outbound: health is 200 and empty', async () => {
  const answer = await fakedApi().call('GET', '/');
  assert.deepEqual([answer.status, answer.text], [200, '']);
});

test('outbound: unknown paths and wrong methods are 400, as in the SDK', async () => {
  const api = fakedApi();
  for (const [method, target] of [
    ['GET', '/nothing'],
    ['GET', '/transfers/a/b'],
    ['DELETE', `/transfers/${TRANSFER_ID}`],
    ['POST', '/'],
    ['GET', '/parties/MSISDN'],
    ['GET', '/parties/MSISDN/%ZZ'],
    ['GET', '/parties/FOO/1'],
    ['GET', `/parties/MSISDN/${'1'.repeat(129)}`],
    ['GET', '/transfers/not-an-id'],
    ['GET', '/__proto__'],
    ['GET', '/parties/MSISDN/%2e%2e'],
  ] as const) {
    const answer = await api.call(method, target);
    assert.deepEqual([answer.status, answer.json.statusCode], [400, 400], target);
    assert.equal(typeof answer.json.message, 'string');
  }
  assert.equal(api.asked.length, 0);
});

test('outbound: only exact amounts are taken', async () => {
  for (const amount of ['5.0', '-1', 'abc', '', '1e3', 5.5, -1, 2 ** 53, null, true, ['5']]) await refuses({ amount }, /^amount /);
});

test('outbound: whole numbers, digits and words are taken for text, numbers and booleans', async () => {
  const api = fakedApi({ start: waiting });
  const to = { ...TRANSFER_REQUEST.to, idValue: 27713803912 };
  assert.equal(
    (await api.call('POST', '/transfers', { ...TRANSFER_REQUEST, to, amount: 100, prepareExpirySeconds: '30', skipPartyLookup: 'false' }))
      .status,
    200,
  );
  const { request } = api.asked[0]!.args[0] as StartPayment;
  assert.deepEqual(
    [request.amount, request.to.idValue, request.prepareExpirySeconds, request.skipPartyLookup],
    ['100', '27713803912', 30, false],
  );
});

test('outbound: a refusal names the member and never its value', async () => {
  await refuses({ note: 'n'.repeat(129) }, /^note is longer than 128 characters\.$/);
  await refuses({ transferId: TRANSFER_ID }, /^transferId is not a member that this request has\.$/);
  await refuses({ to: { ...TRANSFER_REQUEST.to, fspid: 'x' } }, /^to\.fspid is not a member/);
  await refuses({ from: { idType: 'MSISDN' } }, /^from\.idValue is missing\.$/);
  await refuses({ amountType: 'send' }, /^amountType is not one of SEND, RECEIVE\.$/);
  await refuses({ currency: 'QQQ' }, /^currency is not a currency of this scheme\.$/);
  await refuses({ to: { ...TRANSFER_REQUEST.to, supportedCurrencies: ['USD', 'QQQ'] } }, /^to\.supportedCurrencies\[1\] is not a currency/);
  await refuses({ quoteRequestExtensions: [{ key: 'k'.repeat(33), value: 'v' }] }, /^quoteRequestExtensions\[0\]\.key is longer than 32/);
  await refuses({ prepareExpirySeconds: 0 }, /^prepareExpirySeconds is less than 1\.$/);
});

test('outbound: what is not one JSON object of this kind is refused', async () => {
  await refuses('{', /not JSON/);
  await refuses('', /missing/);
  await refuses('[]', /not an object/);
  await refuses('[['.repeat(100), /nested/);
  await refuses(JSON.stringify(TRANSFER_REQUEST).replace('"amount":"25"', '"amount":"25","\\u0061mount":"9"'), /twice/);
});

test('outbound: a body that is not said to be JSON is refused, so that no web page can send one', async () => {
  const api = fakedApi({ start: waiting });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', ''])
    assert.equal((await api.call('POST', '/transfers', TRANSFER_REQUEST, { 'content-type': type })).status, 400);
  assert.equal(api.asked.length, 0);
  assert.equal((await api.call('POST', '/transfers', TRANSFER_REQUEST, { 'content-type': 'application/json; charset=utf-8' })).status, 200);
});

test('outbound: what cannot be asked for or addressed at the hub is refused before anything begins', async () => {
  const to = (change: object) => ({ to: { ...TRANSFER_REQUEST.to, ...change } });
  for (const value of ['.', '..', 'a\ud800']) {
    await refuses(to({ idValue: value }), /^to\.idValue has the wrong format/);
    await refuses(to({ idSubValue: value }), /^to\.idSubValue has the wrong format/);
  }
  for (const fspId of ['💥', ' x', 'a\nb', 'x'.repeat(33)]) await refuses(to({ fspId }), /^to\.fspId has the wrong format/);
  const api = fakedApi({ start: waiting });
  for (const idValue of ['...', 'a/b', '💥'.repeat(128)])
    assert.equal((await api.call('POST', '/transfers', { ...TRANSFER_REQUEST, ...to({ idValue }) })).status, 200, idValue);
});

test('outbound: members that need each other', async () => {
  await refuses({ skipPartyLookup: true }, /^to\.fspId is missing/);
  await refuses({ transactionType: 'REFUND' }, /^refundInfo is missing/);
  await refuses({ refundInfo: { originalTransactionId: TRANSFER_ID } }, /^refundInfo belongs/);
});

test('outbound: all five scenarios, refunds and configured currencies', async () => {
  const api = fakedApi({ start: waiting });
  for (const transactionType of ['TRANSFER', 'DEPOSIT', 'WITHDRAWAL', 'PAYMENT', 'REFUND']) {
    const refundInfo = transactionType === 'REFUND' ? { refundInfo: { originalTransactionId: TRANSFER_ID, refundReason: 'goods' } } : {};
    assert.equal(
      (await api.call('POST', '/transfers', { ...TRANSFER_REQUEST, ...refundInfo, transactionType, currency: 'SLE' })).status,
      200,
      transactionType,
    );
  }
  assert.equal(api.asked.length, 5);
});

test('outbound: the door gets the request as it was made, with key and trace', async () => {
  const api = fakedApi({ start: waiting });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await api.call(
    'POST',
    '/transfers?x=1',
    { ...TRANSFER_REQUEST, fxQuoteExpirySeconds: 5 },
    { 'idempotency-key': 'k 1', traceparent, tracestate: 'a=b' },
  );
  assert.deepEqual(api.asked, [
    {
      name: 'start',
      args: [{ request: TRANSFER_REQUEST as unknown as PaymentRequest, idempotencyKey: 'k 1', trace: { traceparent, tracestate: 'a=b' } }],
    },
  ]);
  await api.call('POST', '/transfers', TRANSFER_REQUEST, { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` });
  assert.deepEqual(api.asked[1]?.args, [{ request: TRANSFER_REQUEST }], 'a malformed trace is not continued');
});

test('outbound: an Idempotency-Key that is not 1 to 255 printable characters is refused', async () => {
  const api = fakedApi({ start: waiting });
  for (const key of ['', 'k'.repeat(256), 'kéy', 'a\tb'])
    assert.equal((await api.call('POST', '/transfers', TRANSFER_REQUEST, { 'idempotency-key': key })).status, 400);
  assert.equal(api.asked.length, 0);
});

test('outbound: a decision is exactly one member; a conversion is not on offer', async () => {
  const api = fakedApi({ resume: waiting });
  for (const body of [
    {},
    { acceptParty: true, acceptQuote: true },
    { acceptParty: 1 },
    { amount: '1' },
    { acceptConversion: true },
    { acceptConversion: false },
  ])
    assert.equal((await put(api, body)).status, 400, JSON.stringify(body));
  assert.equal(api.asked.length, 0);
  for (const body of [{ acceptParty: false }, { acceptQuote: true }, { acceptQuoteOrConversion: false }])
    assert.equal((await put(api, body)).status, 200);
  assert.deepEqual(
    api.asked.map(({ args }) => args[1]),
    [{ acceptParty: false }, { acceptQuote: true }, { acceptQuote: false }],
  );
});

test('outbound: helper bodies are FSPIOP messages with nothing unknown in them', async () => {
  const quote = QUOTE_REQUEST.quotesPostRequest;
  await refuses(
    { quotesPostRequest: { ...quote, amount: { currency: 'USD', amount: '5.0' } } },
    /^quotesPostRequest\.amount\.amount has the wrong format: an amount is decimal text .*not "1\.50"\)\.$/,
    '/quotes',
    QUOTE_REQUEST,
  );
  await refuses(
    { quotesPostRequest: { ...quote, payee: { ...quote.payee, nickname: 'x' } } },
    /^quotesPostRequest\.payee\.nickname is not a member/,
    '/quotes',
    QUOTE_REQUEST,
  );
  await refuses(
    { transfersPostRequest: { ...SIMPLE_REQUEST.transfersPostRequest, condition: 'x' } },
    /condition has the wrong format/,
    '/simpleTransfers',
    SIMPLE_REQUEST,
  );
  await refuses(
    { transfersPostRequest: { ...SIMPLE_REQUEST.transfersPostRequest, payerFsp: 'other' } },
    /payerFsp is not this DFSP/,
    '/simpleTransfers',
    SIMPLE_REQUEST,
  );
});

test('outbound: a body over the limit is 413, and what the server refuses is said in the same form', async () => {
  const api = fakedApi({ start: waiting });
  assert.equal((await api.call('POST', '/transfers', 'x'.repeat(OUTBOUND_BODY_BYTES_MAX + 1))).status, 413);
  assert.deepEqual(JSON.parse(String(outboundRefusal('malformed-request').body)).statusCode, 400);
  assert.equal(outboundRefusal('overloaded').headers?.['retry-after'], '1');
  assert.equal(JSON.parse(String(outboundRefusal('handler-failed').body)).outcome, 'unknown');
});

test('outbound: a failure of ours where money may move is never a "no", and tells the log nothing of persons', async () => {
  const api = fakedApi();
  const started = await api.call('POST', '/transfers', TRANSFER_REQUEST);
  assert.deepEqual([started.status, started.json.outcome], [504, 'unknown']);
  const resumed = await put(api, { acceptQuote: true });
  assert.deepEqual([resumed.status, resumed.json.outcome, resumed.json.transferId], [504, 'unknown', TRANSFER_ID]);
  const simple = await api.call('POST', '/simpleTransfers', SIMPLE_REQUEST);
  assert.deepEqual([simple.status, simple.json.requestSimpleTransfersInformationState], [504, { outcome: 'unknown' }]);
  const read = await api.call('GET', '/parties/MSISDN/1');
  assert.deepEqual([read.status, read.json.requestPartiesInformationState], [500, {}]);
  assert.equal(api.log.lines.length, 4);
  assert.doesNotMatch(JSON.stringify(api.log.lines), /Thandi|Amara|2771/);
});

test('outbound: what the journal cannot record now is 503 with Retry-After, and no defect', async () => {
  const api = fakedApi({
    start: () => {
      throw new JournalUnavailable('no space');
    },
  });
  const answer = await api.call('POST', '/transfers', TRANSFER_REQUEST);
  assert.deepEqual([answer.status, answer.headers['retry-after'], answer.json.statusCode], [503, '2', '503']);
  assert.match(String(answer.json.message), /Repeat the very same request/);
  assert.equal(api.log.lines.length, 0);
});

test('outbound: whatever comes is answered with a status, and only valid requests reach the door', async () => {
  const api = fakedApi({ start: waiting });
  const member = fc.constantFrom(...Object.keys(TRANSFER_REQUEST), '__proto__', 'constructor');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.dictionary(member, fc.jsonValue()).map((change) => JSON.stringify({ ...TRANSFER_REQUEST, ...change })),
      ),
      async (text) => {
        const before = api.asked.length;
        const answer = await api.call('POST', '/transfers', text);
        assert.ok(answer.status === 200 || answer.status === 400, String(answer.status));
        assert.equal(api.asked.length - before, answer.status === 200 ? 1 : 0);
      },
    ),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changed, ID, OPTIONS, quoteRequest, type RequestParts, request, transferRequest } from '../test/sample-messages.ts';
import { FspiopError } from './errors.ts';
import { receive } from './receive.ts';

const quote = (parts: RequestParts = {}) => request({ body: quoteRequest(), ...parts });

/** Status and code of the refusal. */
function refusal(parts: ReturnType<typeof request>): string {
  try {
    receive(parts, OPTIONS);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof FspiopError, String(error));
    return `${error.httpStatus} ${error.errorCode}`;
  }
}

/** Code and words of the refusal. */
function description(parts: ReturnType<typeof request>): string {
  try {
    receive(parts, OPTIONS);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof FspiopError, String(error));
    return error.message;
  }
}

test('receive: a request is taken apart, unknown members and the bytes are kept', () => {
  const raw = quote({
    version: '1.0',
    body: { ...quoteRequest(), futureMember: 'x' },
    headers: { accept: 'application/vnd.interoperability.quotes+json;version=1.1' },
  });
  const { body, raw: bytes, ...rest } = receive(raw, OPTIONS);
  assert.deepEqual(rest, {
    operation: 'POST /quotes',
    route: { operation: 'POST /quotes', resource: 'quotes' },
    source: 'payerfsp',
    destination: 'payeefsp',
    contentVersion: '1.0',
    answerVersion: '1.1',
    date: 'Wed, 01 Jul 2026 09:30:00 GMT',
  });
  assert.deepEqual(body, { ...quoteRequest(), futureMember: 'x' });
  assert.equal(bytes, raw.body);
});

test('receive: what is wrong first is said, in the order of the protocol', () => {
  const all = { accept: undefined, 'content-type': undefined, date: undefined, 'fspiop-source': undefined };
  assert.equal(refusal(request({ method: 'PUT', target: '/foo', headers: all })), '404 3002');
  assert.equal(refusal(request({ method: 'PUT', target: '/quotes', headers: all })), '405 3000');
  assert.equal(refusal(request({ headers: { ...all } })), '400 3102');
  assert.equal(refusal(request({ headers: { 'content-type': 'application/json', date: undefined } })), '400 3101');
  assert.equal(refusal(request({ version: '15.0', headers: { date: undefined } })), '406 3001');
  assert.equal(refusal(request({ headers: { date: undefined }, body: {} })), '400 3102');
  assert.equal(refusal(request({ headers: { 'fspiop-destination': 'otherfsp' }, body: {} })), '400 3201');
  assert.equal(refusal(request({ body: Buffer.from('{') })), '400 3101');
  assert.equal(refusal(request({ body: {} })), '400 3102');
});

test('receive: each required header is named when it is missing', () => {
  for (const header of ['content-type', 'accept', 'date', 'fspiop-source']) {
    for (const value of [undefined, ''])
      assert.match(description(quote({ headers: { [header]: value } })), new RegExp(`^3102 ${header}( of the body)? is missing$`));
  }
});

test('receive: a header that is wrong is named as it is on the wire, in lower case', () => {
  const wrong = (headers: NonNullable<RequestParts['headers']>) => description(quote({ headers }));
  assert.equal(wrong({ date: 'yesterday' }), '3101 date has the wrong format');
  assert.equal(wrong({ accept: 'x/y' }), '3101 accept has the wrong format');
  assert.equal(wrong({ 'content-type': 'application/json' }), '3101 content-type of the body has the wrong format');
  assert.equal(
    wrong({ 'content-type': 'application/vnd.interoperability.parties+json;version=1.1' }),
    '3101 content-type of the body does not fit the resource',
  );
  assert.equal(
    wrong({ 'content-type': 'application/vnd.interoperability.quotes+json;version=9.9' }),
    '3001 version in content-type of the body is not supported',
  );
  assert.equal(wrong({ accept: 'application/vnd.interoperability.quotes+json;version=9.9' }), '3001 version in accept is not supported');
  assert.equal(wrong({ 'fspiop-destination': 'otherfsp' }), '3201 fspiop-destination is another FSP');
});

test('receive: source and destination are FSP ids, which is looked at before anything else', () => {
  const ill = ['x'.repeat(33), ' x', 'a b', 'a\tb', 'bänk', '{payerfsp}', '{', 'a}'];
  for (const header of ['fspiop-source', 'fspiop-destination']) {
    for (const fspId of ill) {
      assert.equal(description(quote({ headers: { [header]: fspId } })), `3100 ${header} has the wrong format`);
      const broken = { [header]: fspId, 'content-type': 'application/json', accept: undefined, date: undefined };
      assert.equal(refusal(request({ target: '/foo', headers: broken, body: Buffer.from('{') })), '400 3100');
    }
  }
  for (const fspId of ['x'.repeat(32), 'a-b_c.d', "!~'()*/"])
    assert.equal(receive(quote({ headers: { 'fspiop-source': fspId } }), OPTIONS).source, fspId);
});

test('receive: the destination may be absent or empty, but not another', () => {
  for (const destination of [undefined, ''])
    assert.equal(receive(quote({ headers: { 'fspiop-destination': destination } }), OPTIONS).destination, undefined);
  assert.equal(refusal(quote({ headers: { 'fspiop-destination': 'PayeeFSP' } })), '400 3201');
});

test('receive: a callback for another FSP is read, so that it can be acknowledged and ignored (docs/money-rules.md, 5)', () => {
  const errorInformation = { errorCode: '3100', errorDescription: 'x' };
  const message = request({
    method: 'PUT',
    target: '/quotes/7c23e80c-d078-4077-8263-2c047876fcf6/error',
    headers: { 'fspiop-destination': 'otherfsp', accept: undefined },
    body: { errorInformation },
  });
  assert.equal(receive(message, OPTIONS).destination, 'otherfsp');
});

test('receive: callbacks need no Accept, and a broken one does not matter', () => {
  const errorInformation = { errorCode: '3100', errorDescription: 'x' };
  for (const accept of [undefined, 'x/y']) {
    const parts = { headers: { accept } };
    assert.equal(
      receive(request({ ...parts, method: 'PUT', target: `/quotes/${ID}/error`, body: { errorInformation } }), OPTIONS).answerVersion,
      '1.1',
    );
    const body = { transferState: 'COMMITTED', completedTimestamp: '2026-07-01T09:30:10.000Z' };
    assert.equal(receive(request({ ...parts, method: 'PATCH', target: `/transfers/${ID}`, body }), OPTIONS).operation, 'PATCH /transfers');
    assert.equal(refusal(request({ ...parts, method: 'GET', target: `/transfers/${ID}` })), accept === undefined ? '400 3102' : '400 3101');
  }
});

test('receive: a body over the limit of the protocol is 3104, whatever else is wrong', () => {
  assert.equal(refusal(request({ target: '/foo', body: Buffer.alloc(5_242_881) })), '400 3104');
  assert.equal(refusal(request({ target: '/foo', body: Buffer.alloc(5_242_880) })), '404 3002');
});

test('receive: a GET has no body, and what comes in one is ignored', () => {
  const received = receive(request({ method: 'GET', target: '/parties/MSISDN/123?x=1', body: Buffer.from('{') }), OPTIONS);
  assert.equal('body' in received, false);
  assert.deepEqual(received.route.party, { type: 'MSISDN', id: '123' });
});

test('receive: trace context comes along, a malformed one as none', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  assert.deepEqual(receive(quote({ headers: { traceparent, tracestate: 'payerfsp=abc' } }), OPTIONS).trace, {
    traceparent,
    tracestate: 'payerfsp=abc',
  });
  assert.deepEqual(receive(quote({ headers: { traceparent, tracestate: 'x'.repeat(513) } }), OPTIONS).trace, { traceparent });
  for (const broken of ['garbage', traceparent.toUpperCase(), `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]) {
    assert.equal(receive(quote({ headers: { traceparent: broken, tracestate: 'x' } }), OPTIONS).trace, undefined);
  }
});

test('receive: whatever comes, it is received or refused with a code of the protocol', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const header = fc.oneof(
    text,
    fc.constantFrom('', 'application/vnd.interoperability.quotes+json;version=1.1', 'payerfsp', 'Wed, 01 Jul 2026 09:30:00 GMT'),
  );
  const target = fc.oneof(
    text,
    text.map((part) => `/parties/MSISDN/${part}`),
    fc.webPath(),
    fc.constantFrom('/quotes', `/transfers/${ID}`, `/quotes/${ID}/error`),
  );
  const names = fc.constantFrom('content-type', 'accept', 'date', 'fspiop-source', 'fspiop-destination', 'traceparent', 'tracestate');
  const body = fc.oneof(
    fc.uint8Array(),
    fc.json({ depthSize: 'large' }).map((json) => Buffer.from(json)),
  );
  const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), text);
  fc.assert(
    fc.property(method, target, fc.dictionary(names, header), body, (anyMethod, anyTarget, headers, bytes) => {
      const parts = request({ method: anyMethod, target: anyTarget, headers, body: bytes });
      refusal(parts);
      refusal({ ...parts, headers });
    }),
    { numRuns: 2000 },
  );
});

test('receive: a valid message with one member replaced by anything is received or refused', () => {
  const paths = [
    'quoteId',
    'payee',
    'payee.partyIdInfo',
    'payee.partyIdInfo.partyIdentifier',
    'amount',
    'amount.currency',
    'amount.amount',
    'extensionList',
    'expiration',
    '__proto__.x',
    'constructor',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), fc.constantFrom('1.0', '1.1', '2.0'), (path, value, version) => {
      refusal(request({ version, body: changed(JSON.parse(JSON.stringify(quoteRequest())), path, value) }));
      refusal(request({ target: '/transfers', version: '1.1', body: changed(transferRequest(), path, value) }));
    }),
    { numRuns: 500 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { body, type Family, WITH_BODY } from '../test/arbitrary-messages.ts';
import { ID, OPTIONS, quoteRequest } from '../test/sample-messages.ts';
import { buildMessage } from './emit.ts';
import { FspiopError } from './errors.ts';
import { canonicalJson } from './json.ts';
import { receive } from './receive.ts';
import { continueTrace } from './trace.ts';

const date = Date.UTC(2026, 6, 1, 9, 30);

test('emission: a request has Accept for any minor version, a callback has none', () => {
  const message = buildMessage({
    operation: 'POST /quotes',
    path: '/quotes',
    source: 'payerfsp',
    destination: 'payeefsp',
    version: '1.1',
    body: quoteRequest(),
    date,
  });
  assert.deepEqual(message, {
    method: 'POST',
    path: '/quotes',
    headers: {
      'Content-Type': 'application/vnd.interoperability.quotes+json;version=1.1',
      Accept: 'application/vnd.interoperability.quotes+json;version=1',
      Date: 'Wed, 01 Jul 2026 09:30:00 GMT',
      'FSPIOP-Source': 'payerfsp',
      'FSPIOP-Destination': 'payeefsp',
    },
    body: canonicalJson(quoteRequest()),
  });
  const get = buildMessage({
    operation: 'GET /parties',
    path: '/parties/MSISDN/1',
    source: 'payerfsp',
    version: '1.0',
    acceptVersion: '1.1',
    date,
  });
  assert.equal(get.headers['Accept'], 'application/vnd.interoperability.parties+json;version=1.1');
  assert.equal('body' in get || 'FSPIOP-Destination' in get.headers, false);
  for (const operation of ['PUT /quotes/error', 'PATCH /transfers', 'PUT /parties'] as const) {
    const callback = buildMessage({ operation, path: '/x', source: 'a', destination: 'b', version: '1.1', body: {}, date });
    assert.equal('Accept' in callback.headers, false);
    assert.match(callback.headers['Content-Type'] ?? '', new RegExp(`\\.${operation.split('/')[1]}\\+json;version=1\\.1$`));
  }
});

test('emission: what we send, our own kind receives as it was meant', () => {
  const paths: Record<string, string> = { 'POST /quotes': '/quotes', 'POST /transfers': '/transfers' };
  const versions = {
    parties: ['1.0', '1.1', '2.0'],
    participants: ['1.0', '1.1', '2.0'],
    quotes: ['1.0', '1.1', '2.0'],
    transfers: ['1.0', '1.1', '2.0'],
  };
  const messages = fc
    .tuple(fc.constantFrom(...WITH_BODY), fc.constantFrom<Family>('1.0', '1.1', '2.0'))
    .chain(([operation, family]) => body(operation, family).map((value) => ({ operation, family, value })));
  fc.assert(
    fc.property(messages, ({ operation, family, value }) => {
      const [, name = '', error] = operation.split('/');
      const key = ['parties', 'participants'].includes(name) ? 'ALIAS/a' : ID;
      const path = paths[operation] ?? `/${name}/${key}${error === undefined ? '' : '/error'}`;
      const message = buildMessage({ operation, path, source: 'payerfsp', destination: 'payeefsp', version: family, body: value, date });
      const headers = Object.fromEntries(Object.entries(message.headers).map(([header, text]) => [header.toLowerCase(), text]));
      const received = receive(
        { method: message.method, target: message.path, headers, body: Buffer.from(message.body ?? '') },
        { ...OPTIONS, versions },
      );
      assert.equal(received.operation, operation);
      assert.deepEqual(received.body, value);
      assert.equal(received.answerVersion, family.startsWith('1') ? family : '2.0');
    }),
    { numRuns: 200 },
  );
});

test('emission: a strict sender sends nothing that the version does not know', () => {
  const input = { operation: 'POST /quotes', path: '/quotes', source: 'a', destination: 'b', date } as const;
  const quote = { ...quoteRequest(), converter: 'PAYER', futureMember: '1', note: null };
  assert.equal(buildMessage({ ...input, version: '1.1', body: quote }).body, canonicalJson(quoteRequest()));
  assert.equal(buildMessage({ ...input, version: '2.0', body: quote }).body, canonicalJson({ ...quoteRequest(), converter: 'PAYER' }));
});

test('emission: an FSP id that cannot stand in a header is refused', () => {
  for (const destination of ['a\r\nX: y', '', 'x'.repeat(33), 'bänk']) {
    assert.throws(
      () => buildMessage({ operation: 'GET /quotes', path: `/quotes/${ID}`, source: 'a', destination, version: '1.1', date }),
      FspiopError,
    );
  }
});

test('tracing: a callback continues the trace with a new span and forwards tracestate', () => {
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'payerfsp=abc123,switch=xyz' };
  const spanId = '00f067aa0ba902b7';
  const next = continueTrace(trace, { spanId, ownKey: 'PayeeFsp' });
  assert.deepEqual(next, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01', tracestate: trace.tracestate });
  const message = buildMessage({ operation: 'GET /quotes', path: `/quotes/${ID}`, source: 'a', version: '1.1', date, trace: next! });
  assert.equal(message.headers['traceparent'], next?.traceparent);
  assert.equal(message.headers['tracestate'], trace.tracestate);
});

test('tracing: our entry comes first when we change it, and the limits hold', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const step = { spanId: '00f067aa0ba902b7', ownKey: 'PayeeFsp', ownValue: 'v2' };
  assert.equal(continueTrace({ traceparent, tracestate: 'switch=x,payeefsp=v1' }, step)?.tracestate, 'payeefsp=v2,switch=x');
  assert.equal(continueTrace({ traceparent }, step)?.tracestate, 'payeefsp=v2');
  const full = Array.from({ length: 32 }, (_, index) => `k${index}=${'v'.repeat(11)}`).join(',');
  const next = continueTrace({ traceparent, tracestate: full }, step)?.tracestate ?? '';
  assert.ok(next.startsWith('payeefsp=v2,k0=') && next.length <= 512 && next.split(',').length <= 32);
});

test('tracing: nothing is made of nothing, or of a malformed trace or span', () => {
  const step = { spanId: '00f067aa0ba902b7', ownKey: 'a' };
  assert.equal(continueTrace(undefined, step), undefined);
  assert.equal(continueTrace({ traceparent: 'garbage' }, step), undefined);
  assert.equal(
    continueTrace({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, { ...step, spanId: '0'.repeat(16) }),
    undefined,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMessage } from '@payment-manager/fspiop';
import type { Message } from '@payment-manager/messages';
import { createMetrics, type HttpRequest, recordedLog, virtualTime } from '@payment-manager/runtime';
import { testSettings } from '../../test/settings.ts';
import { type InboundDoor, inboundApi } from './inbound-api.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const settings = testSettings();

function api(take: InboundDoor['take']) {
  const kept: Message[] = [];
  const handler = inboundApi({
    settings,
    door: { take },
    guard: async () => {},
    alarm: () => {},
    messages: { record: (message) => void kept.push(message) },
    clock: virtualTime(NOW),
    log: recordedLog(),
    metrics: createMetrics(),
  });
  return { handler, kept };
}

function quoteRequest(change: object = {}): HttpRequest {
  const party = (partyIdentifier: string) => ({ partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier } });
  const id = (digit: string) => `b51ec534-ee48-4575-b6a9-ead2955b80${digit}${digit}`;
  const { method, path, headers, body } = buildMessage({
    operation: 'POST /quotes',
    path: '/quotes',
    source: 'them',
    destination: settings.fspId,
    version: '1.1',
    date: NOW,
    body: {
      quoteId: id('1'),
      transactionId: id('2'),
      payer: party('1'),
      payee: party('2'),
      amountType: 'SEND',
      amount: { amount: '1', currency: 'USD' },
      transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
      ...change,
    },
  });
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, target: path, headers: small, body: Buffer.from(body ?? ''), clientAuthenticated: false };
}

test('kept of the hub: the exact bytes and headers that came, and the answer', async () => {
  const { handler, kept } = api(async () => 'taken');
  const request = quoteRequest();
  assert.equal((await handler(request)).status, 202);
  const [message, ...others] = kept;
  assert.deepEqual(others, []);
  assert.ok(Buffer.from(request.body).equals(Buffer.from(message?.body ?? '')));
  assert.deepEqual([message?.headers, message?.direction, message?.side, message?.at], [request.headers, 'in', 'hub', NOW]);
  assert.deepEqual([message?.method, message?.target, message?.answer?.status], ['POST', '/quotes', 202]);
  assert.equal(message?.ids.length, 4);
});

test('kept of the hub: what is refused before anything of it is read is found by what its body names', async () => {
  const { handler, kept } = api(async () => 'taken');
  assert.equal((await handler(quoteRequest({ amount: 'none' }))).status, 400);
  assert.deepEqual([kept[0]?.answer?.status, kept[0]?.ids.slice(2)], [400, ['MSISDN/1', 'MSISDN/2']]);
});

test('kept of the hub: a message at which we fail is kept as answered with 500, and fails', async () => {
  const { handler, kept } = api(() => Promise.reject(new Error('defect')));
  await assert.rejects(handler(quoteRequest()), /defect/);
  assert.deepEqual([kept.length, kept[0]?.answer?.status, kept[0]?.ids.length], [1, 500, 4]);
});

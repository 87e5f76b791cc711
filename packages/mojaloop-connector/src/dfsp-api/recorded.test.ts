import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JournalUnavailable } from '@payment-manager/journal';
import { claimedId, type Message } from '@payment-manager/messages';
import { type HttpRequest, virtualTime } from '@payment-manager/runtime';
import { at, fakedApi, payment } from '../../test/fake-payer-door.ts';
import { TRANSFER_ID, TRANSFER_REQUEST } from './examples.ts';
import { recordedDfspApi } from './recorded.ts';

const { from, to, homeTransactionId } = TRANSFER_REQUEST;
const PARTIES = [`${from.idType}/${from.idValue}`, `${to.idType}/${to.idValue}`];

function recorded(doings: Parameters<typeof fakedApi>[0], handler = fakedApi(doings).handler) {
  const kept: Message[] = [];
  const api = recordedDfspApi(handler, { messages: { record: (message) => void kept.push(message) }, clock: virtualTime(1_000) });
  const call = (method: string, target: string, body = '', more: Record<string, string> = {}) => {
    const headers = { 'content-type': 'application/json', ...more };
    const request: HttpRequest = { method, target, headers, body: Buffer.from(body), clientAuthenticated: false };
    return api(request);
  };
  return { kept, call };
}

test('kept DFSP API: the exact bytes and headers that came, the answer, and payment and parties by which it is found', async () => {
  const { kept, call } = recorded({ start: () => at(payment({ stage: 'party-offered' })) });
  const body = JSON.stringify(TRANSFER_REQUEST, null, 3);
  const answer = await call('POST', '/transfers', body, { 'Idempotency-Key': 'k-1' });
  const [message, ...others] = kept;
  assert.deepEqual(others, []);
  assert.equal(Buffer.from(message?.body ?? '').toString(), body);
  assert.deepEqual(message?.headers, { 'content-type': 'application/json', 'Idempotency-Key': 'k-1' });
  assert.deepEqual([message?.direction, message?.side, message?.method, message?.target], ['in', 'core', 'POST', '/transfers']);
  assert.deepEqual([message?.at, message?.attempt, message?.tookMs], [1_000, undefined, 0]);
  assert.deepEqual(message?.answer, { status: 200, headers: answer.headers, body: answer.body });
  assert.deepEqual(message?.ids, [...PARTIES, TRANSFER_ID, claimedId(homeTransactionId)]);
});

test('kept DFSP API: what is refused is kept by what its body names: without a transferId by homeTransactionId and parties', async () => {
  const { kept, call } = recorded({ start: () => Promise.reject(new JournalUnavailable('full')) as never });
  await call('POST', '/transfers', JSON.stringify({ ...TRANSFER_REQUEST, amount: 'x' }));
  await call('POST', '/transfers', JSON.stringify(TRANSFER_REQUEST));
  assert.deepEqual(
    kept.map(({ answer, ids }) => [answer?.status, ids]),
    [400, 503].map((status) => [status, [...PARTIES, claimedId(homeTransactionId)]]),
  );
});

test('kept DFSP API: a message inside of another says what it is about; a slash would make a homeTransactionId a party', async () => {
  const { kept, call } = recorded({});
  await call('POST', '/quotes', JSON.stringify({ fspId: 'x', quotesPostRequest: { quoteId: 'q-1', payee: { partyIdInfo: party('7') } } }));
  await call('POST', '/transfers', JSON.stringify({ homeTransactionId: 'MSISDN/1', from: { idType: 'MSISDN', idValue: 7 } }));
  await call('POST', '/transfers', JSON.stringify({ homeTransactionId: '', from: { idType: 'MSISDN', idValue: 8 } }));
  assert.deepEqual(
    kept.map(({ ids }) => ids),
    [['q-1', 'MSISDN/7'], ['MSISDN/7'], ['MSISDN/8']],
  );
});

const party = (id: string) => ({ partyIdType: 'MSISDN', partyIdentifier: id });

test('kept DFSP API: what names nothing is not kept, nor is a body read that is none', async () => {
  const { kept, call } = recorded({});
  await call('GET', '/');
  await call('POST', '/transfers', 'no JSON');
  await call('POST', '/transfers', 'null');
  assert.deepEqual(kept, []);
});

test('kept DFSP API: where the handler fails it is kept as answered with 500, and fails', async () => {
  const { kept, call } = recorded({}, () => Promise.reject(new Error('defect')));
  await assert.rejects(call('GET', `/transfers/${TRANSFER_ID}`), /defect/);
  assert.deepEqual(
    kept.map(({ answer, ids }) => [answer?.status, ids]),
    [[500, [TRANSFER_ID]]],
  );
});

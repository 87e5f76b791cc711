import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpClient, systemClock, systemRandom } from '@payment-manager/runtime';
import { Declined, NotAccepted } from '@payment-manager/sandbox';
import { ofLoad } from './soak.ts';
import { stubDfsp } from './stub-dfsp.ts';

/** A payment that is answered so. */
function paid(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const answer = { kind: 'answer', status, headers, body: Buffer.from(JSON.stringify(body)) } as const;
  const client = { request: async () => answer } as unknown as HttpClient;
  return stubDfsp(client, 'http://127.0.0.1:1', systemRandom, systemClock)();
}

const failed = (code: string, more: object = {}) => ({
  message: 'The payment failed: Destination communication error',
  statusCode: code,
  transferState: { currentState: 'ERROR_OCCURRED', ...more },
});

test('stub DFSP: a payment whose look-up or quote the other side did not take is declined; with a prepare it has failed, as with any other error', async () => {
  await paid(200, { currentState: 'COMPLETED' });
  await assert.rejects(paid(503, {}, { 'retry-after': '1' }), NotAccepted);
  for (const code of ['1001', '2003'])
    await assert.rejects(paid(500, failed(code)), (error) => error instanceof Declined && error.code === code);
  await assert.rejects(paid(500, failed('1001', { prepare: {} })), { name: 'Error', message: /HTTP 500/ });
  await assert.rejects(paid(500, failed('3204')), { name: 'Error', message: /HTTP 500/ });
  await assert.rejects(paid(504, { ...failed('1001'), transferState: { currentState: 'WAITING_FOR_QUOTE_ACCEPTANCE' } }), {
    name: 'Error',
  });
});

test('soak: what was not taken counts as refused for load only as far as the payee says that it refused so much', () => {
  assert.deepEqual(ofLoad(40, 200), { declined: 40, other: 0 });
  assert.deepEqual(ofLoad(40, 35), { declined: 35, other: 5 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpClient, type HttpOutcome, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { openCore } from './core.ts';

const to = { idType: 'MSISDN', idValue: '27713803912' };

/** A core that books every call, on a virtual clock that begins 2026-01-01; its Payment Manager says COMPLETED to everything. */
function bank() {
  const time = virtualTime();
  const body = { currentState: 'COMPLETED', transferId: 'OUT-1', fulfil: { body: { transferState: 'COMMITTED' } } };
  const client: HttpClient = {
    request: async (): Promise<HttpOutcome> => ({ kind: 'answer', status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) }),
    setCredentials() {},
    close: async () => {},
  };
  const core = openCore({
    settings: {
      fspId: 'bluewallet',
      atPrepare: 'reserve',
      fees: {},
      deduplicates: false,
      customers: [{ id: 'thandi', displayName: 'T', firstName: 'T', lastName: 'N', identifiers: [to], accounts: { USD: '100' } }],
      quoteLifetimeMs: 60_000,
      callTimeoutMs: 70_000,
      pauseMs: 1_000,
      pauseMsMax: 8_000,
      waitMs: 60_000,
    },
    file: ':memory:',
    client,
    clock: time,
    timers: time,
    random: seededRandom(7),
    log: recordedLog(),
  });
  core.setPaymentManagerUrl('http://pm');
  const call = async (method: string, target: string, json?: object) => {
    const request = { method, target, headers: {}, body: Buffer.from(json ? JSON.stringify(json) : ''), clientAuthenticated: false };
    const response = await core.handler(request);
    return { status: response.status, text: String(response.body ?? '') };
  };
  const transfer = (transferId: string) =>
    call('POST', '/transfers', { transferId, to, quote: { transferAmount: '9.5', transferAmountCurrency: 'USD' } });
  const rows = async (date: string) =>
    (await call('GET', `/statement?date=${date}`)).text
      .trim()
      .split('\n')
      .map((line) => line.split(',').slice(0, 5).join(' '));
  return { time, call, transfer, rows };
}

const head = 'transferId direction amount currency state';

test('core: the statement has the transfers that were touched on a day, with their state now', async () => {
  const { time, call, transfer, rows } = bank();
  await transfer('IN-1');
  await transfer('IN-2');
  await call('PUT', '/transfers/IN-1', { transferState: 'COMMITTED' });
  assert.equal((await call('POST', '/payments', { to, amount: '5', currency: 'USD' })).status, 200);
  assert.deepEqual(await rows('2026-01-01'), [head, 'IN-1 in 9.5 USD COMMITTED', 'IN-2 in 9.5 USD RESERVED', 'OUT-1 out 5 USD COMMITTED']);
  await time.advance(86_400_000);
  await call('PUT', '/transfers/IN-2', { transferState: 'ABORTED' });
  assert.deepEqual(await rows('2026-01-02'), [head, 'IN-2 in 9.5 USD ABORTED']);
  assert.deepEqual(await rows('2026-01-03'), [head]);
  assert.equal((await call('GET', '/statement?date=yesterday')).status, 400);
});

test('core: a transfer that was booked twice stands in the statement twice', async () => {
  const { transfer, rows } = bank();
  await transfer('IN-1');
  await transfer('IN-1');
  assert.deepEqual(await rows('2026-01-01'), [head, 'IN-1 in 9.5 USD RESERVED', 'IN-1 in 9.5 USD RESERVED']);
});

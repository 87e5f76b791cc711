import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { CommandFailed } from '../exit-codes.ts';
import { MOCK_CONNECTOR, startMock } from './mock-connector.ts';

const CONNECTORS = join(MOCK_CONNECTOR, '..');

async function started(t: TestContext, folder = MOCK_CONNECTOR) {
  const lines: string[] = [];
  const terminal = { out: (line: string) => lines.push(line), err: () => {}, workingFolder: '/', environment: {}, interactive: false };
  const { server } = await startMock(folder, { port: '0' }, terminal, recordedLog());
  t.after(() => server.close(0));
  const send = async (method: string, path: string, body?: object, headers = {}) => {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(`${server.url}${path}`, { method, ...content });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { server, lines, send };
}

const HOLD = { reference: 'r1', account: 'thandi', amount: '25' };
const KEY = { 'idempotency-key': 'r1' };

test('a core on this machine: it finds customers, keeps a ledger, and honours keys', async (t) => {
  const { server, lines, send } = await started(t);
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(lines.join('\n'), new RegExp(`baseUrl: ${server.url}`));
  assert.deepEqual(await send('GET', '/customers/MSISDN/27713803912'), {
    status: 200,
    body: { account: 'thandi', state: 'OPEN', name: 'Thandi Nkosi' },
  });
  assert.equal((await send('GET', '/customers/MSISDN/1')).status, 404);
  const first = await send('POST', '/holds', HOLD, KEY);
  assert.equal(first.status, 201);
  assert.deepEqual(await send('POST', '/holds', HOLD, KEY), first, 'the same key, the same answer');
  assert.equal(
    (await send('POST', `/holds/${first.body['id']}/capture`, { reference: 'r2', amount: '25' }, { 'idempotency-key': 'r2' })).status,
    200,
  );
  assert.deepEqual((await send('GET', '/mock/ledger')).body['totals'], { held: '0', booked: '25', suspense: '0' });
});

test('it is broken on demand: an answer that is lost, after it has executed', async (t) => {
  const { send } = await started(t);
  assert.equal((await send('POST', '/mock/faults', { fault: 'lost-after', call: 'POST /holds' })).status, 200);
  await assert.rejects(send('POST', '/holds', HOLD, KEY), TypeError);
  assert.deepEqual((await send('GET', '/mock/ledger')).body['totals'], { held: '25', booked: '0', suspense: '0' });
  assert.equal((await send('POST', '/holds', HOLD, KEY)).status, 201, 'the repeat gets the answer');
  assert.equal((await send('POST', '/mock/faults', { fault: 'burns' })).status, 400);
  assert.equal((await send('POST', '/mock/faults', { fault: 'error', times: 500 })).status, 200);
  assert.equal((await send('GET', '/customers/MSISDN/27713803912')).status, 500);
  assert.equal((await send('DELETE', '/mock/faults')).status, 200);
  assert.equal((await send('GET', '/customers/MSISDN/27713803912')).status, 200);
});

test('any connector over HTTP has one; a database and a host of ISO 8583 have none', async (t) => {
  const { server, lines, send } = await started(t, join(CONNECTORS, 'rest-core'));
  assert.match(lines.join('\n'), new RegExp(`tokenUrl: ${server.url}/tokenUrl`));
  assert.equal((await send('GET', '/accounts/MSISDN/254711')).status, 401);
  for (const name of ['sql-core', 'iso8583-host']) await assert.rejects(started(t, join(CONNECTORS, name)), CommandFailed);
});

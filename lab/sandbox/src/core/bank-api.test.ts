import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type HttpOutcome, type OutgoingRequest, recordedLog, seededRandom, virtualTime } from '@payment-manager/runtime';
import { type Core, openCore } from './core.ts';
import { connectorSettings } from './reached-by.ts';

const amara = {
  id: 'amara',
  displayName: 'Amara Diallo',
  firstName: 'Amara',
  lastName: 'Diallo',
  identifiers: [{ idType: 'MSISDN', idValue: '111' }],
  accounts: { USD: '100' },
};

interface Bench {
  readonly core: Core;
  readonly sent: OutgoingRequest[];
  post(path: string, body: object): Promise<{ readonly status: number; readonly json: Record<string, unknown> }>;
  rows(): Promise<readonly string[]>;
}

/** A bank whose Payment Manager answers as `script` says. */
function bench(t: TestContext, script: (request: OutgoingRequest) => object = () => ({})): Bench {
  const time = virtualTime();
  const sent: OutgoingRequest[] = [];
  const client = {
    async request(request: OutgoingRequest): Promise<HttpOutcome> {
      sent.push(request);
      return { kind: 'answer', status: 200, headers: {}, body: Buffer.from(JSON.stringify(script(request))) };
    },
    setCredentials() {},
    close: async () => {},
  };
  const times = { quoteLifetimeMs: 60_000, callTimeoutMs: 70_000, pauseMs: 1_000, pauseMsMax: 8_000, waitMs: 60_000 };
  const settings = { fspId: 'bank', atPrepare: 'reserve', fees: {}, deduplicates: true, customers: [amara], ...times } as const;
  const core = openCore({ settings, file: ':memory:', client, clock: time, timers: time, random: seededRandom(1), log: recordedLog() });
  t.after(() => core.stop());
  const call = async (method: string, target: string, headers: Record<string, string>, body = '') =>
    core.handler({ method, target, headers, body: Buffer.from(body), clientAuthenticated: false });
  const {
    settings: { clientId = '' },
    secrets: { clientSecret = '' },
  } = connectorSettings('rest-core', core, '');
  const token = async (): Promise<string> => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const { body } = await call('POST', '/bank/token', { authorization }, 'grant_type=client_credentials');
    return (JSON.parse(String(body)) as { access_token: string }).access_token;
  };
  return {
    core,
    sent,
    async post(path, body) {
      const { reference } = body as { reference: string };
      const headers = { authorization: `Bearer ${await token()}`, 'idempotency-key': reference };
      const response = await call('POST', path, headers, JSON.stringify(body));
      return { status: response.status, json: JSON.parse(String(response.body)) as Record<string, unknown> };
    },
    async rows() {
      const { body } = await call('GET', '/statement?date=2026-01-01', {});
      const lines = String(body).trim().split('\n').slice(1);
      return lines.map((line) => line.split(',').slice(0, 5).join(' '));
    },
  };
}

const debit = (reference: string, amount: string, transferAmount = amount) => ({
  direction: 'DEBIT',
  reference,
  accountId: 'amara',
  amount,
  currency: 'USD',
  transferAmount,
  fee: '0',
  transferId: `T-${reference}`,
});
const usd = ({ core }: Bench) => ['amara', 'outgoing', 'scheme', 'fees'].map((name) => core.balance(`${name}:USD`));

test('a payment of a customer: held, captured with what the bank keeps; another released; more than there is refused, and nothing is booked of it', async (t) => {
  const made = bench(t);
  const held = await made.post('/bank/holds', debit('A', '25', '24.5'));
  assert.deepEqual([held.status, usd(made)], [201, ['75', '25', '0', '0']]);
  const refused = await made.post('/bank/holds', debit('B', '75.01'));
  assert.deepEqual([refused.status, refused.json], [422, { code: 'INSUFFICIENT_FUNDS' }]);
  await made.post('/bank/holds', debit('C', '75'));
  assert.deepEqual(usd(made), ['0', '100', '0', '0']);
  assert.equal((await made.post('/bank/holds/H-A/capture', { reference: 'A-capture', amount: '25' })).status, 200);
  assert.equal((await made.post('/bank/holds/H-C/renew', { reference: 'C-renewal-1' })).status, 200);
  assert.equal((await made.post('/bank/holds/H-C/release', { reference: 'C-release' })).status, 200);
  assert.equal((await made.post('/bank/holds/H-C/renew', { reference: 'C-renewal-2' })).status, 422);
  assert.deepEqual(usd(made), ['75', '0', '24.5', '0.5']);
  assert.deepEqual(await made.rows(), ['T-A out 24.5 USD COMMITTED', 'T-C out 75 USD ABORTED']);
  made.core.ledger.assertBalanced();
});

test('what a customer’s account does not give after the hub has committed, the bank has paid: the hold ends, and suspense shows it', async (t) => {
  const made = bench(t);
  await made.post('/bank/holds', debit('A', '25', '24.5'));
  assert.equal((await made.post('/bank/suspense', { ...debit('A-suspense', '25', '24.5'), transferId: 'T-A' })).status, 201);
  assert.deepEqual([...usd(made), made.core.balance('suspense:USD')], ['100', '0', '24.5', '0.5', '-25']);
  made.core.ledger.assertBalanced();
});

test('where the Payment Manager sends money itself, the core asks it to, and books nothing of its own', async (t) => {
  const states = ['WAITING_FOR_QUOTE_ACCEPTANCE', 'COMPLETED'];
  const made = bench(t, () => ({ currentState: states.shift(), transferId: 'T-1', hold: 'none' }));
  made.core.setPaymentManagerUrl('http://pm', true);
  const body = JSON.stringify({ to: { idType: 'MSISDN', idValue: '222' }, amount: '5', currency: 'USD', autoAccept: true });
  const headers = { 'idempotency-key': 'P-1' };
  const { body: answer } = await made.core.handler({
    method: 'POST',
    target: '/payments',
    headers,
    body: Buffer.from(body),
    clientAuthenticated: false,
  });
  assert.equal((JSON.parse(String(answer)) as { state: string }).state, 'COMPLETED');
  assert.deepEqual(
    made.sent.map(({ method, url, body: sent }) => `${method} ${url} ${method === 'PUT' ? sent : ''}`),
    ['POST http://pm/sendmoney ', 'PUT http://pm/sendmoney/T-1 {"acceptQuote":true}'],
  );
  assert.deepEqual(usd(made), ['100', '0', '0', '0']);
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type HttpClient,
  type HttpOutcome,
  type HttpResponse,
  type OutgoingRequest,
  recordedLog,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import { type Core, openCore } from './core.ts';
import { InsufficientFunds } from './ledger.ts';
import type { CoreSettings } from './settings.ts';

const settings: CoreSettings = {
  fspId: 'bluewallet',
  atPrepare: 'reserve',
  fees: { USD: { feeFixed: '0.5', commissionFixed: '0.2' } },
  deduplicates: true,
  customers: [
    {
      id: 'thandi',
      displayName: 'Thandi Nkosi',
      firstName: 'Thandi',
      lastName: 'Nkosi',
      identifiers: [{ idType: 'MSISDN', idValue: '27713803912' }],
      accounts: { USD: '100', XOF: '60000' },
    },
    {
      id: 'closed',
      displayName: 'Closed Account',
      firstName: 'Closed',
      lastName: 'Account',
      identifiers: [{ idType: 'MSISDN', idValue: '27713803999' }],
      accounts: { USD: '0' },
      blocked: true,
    },
  ],
  quoteLifetimeMs: 60_000,
  callTimeoutMs: 70_000,
  pauseMs: 1_000,
  pauseMsMax: 8_000,
  waitMs: 60_000,
};

type Script = (request: OutgoingRequest) => HttpOutcome;

interface Bench {
  readonly core: Core;
  readonly time: VirtualTime;
  readonly sent: OutgoingRequest[];
  call(
    method: string,
    target: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<HttpResponse & { json: Record<string, unknown> }>;
}

function bench(change: Partial<CoreSettings> = {}, script: Script = () => failed(), file = ':memory:'): Bench {
  const time = virtualTime();
  const sent: OutgoingRequest[] = [];
  const client: HttpClient = {
    request: async (request) => {
      sent.push(request);
      return script(request);
    },
    setCredentials() {},
    close: async () => {},
  };
  const core = openCore({
    settings: { ...settings, ...change },
    file,
    client,
    clock: time,
    timers: time,
    random: seededRandom(7),
    log: recordedLog(),
  });
  core.setPaymentManagerUrl('http://pm');
  return {
    core,
    time,
    sent,
    async call(method, target, body, headers = {}) {
      const response = await core.handler({
        method,
        target,
        headers,
        body: Buffer.from(body ? JSON.stringify(body) : ''),
        clientAuthenticated: false,
      });
      return { ...response, json: response.body === undefined ? {} : (JSON.parse(String(response.body)) as Record<string, unknown>) };
    },
  };
}

function failed(): HttpOutcome {
  return { kind: 'failed', phase: 'connect', sent: false, code: 'CONNECT_REFUSED', message: 'refused', advice: 'start it' };
}
function answer(status: number, body: object): HttpOutcome {
  return { kind: 'answer', status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}

const to = { idType: 'MSISDN', idValue: '27713803912' };
const quoteRequest = {
  quoteId: 'q1',
  transactionId: 't1',
  to,
  from: to,
  amountType: 'SEND',
  amount: '10',
  currency: 'USD',
  transactionType: 'TRANSFER',
};

async function quotedTransfer(bank: Bench, transferId = 't1'): Promise<object> {
  const quote = (await bank.call('POST', '/quoterequests', quoteRequest)).json;
  return { transferId, quote, to, from: to, amountType: 'SEND', amount: '10', currency: 'USD', transactionType: 'TRANSFER' };
}

test('core as payee: a party is found by its identifier, an unknown one is 3204', async () => {
  const bank = bench();
  const found = await bank.call('GET', '/parties/MSISDN/%2B27713803912');
  assert.equal(found.json['displayName'], 'Thandi Nkosi');
  assert.deepEqual(found.json['supportedCurrencies'], ['USD', 'XOF']);
  const unknown = await bank.call('GET', '/parties/MSISDN/1');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.json['statusCode'], '3204');
});

test('core as payee: the price has fee and commission, and its parts agree', async () => {
  const bank = bench();
  const send = (await bank.call('POST', '/quoterequests', quoteRequest)).json;
  assert.deepEqual(
    [send['transferAmount'], send['payeeReceiveAmount'], send['payeeFspFeeAmount'], send['payeeFspCommissionAmount']],
    ['9.8', '9.5', '0.5', '0.2'],
  );
  const receive = (await bank.call('POST', '/quoterequests', { ...quoteRequest, amountType: 'RECEIVE' })).json;
  assert.deepEqual([receive['transferAmount'], receive['payeeReceiveAmount']], ['10.3', '10']);
  assert.equal((await bank.call('POST', '/quoterequests', { ...quoteRequest, currency: 'EUR' })).json['statusCode'], '5106');
  assert.equal((await bank.call('POST', '/quoterequests', { ...quoteRequest, amount: '0.1' })).json['statusCode'], '5103');
  assert.equal(
    (await bank.call('POST', '/quoterequests', { ...quoteRequest, to: { ...to, idValue: '27713803999' } })).json['statusCode'],
    '5400',
  );
});

test('core as payee: reserve holds, COMMITTED credits once, however often it is told', async () => {
  const bank = bench();
  const transfer = await quotedTransfer(bank);
  const first = await bank.call('POST', '/transfers', transfer, { 'idempotency-key': 'k1' });
  const again = await bank.call('POST', '/transfers', transfer, { 'idempotency-key': 'k2' });
  assert.equal(first.json['transferState'], 'RESERVED');
  assert.deepEqual(again.json, first.json);
  assert.equal(bank.core.balance('thandi:USD'), '100');
  assert.equal(bank.core.balance('incoming:USD'), '9.8');
  for (let n = 0; n < 3; n++) {
    const told = await bank.call('PUT', '/transfers/t1', {
      currentState: 'COMPLETED',
      finalNotification: { transferState: 'COMMITTED', completedTimestamp: 'x' },
    });
    assert.equal(told.status, 200);
  }
  assert.equal(bank.core.balance('thandi:USD'), '109.5');
  assert.equal(bank.core.balance('incoming:USD'), '0');
  assert.equal(bank.core.balance('scheme:USD'), '-9.8');
  assert.equal(bank.core.balance('fees:USD'), '0.3');
  assert.equal((await bank.call('GET', '/transfers/t1')).json['transferState'], 'COMMITTED');
  bank.core.ledger.assertBalanced();
});

test('core as payee: ABORTED releases, and no later COMMITTED credits', async () => {
  const bank = bench();
  await bank.call('POST', '/transfers', await quotedTransfer(bank));
  assert.equal((await bank.call('PUT', '/transfers/t1', { transferState: 'ABORTED' })).status, 200);
  assert.equal((await bank.call('PUT', '/transfers/t1', { transferState: 'COMMITTED' })).status, 400);
  assert.equal(bank.core.balance('thandi:USD'), '100');
  assert.equal(bank.core.balance('scheme:USD'), '0');
  bank.core.ledger.assertBalanced();
});

test('core as payee: the same transferId with another content is refused and changes nothing', async () => {
  const bank = bench({ atPrepare: 'credit' });
  const transfer = await quotedTransfer(bank);
  await bank.call('POST', '/transfers', transfer);
  const other = await bank.call('POST', '/transfers', { ...transfer, amount: '11' });
  assert.deepEqual([other.status, other.json['statusCode']], [400, '3106']);
  assert.equal(bank.core.balance('thandi:USD'), '109.5');
});

test('core as payee: one that does not de-duplicate shows every repeated call in its books', async () => {
  const bank = bench({ atPrepare: 'credit', deduplicates: false });
  const transfer = await quotedTransfer(bank);
  await bank.call('POST', '/transfers', transfer, { 'idempotency-key': 'k' });
  await bank.call('POST', '/transfers', transfer, { 'idempotency-key': 'k' });
  assert.equal(bank.core.balance('thandi:USD'), '119');
  bank.core.ledger.assertBalanced();
});

test('core: faults strike the backend API, executed or not as they say', async () => {
  const bank = bench({ atPrepare: 'credit' });
  const fault = (action: object) => bank.call('POST', '/faults', { operation: 'POST /transfers', count: 1, action });
  await fault({ kind: 'reject', status: 500, errorCode: '5001', message: 'no liquidity' });
  const refused = await bank.call('POST', '/transfers', await quotedTransfer(bank, 'a'));
  assert.deepEqual([refused.status, refused.json['statusCode'], bank.core.balance('thandi:USD')], [500, '5001', '100']);
  await fault({ kind: 'reset' });
  const broken = await bank.call('POST', '/transfers', await quotedTransfer(bank, 'b'));
  assert.deepEqual([broken.reset, bank.core.balance('thandi:USD')], [true, '100']);
  await fault({ kind: 'execute-then-reset' });
  const executed = await bank.call('POST', '/transfers', await quotedTransfer(bank, 'c'));
  assert.deepEqual([executed.reset, bank.core.balance('thandi:USD')], [true, '109.5']);
  await fault({ kind: 'execute-then-error', status: 500 });
  const lied = await bank.call('POST', '/transfers', await quotedTransfer(bank, 'd'));
  assert.deepEqual([lied.status, bank.core.balance('thandi:USD')], [500, '119']);
  await fault({ kind: 'error-then-execute', status: 400, errorCode: '5100', ms: 1_000 });
  const contradicted = await bank.call('POST', '/transfers', await quotedTransfer(bank, 'e'));
  assert.deepEqual([contradicted.status, bank.core.balance('thandi:USD')], [400, '119']);
  await bank.time.advance(1_000);
  assert.equal(bank.core.balance('thandi:USD'), '128.5');
});

const waitingForParty = {
  currentState: 'WAITING_FOR_PARTY_ACCEPTANCE',
  transferId: 'tr1',
  to: { fspId: 'greenbank', displayName: 'Amara Diallo' },
};
const waitingForQuote = {
  currentState: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  transferId: 'tr1',
  quoteResponse: { body: { transferAmount: { amount: '25.3', currency: 'USD' } } },
};
const completed = { currentState: 'COMPLETED', transferId: 'tr1', fulfil: { body: { transferState: 'COMMITTED' } } };

test('core as payer: three steps, asked for each, and the hold is captured with the price', async () => {
  const bank = bench({}, (request) => {
    if (request.method === 'POST') return answer(200, waitingForParty);
    return answer(200, String(request.body).includes('acceptParty') ? waitingForQuote : completed);
  });
  const started = await bank.call('POST', '/payments', { to, amount: '25', currency: 'USD', amountType: 'RECEIVE', autoAccept: false });
  assert.equal(started.json['state'], 'WAITING_FOR_PARTY_ACCEPTANCE');
  assert.deepEqual(started.json['payee'], { name: 'Amara Diallo', fspId: 'greenbank' });
  assert.equal(bank.core.balance('thandi:USD'), '75');
  const id = String(started.json['paymentId']);
  assert.equal((await bank.call('PUT', `/payments/${id}`, { accept: true })).json['transferAmount'], '25.3');
  assert.equal((await bank.call('PUT', `/payments/${id}`, { accept: true })).json['state'], 'COMPLETED');
  assert.equal(bank.core.balance('thandi:USD'), '74.7');
  assert.equal(bank.core.balance('scheme:USD'), '25.3');
  assert.equal(bank.core.balance('outgoing:USD'), '0');
  bank.core.ledger.assertBalanced();
});

test('core as payer: who is to receive an amount costs the payer what is transferred, and the rest of the hold goes back', async () => {
  const cheaper = { ...completed, quoteResponse: { body: { transferAmount: { amount: '24.8', currency: 'USD' } } } };
  const bank = bench({}, () => answer(200, cheaper));
  const paid = await bank.call('POST', '/payments', { to, amount: '25', currency: 'USD', amountType: 'RECEIVE' });
  assert.equal(paid.json['state'], 'COMPLETED');
  assert.deepEqual(
    [bank.core.balance('thandi:USD'), bank.core.balance('scheme:USD'), bank.core.balance('fees:USD')],
    ['75.2', '24.8', '0'],
  );
  const sent = await bank.call('POST', '/payments', { to, amount: '25', currency: 'USD' });
  assert.equal(sent.json['state'], 'COMPLETED');
  assert.deepEqual(
    [bank.core.balance('thandi:USD'), bank.core.balance('scheme:USD'), bank.core.balance('fees:USD')],
    ['50.2', '49.6', '0.2'],
  );
  bank.core.ledger.assertBalanced();
});

test('core as payer: an unknown outcome keeps the hold until the Payment Manager knows', async () => {
  const outcomes = [
    answer(504, { statusCode: '504', message: 'timeout', transferState: { transferId: 'tr1', currentState: 'UNKNOWN' } }),
    failed(),
    answer(504, { transferState: { transferId: 'tr1' } }),
    answer(500, { statusCode: '5104', message: 'rejected', transferState: { transferId: 'tr1', currentState: 'ERROR_OCCURRED' } }),
  ];
  const bank = bench({}, () => outcomes.shift() ?? failed());
  const first = await bank.call('POST', '/payments?wait=no', { to, amount: '25', currency: 'USD' }, { 'idempotency-key': 'pay-1' });
  assert.equal(first.status, 202);
  await bank.time.advance(500);
  assert.equal(bank.core.balance('outgoing:USD'), '25');
  await bank.time.advance(20_000);
  const ended = (await bank.call('GET', '/payments/pay-1')).json;
  assert.equal(ended['state'], 'ERROR_OCCURRED');
  assert.deepEqual(ended['error'], { statusCode: '5104', message: 'rejected' });
  assert.equal(bank.core.balance('thandi:USD'), '100');
  assert.deepEqual(
    bank.sent.map((request) => request.method),
    ['POST', 'GET', 'GET', 'GET'],
  );
  bank.core.ledger.assertBalanced();
});

test('core as payer: the start is repeated under the same key, and a repeated request starts nothing', async () => {
  const outcomes = [failed(), answer(503, {}), answer(200, completed)];
  const bank = bench({}, () => outcomes.shift() ?? failed());
  const request = { to, amount: '25', currency: 'USD' };
  await bank.call('POST', '/payments?wait=no', request, { 'idempotency-key': 'pay-1' });
  await bank.time.advance(10_000);
  assert.deepEqual(
    bank.sent.map(({ headers }) => headers['idempotency-key']),
    ['pay-1', 'pay-1', 'pay-1'],
  );
  assert.equal((await bank.call('POST', '/payments', request, { 'idempotency-key': 'pay-1' })).json['state'], 'COMPLETED');
  assert.equal((await bank.call('POST', '/payments', { ...request, amount: '26' }, { 'idempotency-key': 'pay-1' })).status, 409);
  assert.equal(bank.sent.length, 3);
  assert.equal(bank.core.balance('thandi:USD'), '75');
});

test('core as payer: a COMPLETED whose transfer is only RESERVED is not completed', async () => {
  const bank = bench({}, () =>
    answer(200, { currentState: 'COMPLETED', transferId: 'tr1', fulfil: { body: { transferState: 'RESERVED' } } }),
  );
  await bank.call('POST', '/payments?wait=no', { to, amount: '25', currency: 'USD' }, { 'idempotency-key': 'p' });
  await bank.time.advance(5_000);
  assert.equal((await bank.call('GET', '/payments/p')).json['state'], 'PENDING');
  assert.equal(bank.core.balance('outgoing:USD'), '25');
});

test('core as payer: nobody pays more than the account holds', async () => {
  const bank = bench();
  const refused = await bank.call('POST', '/payments', { to, amount: '100.01', currency: 'USD' });
  assert.deepEqual([refused.status, refused.json['statusCode']], [400, '4001']);
  assert.equal(bank.sent.length, 0);
  assert.throws(
    () => bank.core.ledger.post({ key: 'x', memo: 'x', lines: [{ account: 'thandi:USD', units: -2_000_000n }] }),
    InsufficientFunds,
  );
  assert.throws(() => bank.core.ledger.post({ key: 'y', memo: 'y', lines: [{ account: 'thandi:USD', units: 1n }] }), /not balanced/);
  bank.core.ledger.assertBalanced();
});

test('core: a restart finds the same books and goes on with open payments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-core-'));
  const file = join(folder, 'core.db');
  const before = bench({}, () => failed(), file);
  await before.call('POST', '/payments?wait=no', { to, amount: '25', currency: 'USD' }, { 'idempotency-key': 'p' });
  await before.time.advance(1);
  before.core.stop();
  const after = bench({}, () => answer(200, completed), file);
  await after.time.advance(1);
  assert.equal(after.core.balance('thandi:USD'), '75');
  assert.equal((await after.call('GET', '/payments/p')).json['state'], 'COMPLETED');
  after.core.ledger.assertBalanced();
  after.core.stop();
  rmSync(folder, { recursive: true });
});

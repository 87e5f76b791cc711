import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareFor, quoted } from '@payment-manager/mojaloop-connector/test-scenes';
import { createMetrics, createSealer, recordedLog, seededRandom } from '@payment-manager/runtime';
import { payments } from '../../test/payments.ts';
import { World } from '../../test/world.ts';
import { connectorCore } from '../door/connector-core.ts';
import { oneVersion } from '../record/versions.ts';
import { backendApi, isNewWork } from './backend-api.ts';
import { transferTerms } from './transfer-terms.ts';

const PARTY = `operation: party.get
steps:
  - call: account
    get: /accounts/{number}
    path: { number: "=req.idValue" }
  - reply: { displayName: "=account.body.owner" }
`;
const QUOTE = `operation: quote.create
steps:
  - reply: { transferAmount: '=$number(req.amount) + $number("0.5")', payeeReceiveAmount: "=req.amount", payeeFspFeeAmount: "0.5" }
    facts: { rate: '=$number("1.10")' }
`;
/** As the SDK sends it: with members that nobody needs, and some that are null. */
const TERMS = {
  from: { idType: 'MSISDN', idValue: '254700', fspId: 'them', displayName: null, type: 'CONSUMER' },
  to: { idType: 'MSISDN', idValue: '254711', fspId: 'us' },
  amountType: 'RECEIVE',
  amount: '99.5',
  currency: 'USD',
  transactionType: 'TRANSFER',
};
const PRICE = { quoteId: 'Q-1', transactionId: 'T-1', initiator: 'PAYER', initiatorType: 'CONSUMER', ...TERMS };

/** The API of a connector of its own process, in virtual time. */
function setUp() {
  const world = new World({ more: [PARTY, QUOTE] });
  const { time, core, running, records } = world;
  const deps = { clock: time, log: recordedLog(), metrics: createMetrics() };
  const sealer = createSealer(new Uint8Array(32), seededRandom(1));
  const door = connectorCore({ ...deps, versions: oneVersion(running, core), sealer, records, fspId: 'us' });
  const handler = backendApi({ ...deps, core: door, termsOf: (id) => transferTerms(records, id), callMs: 8_000 });
  const ask = async (method: string, target: string, body?: unknown) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    let over = false;
    const answer = handler({ method, target, headers: {}, body: Buffer.from(text), clientAuthenticated: false }).finally(() => {
      over = true;
    });
    while (!over) await time.advance(100);
    const { status, body: said = '' } = await answer;
    return { status, body: (said === '' ? {} : JSON.parse(said.toString())) as Record<string, unknown> };
  };
  /** A transfer on a price, as the SDK asks for it: it has no transferAmount. */
  const transfer = async (transferId = 'T-1', changed: object = {}) => {
    const { body: quote } = await ask('POST', '/quoterequests', PRICE);
    return ask('POST', '/transfers', { transferId, quote, ...TERMS, ilpPacket: { data: {} }, ...changed });
  };
  return { world, log: deps.log, ask, transfer };
}

const told = (transferState: string | undefined, currentState = 'COMPLETED') => ({
  currentState,
  quoteRequest: { headers: { authorization: 'canary' } },
  ...(transferState && { finalNotification: { completedTimestamp: '2026-01-01T00:00:00.000Z', transferState } }),
});

test('a payment as the SDK makes it: party, price, hold, outcome, and each is known afterwards; a repeat joins', async () => {
  const { world, ask, transfer } = setUp();
  assert.equal((await ask('GET', '/')).status, 200);
  assert.deepEqual(await ask('GET', '/parties/MSISDN/254711'), {
    status: 200,
    body: { idType: 'MSISDN', idValue: '254711', fspId: 'us', displayName: 'Ann' },
  });
  const price = await ask('POST', '/quoterequests', PRICE);
  assert.equal(price.status, 200);
  assert.deepEqual(
    ['quoteId', 'transferAmount', 'transferAmountCurrency', 'payeeFspFeeAmount'].map((name) => price.body[name]),
    ['Q-1', '100', 'USD', '0.5'],
  );
  assert.deepEqual(await ask('GET', '/transfers/T-1'), { status: 404, body: { statusCode: '3208', message: 'Transfer not found' } });
  const held = await transfer();
  assert.deepEqual(held, { status: 200, body: { homeTransactionId: 'H1/Ann', transferState: 'RESERVED' } });
  assert.deepEqual(await transfer(), held);
  const { body: shown } = await ask('GET', '/transfers/T-1');
  assert.deepEqual(
    ['transferId', 'transferState', 'homeTransactionId', 'amount', 'transferAmount', 'currency'].map((name) => shown[name]),
    ['T-1', 'RESERVED', 'H1/Ann', '99.5', '100', 'USD'],
  );
  for (let nth = 0; nth < 2; nth++) assert.deepEqual(await ask('PUT', '/transfers/T-1', told('COMMITTED')), { status: 200, body: {} });
  assert.equal((await ask('GET', '/transfers/T-1')).body['transferState'], 'COMMITTED');
  assert.equal((await ask('PUT', '/transfers/T-1', told('ABORTED'))).status, 400, 'the contrary is refused');
  assert.deepEqual(world.core.totals, { held: '0', booked: '99.5', suspense: '0' });
});

test('refusals are 400 with an FSPIOP code; what nobody knows is 500 with one of 2xxx, and another amount is no repeat', async () => {
  const { world, ask, transfer } = setUp();
  world.core.account = 'BLOCKED';
  assert.deepEqual(await transfer('T-2'), { status: 400, body: { statusCode: '5400', message: 'Payee blocked' } });
  world.core.account = 'OPEN';
  assert.equal((await transfer('T-3')).status, 200);
  const { status, body } = await transfer('T-3', { quote: { transferAmount: '100', payeeReceiveAmount: '98' } });
  assert.deepEqual([status, body['statusCode']], [400, '3106']);
  world.core.fault = (call) => (call.startsWith('POST') || call.startsWith('GET /holds') ? 'lost-before' : undefined);
  const lost = await transfer('T-4');
  assert.deepEqual([lost.status, lost.body['statusCode']], [500, '2001']);
  assert.deepEqual((await ask('GET', '/transfers/T-4')).body['transferState'], 'RECEIVED');
});

test('bodies that cannot be used, terms that are not those of the price, and outcomes that are none are refused; nothing of them is in the log', async () => {
  const { world, log, ask, transfer } = setUp();
  for (const [method, target, body] of [
    ['POST', '/quoterequests', 'no json'],
    ['POST', '/quoterequests', { ...PRICE, amount: '1.00001' }],
    ['POST', '/quoterequests', { ...PRICE, amount: 99.5 }],
    ['POST', '/quoterequests', { ...PRICE, to: { idType: 'MSISDN' } }],
    ['POST', '/transfers', { transferId: '../x', quote: {}, ...TERMS }],
    ['POST', '/transfers', { transferId: 'T-5', quote: {}, ...TERMS }],
    ['PUT', '/transfers/T-5', told(undefined, 'ERROR_OCCURRED')],
    ['PUT', '/transfers/T-5', told('RESERVED')],
  ] as const) {
    const { status, body: said } = await ask(method, target, body);
    assert.deepEqual([status, said['statusCode']], [400, '3100'], `${method} ${target} ${JSON.stringify(said)}`);
  }
  const other = await transfer('T-6', { to: { idType: 'MSISDN', idValue: '254799' } });
  assert.deepEqual([other.status, other.body['message']], [400, 'the terms are others than those of `quote`']);
  assert.deepEqual(world.core.calls, []);
  assert.ok(!JSON.stringify(log.lines).includes('canary'));
  assert.equal((await ask('GET', '/nowhere')).status, 404);
  assert.equal((await ask('DELETE', '/transfers/T-1')).status, 405);
});

test('an outcome is 200 as soon as it is written, and is ended from here: the SDK stops telling it soon', async () => {
  const { world, ask, transfer } = setUp();
  await transfer();
  world.core.fault = (call) => (call.startsWith('POST') || call.startsWith('GET /holds') ? 'lost-before' : undefined);
  assert.deepEqual(await ask('PUT', '/transfers/T-1', told('COMMITTED')), { status: 200, body: { goesOn: true } });
  assert.equal(world.core.totals.booked, '0');
  world.core.fault = () => undefined;
  await world.time.advance(600_000);
  assert.equal(world.core.totals.booked, '99.5');
});

test('what goes on, or waits for a person, is said to whoever asks: one uncertainty makes one exception, in the connector’s journal', async () => {
  const { core, payee, time } = await payments(3, { network: () => 'arrives' });
  const prepare = prepareFor(payee, await quoted(payee, { amountType: 'RECEIVE', amount: { currency: 'USD', amount: '99.5' } }));
  core.core.fault = (call) => (call.startsWith('GET /accounts') ? undefined : 'lost-after');
  await payee.receive('POST', '/transfers', prepare);
  await time.advance(60_000);
  const expired = { errorInformation: { errorCode: '3303', errorDescription: 'expired' } };
  await payee.receive('PUT', `/transfers/${prepare.transferId}/error`, expired, { source: 'switch' });
  await time.advance(7_200_000);
  assert.deepEqual(await payee.connector.exceptions({ limit: 9 }), []);
  const rows = await core.journal.attention({ limit: 9 });
  assert.deepEqual(
    rows.map(({ code, label }) => [code, label]),
    [['CORE_EFFECT_UNKNOWN', prepare.transferId]],
  );
});

test('outcomes and questions are let in where new work is not', () => {
  const isNew = (method: string, target: string): boolean => isNewWork({ method, target, headers: {} });
  assert.deepEqual(
    [
      isNew('POST', '/transfers'),
      isNew('POST', '/quoterequests'),
      isNew('GET', '/parties/MSISDN/1'),
      isNew('PUT', '/transfers/1'),
      isNew('GET', '/transfers/1'),
    ],
    [true, true, true, false, false],
  );
});

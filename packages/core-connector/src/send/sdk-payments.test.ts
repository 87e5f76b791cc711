import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpClient, type HttpOutcome, type OutgoingRequest, Secret, virtualTime } from '@payment-manager/runtime';
import type { NewPayment, Seen } from './payments.ts';
import { sdkPayments } from './sdk-payments.ts';

const ID = '52e5107a-3759-5b47-a522-ab5e4e2fa8f9';
const json = (status: number, body: unknown): HttpOutcome => ({
  kind: 'answer',
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
const gone = (sent: boolean): HttpOutcome => ({
  kind: 'failed',
  phase: 'answer',
  sent,
  code: 'CONNECTION_LOST',
  message: 'gone',
  advice: '',
});
const state = (currentState: string, more: object = {}) => ({ transferId: ID, currentState, ...more });
const PRICE = {
  quoteId: 'Q1',
  to: { idType: 'MSISDN', idValue: '27713803912', fspId: 'them' },
  quoteResponse: {
    body: {
      transferAmount: { amount: '100', currency: 'USD' },
      payeeReceiveAmount: { amount: '99', currency: 'USD' },
      expiration: '2026-12-01T00:00:00.000Z',
    },
  },
};
const completed = (transferState: string | undefined) =>
  state('COMPLETED', transferState === undefined ? {} : { fulfil: { body: { transferState } } });
const failed = (status: number, statusCode: string, transferState: object = { transferId: ID, currentState: 'ERROR_OCCURRED' }) =>
  json(status, { message: 'no', statusCode, transferState });

/** An SDK that answers as it is told, one answer for each call. */
function setUp(...answers: (HttpOutcome | undefined)[]) {
  const time = virtualTime();
  const sent: OutgoingRequest[] = [];
  const client: HttpClient = {
    request: (request) => {
      const answer = answers[sent.push(request) - 1];
      return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer);
    },
    setCredentials: () => {},
    close: async () => {},
  };
  const payments = sdkPayments({ client, baseUrl: 'http://sdk', token: new Secret('canary'), clock: time, timers: time });
  const done = async (promise: Promise<Seen>): Promise<Seen> => {
    let over = false;
    const result = promise.finally(() => {
      over = true;
    });
    for (let steps = 0; !over && steps < 2_000; steps++) await time.advance(100);
    return result;
  };
  return { time, sent, payments, done };
}

const PAYMENT: NewPayment = { key: 'send-1', request: { homeTransactionId: 'h1' } as NewPayment['request'] };

test('a payment is begun with its key, its party is accepted, and the price is what is offered', async () => {
  const { sent, payments, done } = setUp(
    json(200, state('WAITING_FOR_PARTY_ACCEPTANCE')),
    json(200, state('WAITING_FOR_QUOTE_ACCEPTANCE', PRICE)),
  );
  const seen = await done(payments.start(PAYMENT, 5_000));
  assert.deepEqual(seen, {
    kind: 'offered',
    transferId: ID,
    offer: {
      quoteId: 'Q1',
      currency: 'USD',
      transferAmount: '100',
      payeeReceiveAmount: '99',
      expiration: Date.parse('2026-12-01T00:00:00.000Z'),
      payee: PRICE.to,
    },
  });
  assert.deepEqual(
    sent.map(({ method, url, body }) => [method, url, body]),
    [
      ['POST', 'http://sdk/transfers', '{"homeTransactionId":"h1"}'],
      ['PUT', `http://sdk/transfers/${ID}`, '{"acceptParty":true}'],
    ],
  );
  assert.deepEqual([sent[0]?.headers['idempotency-key'], sent[0]?.headers['authorization']], ['send-1', 'Bearer canary']);
});

test('what an answer proves before anything was accepted, and after', async () => {
  const before: readonly (readonly [HttpOutcome, Seen['kind']])[] = [
    [failed(500, '3204'), 'not-committed'],
    [json(400, { message: 'wrong', statusCode: '400' }), 'not-committed'],
    // a prepare has left: somebody has set it to accept prices by itself
    [failed(500, '3100', { transferId: ID, currentState: 'ERROR_OCCURRED', prepare: {} }), 'no-answer'],
    [json(200, completed('COMMITTED')), 'committed'],
    [json(503, {}), 'busy'],
    [gone(false), 'no-answer'],
    [gone(true), 'no-answer'],
    [json(200, state('WAITING_FOR_QUOTE_ACCEPTANCE')), 'no-answer'],
    [json(200, state('SOMETHING')), 'no-answer'],
    [{ kind: 'answer', status: 204, headers: {}, body: new Uint8Array() }, 'no-answer'],
  ];
  for (const [answer, kind] of before) {
    const { payments, done } = setUp(answer);
    assert.equal((await done(payments.start(PAYMENT, 5_000))).kind, kind, JSON.stringify(answer));
  }
  const after: readonly (readonly [HttpOutcome, Seen['kind']])[] = [
    [json(200, completed('COMMITTED')), 'committed'],
    [json(200, completed('RESERVED')), 'open'],
    [json(200, completed('ABORTED')), 'not-committed'],
    [json(200, completed(undefined)), 'open'],
    [json(200, { ...completed('COMMITTED'), transferId: 'another' }), 'no-answer'],
    [failed(500, '3303'), 'not-committed'],
    [failed(500, '3208'), 'no-answer'],
    [failed(500, '3106'), 'no-answer'],
    [failed(504, '2004'), 'no-answer'],
    [json(500, { message: 'No cached data found', transferState: {}, statusCode: '500' }), 'no-answer'],
    [json(404, { message: 'no', statusCode: '404' }), 'no-answer'],
    [gone(true), 'no-answer'],
  ];
  for (const [answer, kind] of after) {
    const { payments, done } = setUp(answer);
    assert.equal((await done(payments.ask(ID))).kind, kind, JSON.stringify(answer));
  }
});

test('a price is accepted once: what was sent and not answered is open, what was not sent is not, and after its time nothing is sent', async () => {
  const offer = { quoteId: 'Q1', currency: 'USD', transferAmount: '100', expiration: 0, payee: PRICE.to };
  for (const [answer, kind] of [
    [json(200, completed('COMMITTED')), 'committed'],
    [undefined, 'open'],
    [gone(true), 'open'],
    [failed(500, '2001'), 'open'],
    [json(500, { message: 'odd' }), 'open'],
    [gone(false), 'no-answer'],
  ] as const) {
    const { time, sent, payments, done } = setUp(answer);
    assert.equal((await done(payments.accept(ID, offer, time.now() + 1_000))).kind, kind);
    assert.deepEqual(
      sent.map(({ body }) => body),
      ['{"acceptQuote":true}'],
    );
  }
  const late = setUp();
  assert.equal((await late.done(late.payments.accept(ID, offer, late.time.now()))).kind, 'no-answer');
  assert.equal(late.sent.length, 0);
});

test('a refusal is an end only where the SDK says that it has aborted; watching asks until there is one', async () => {
  const refused = setUp(json(200, state('ABORTED', { abortedReason: 'Quote rejected by backend' })));
  assert.deepEqual(await refused.done(refused.payments.reject(ID)), {
    kind: 'not-committed',
    transferId: ID,
    message: 'Quote rejected by backend',
  });
  const taken = setUp(json(200, completed('COMMITTED')));
  assert.equal((await taken.done(taken.payments.reject(ID))).kind, 'committed');
  const watched = setUp(failed(504, '2004'), json(200, completed('RESERVED')), json(200, completed('COMMITTED')));
  assert.equal((await watched.done(watched.payments.watch(ID, 60_000))).kind, 'committed');
  assert.deepEqual(
    watched.sent.map(({ method }) => method),
    ['GET', 'GET', 'GET'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { fakedApi, sendDoor } from '../../test/fake-payer-door.ts';
import type { SendAnswer, SendView } from '../transfer/send-door.ts';
import { SEND_REQUEST, TRANSFER_ID } from './examples.ts';
import { SendState } from './send-schemas.ts';

const { maxFee: _maxFee, ...request } = SEND_REQUEST;
const VIEW: SendView = {
  transferId: TRANSFER_ID,
  homeTransactionId: request.homeTransactionId,
  request,
  initiatedTimestamp: '2026-03-31T08:13:55.120Z',
  stage: 'quote-offered',
  outcome: 'none-yet',
  payee: { idType: 'MSISDN', idValue: '27713803912', displayName: 'Thandi Nkosi' },
  price: { quoteId: TRANSFER_ID, transferAmount: '25', payeeReceiveAmount: '24.75', expiration: '2026-03-31T08:15:00.000Z' },
  fee: '0.5',
  total: '25.5',
  hold: 'none',
};
const at = (more: Partial<SendView>, timedOut = false): SendAnswer => ({ kind: 'payment', payment: { ...VIEW, ...more }, timedOut });
const PATH = `/sendmoney/${TRANSFER_ID}`;

/** The same answer of the door, seen through POST, PUT and GET. */
async function everyWay(answer: SendAnswer) {
  const api = fakedApi({}, { sends: sendDoor({ send: () => answer, decide: () => answer, ask: () => answer }) });
  const all = [
    await api.call('POST', '/sendmoney', SEND_REQUEST),
    await api.call('PUT', PATH, { acceptQuote: true }),
    await api.call('GET', PATH),
  ];
  for (const one of all) assert.deepEqual([one.status, one.json], [all[0]?.status, all[0]?.json]);
  return all[0]!;
}

test('sendmoney: an offer shows payee, price and what is taken in all; the answer is of its schema', async () => {
  const { status, json } = await everyWay(at({}));
  assert.deepEqual(
    [
      status,
      json.currentState,
      json.total,
      json.fee,
      json.hold,
      json.to?.displayName,
      json.quoteResponse?.body?.payeeReceiveAmount?.amount,
    ],
    [200, 'WAITING_FOR_QUOTE_ACCEPTANCE', '25.5', '0.5', 'none', 'Thandi Nkosi', '24.75'],
  );
  assert.deepEqual(Compile(SendState).Errors(json), []);
});

test('sendmoney: what has ended is 200, a failure 500 or 504 with its code; what is open is 504 and unknown, with the hold', async () => {
  for (const [stage, currentState] of [
    ['completed', 'COMPLETED'],
    ['aborted', 'ABORTED'],
  ] as const) {
    const { status, json } = await everyWay(at({ stage }));
    assert.deepEqual([status, json.currentState], [200, currentState]);
  }
  for (const [timeout, status] of [
    [false, 500],
    [true, 504],
  ] as const) {
    const failed = await everyWay(at({ stage: 'failed', outcome: 'not-committed', error: { code: '4400', message: 'no', timeout } }));
    assert.deepEqual([failed.status, failed.json.statusCode, failed.json.outcome], [status, '4400', undefined]);
    assert.equal(failed.json.transferState?.currentState, 'ERROR_OCCURRED');
  }
  for (const view of [at({ stage: 'open', hold: 'held' }), at({ stage: 'holding', hold: 'unknown' }), at({ stage: 'under-way' }, true)]) {
    const { status, json } = await everyWay(view);
    assert.deepEqual([status, json.outcome, json.transferId, json.transferState?.outcome], [504, 'unknown', TRANSFER_ID, 'unknown']);
  }
  assert.equal((await everyWay(at({ stage: 'under-way' }))).status, 200);
});

test('sendmoney: a conflict is 409, no room 503 with Retry-After', async () => {
  assert.equal((await everyWay({ kind: 'conflict', message: 'other content', payment: VIEW })).status, 409);
  const busy = await everyWay({ kind: 'busy', retryAfterSeconds: 1, message: 'full' });
  assert.deepEqual([busy.status, busy.headers['retry-after']], [503, '1']);
});

test('sendmoney: what is asked of the door; acceptParty alone accepts nothing', async () => {
  const asked: unknown[] = [];
  const note = (...what: unknown[]): SendAnswer => {
    asked.push(what);
    return at({});
  };
  const sends = sendDoor({ send: (one) => note(one), decide: (id, accept) => note(id, accept), ask: (id) => note('ask', id) });
  const api = fakedApi({}, { sends });
  await api.call('POST', '/sendmoney', SEND_REQUEST, { 'idempotency-key': 'k' });
  for (const body of [{ acceptQuote: true }, { acceptQuote: false }, { acceptParty: false }, { acceptParty: true }])
    await api.call('PUT', PATH, body);
  assert.deepEqual(asked, [
    [{ request, maxFee: '0.5', idempotencyKey: 'k' }],
    [TRANSFER_ID, true],
    [TRANSFER_ID, false],
    [TRANSFER_ID, false],
    ['ask', TRANSFER_ID],
  ]);
});

test('sendmoney: it is validated strictly, and is no path where the core makes no payments', async () => {
  const api = fakedApi({}, { sends: sendDoor({}) });
  const bad: readonly (readonly [string, string, object])[] = [
    ['POST', '/sendmoney', { ...SEND_REQUEST, maxfee: '1' }],
    ['POST', '/sendmoney', { ...SEND_REQUEST, maxFee: '0.50' }],
    ['POST', '/sendmoney', { ...SEND_REQUEST, maxFee: '-1' }],
    ['POST', '/sendmoney', { ...SEND_REQUEST, amount: '1.00' }],
    ['POST', '/sendmoney', { ...SEND_REQUEST, skipPartyLookup: true }],
    ['PUT', PATH, {}],
    ['PUT', PATH, { acceptQuote: true, acceptParty: true }],
    ['PUT', PATH, { acceptQuote: 'yes' }],
    ['PUT', '/sendmoney/1', { acceptQuote: true }],
  ];
  for (const [method, path, body] of bad) assert.equal((await api.call(method, path, body)).status, 400, JSON.stringify(body));
  assert.equal((await fakedApi().call('POST', '/sendmoney', SEND_REQUEST)).status, 400);
  const none = await fakedApi({}, { sends: sendDoor({ decide: () => undefined }) }).call('PUT', PATH, { acceptQuote: true });
  assert.deepEqual([none.status, none.json.statusCode], [500, '500']);
  const defect = await api.call('POST', '/sendmoney', SEND_REQUEST);
  assert.deepEqual([defect.status, defect.json.outcome], [504, 'unknown'], 'a failure of ours is no "no"');
  assert.doesNotMatch(defect.text, /secret/);
});

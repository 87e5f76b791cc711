import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, fakedApi, payment } from '../../test/fake-payer-door.ts';
import type { HelperAnswer, PayerError, PayerView, PaymentRequest } from '../transfer/payer-door.ts';
import { SIMPLE_REQUEST, TRANSFER_ID, TRANSFER_REQUEST } from './examples.ts';

const PATH = `/transfers/${TRANSFER_ID}`;
const request = TRANSFER_REQUEST as unknown as PaymentRequest;
const error = (errorCode: string, httpStatusCode: 500 | 504 = 500): PayerError => ({
  httpStatusCode,
  errorInformation: { errorCode, errorDescription: 'why' },
});
const fulfil = (transferState: 'COMMITTED' | 'RESERVED' | 'ABORTED') => ({
  headers: {},
  body: { transferState, fulfilment: 'f'.repeat(43), completedTimestamp: '2026-01-01T00:00:01.000Z' },
});

/** The same answer of the door, seen through POST, PUT and GET. */
async function everyWay(view: PayerView, timedOut = false, options = {}) {
  const answer = () => ({ ...at(view), timedOut });
  const api = fakedApi({ start: answer, resume: answer, inquire: answer }, options);
  const all = [
    await api.call('POST', '/transfers', TRANSFER_REQUEST),
    await api.call('PUT', PATH, { acceptQuote: true }),
    await api.call('GET', PATH),
  ];
  for (const one of all) assert.deepEqual([one.status, one.json], [all[0]?.status, all[0]?.json]);
  return all[0]!;
}

test('payment: what is on offer and what is done is 200 under the SDK names', async () => {
  for (const [stage, currentState] of [
    ['party-offered', 'WAITING_FOR_PARTY_ACCEPTANCE'],
    ['quote-offered', 'WAITING_FOR_QUOTE_ACCEPTANCE'],
    ['completed', 'COMPLETED'],
    ['aborted', 'ABORTED'],
  ] as const) {
    const { status, json } = await everyWay(payment({ stage, request }));
    assert.deepEqual(
      [status, json.currentState, json.transferId, json.direction, json.homeTransactionId],
      [200, currentState, TRANSFER_ID, 'OUTBOUND', request.homeTransactionId],
    );
  }
});

test('payment: the payee is completed from the look-up; who was asked for stays', async () => {
  const party = {
    partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '999', fspId: 'bluewallet' },
    name: 'Thandi Nkosi',
    personalInfo: { complexName: { firstName: 'Thandi' }, kycInformation: 'k' },
  } as const;
  const { json } = await everyWay(
    payment({ stage: 'party-offered', request, getPartiesResponse: { headers: {}, body: { party: { ...party } } } }),
  );
  assert.deepEqual(json.to, {
    idType: 'MSISDN',
    idValue: '27713803912',
    fspId: 'bluewallet',
    displayName: 'Thandi Nkosi',
    firstName: 'Thandi',
    kycInformation: 'k',
  });
});

test('payment: failed is 500 or 504 with the Mojaloop code, and the state bears the error', async () => {
  for (const httpStatusCode of [500, 504] as const) {
    const { status, json } = await everyWay(payment({ stage: 'failed', lastError: error('5105', httpStatusCode) }));
    assert.deepEqual([status, json.statusCode], [httpStatusCode, '5105']);
    assert.equal(json.transferState?.currentState, 'ERROR_OCCURRED');
    assert.deepEqual(json.transferState?.lastError, {
      httpStatusCode,
      mojaloopError: { errorInformation: { errorCode: '5105', errorDescription: 'why' } },
    });
    assert.equal(json.outcome, undefined);
  }
  const { status, json } = await everyWay(payment({ stage: 'failed' }));
  assert.deepEqual([status, json.statusCode], [500, '500']);
});

test('payment: one that ended since the other side took no question is 500 and says how it may be paid later; where money may have moved, or a repeat would be another payment, nothing of the kind', async () => {
  const over = { stage: 'failed', endedBeforeTransfer: true } as const;
  for (const code of ['1001', '2003']) {
    const { status, json } = await everyWay(payment({ ...over, lastError: error(code) }));
    assert.deepEqual([status, json.statusCode], [500, code]);
    assert.match(
      String(json.message),
      /^The payment failed: why\. .* no money moves\. It may be paid later, with the same homeTransactionId and another Idempotency-Key$/,
    );
  }
  for (const view of [
    payment({ stage: 'failed', lastError: error('1001') }),
    payment({ ...over, lastError: error('3204') }),
    payment({ ...over, lastError: error('1001', 504) }),
  ])
    assert.equal((await everyWay(view)).json.message, 'The payment failed: why');
  const apart = await everyWay(payment({ ...over, lastError: error('1001') }), false, { deduplicates: false });
  assert.equal(apart.json.message, 'The payment failed: why');
});

test('payment: an extension of the error can set the statusCode, where configured', async () => {
  const lastError = {
    httpStatusCode: 500,
    errorInformation: { errorCode: '5105', errorDescription: 'why', extensionList: { extension: [{ key: 'cbsCode', value: 'E-17' }] } },
  } as const;
  const view = payment({
    stage: 'failed',
    lastError: {
      ...lastError,
      errorInformation: { ...lastError.errorInformation, extensionList: { extension: [{ key: 'cbsCode', value: 'E-17' }] } },
    },
  });
  assert.equal((await everyWay(view, false, { errorCodeExtensionKey: 'cbsCode' })).json.statusCode, 'E-17');
  assert.equal((await everyWay(view)).json.statusCode, '5105');
});

test('payment: an open outcome is 504 with transferId and outcome unknown, by every way (docs/money-rules.md, 4)', async () => {
  for (const view of [
    payment({ stage: 'open' }),
    payment({ stage: 'open', exception: { code: 'FULFILMENT_WRONG', reason: 'the fulfilment does not match' } }),
  ]) {
    const { status, json } = await everyWay(view);
    assert.deepEqual([status, json.statusCode, json.outcome, json.transferId], [504, '504', 'unknown', TRANSFER_ID]);
    assert.deepEqual([json.transferState?.currentState, json.transferState?.outcome], ['WAITING_FOR_QUOTE_ACCEPTANCE', 'unknown']);
    if (view.exception !== undefined) assert.match(String(json.message), /the fulfilment does not match/);
  }
});

test('payment: failed or aborted is not told while the outcome is in doubt', async () => {
  for (const stage of ['failed', 'aborted'] as const) {
    const { status, json } = await everyWay(payment({ stage, outcome: 'unknown', lastError: error('2004') }));
    assert.deepEqual([status, json.outcome], [504, 'unknown']);
  }
});

test('payment: under way it is 200, until the wait is over', async () => {
  for (const stage of ['lookup', 'quoting'] as const) {
    assert.equal((await everyWay(payment({ stage }))).status, 200);
    const over = await everyWay(payment({ stage }), true);
    assert.deepEqual([over.status, over.json.outcome], [504, 'unknown']);
  }
});

test('payment: the fulfilment is shown of a completed payment only (docs/money-rules.md, 3)', async () => {
  const completed = await everyWay(payment({ stage: 'completed', fulfil: fulfil('COMMITTED') }));
  assert.match(completed.text, /"fulfilment":"f{43}"/);
  for (const stage of ['open', 'failed', 'aborted'] as const) {
    const { text } = await everyWay(payment({ stage, fulfil: fulfil('RESERVED') }));
    assert.doesNotMatch(text, /"fulfilment"/);
    assert.match(text, /"RESERVED"/);
  }
});

test('payment: other content under a known key is 409, no room is 503 with Retry-After', async () => {
  const conflict = await fakedApi({
    start: () => ({ kind: 'conflict', message: 'other content', payment: payment({ stage: 'completed' }) }),
  }).call('POST', '/transfers', TRANSFER_REQUEST);
  assert.deepEqual([conflict.status, conflict.json.statusCode, conflict.json.transferState?.transferId], [409, '409', TRANSFER_ID]);
  const busy = await fakedApi({ start: () => ({ kind: 'busy', message: 'full', retryAfterSeconds: 1.2 }) }).call(
    'POST',
    '/transfers',
    TRANSFER_REQUEST,
  );
  assert.deepEqual([busy.status, busy.headers['retry-after'], busy.json.statusCode], [503, '2', '503']);
});

test('payment: going on with an unknown one is 500, as in the SDK', async () => {
  const { status, json } = await fakedApi({ resume: () => undefined }).call('PUT', PATH, { acceptQuote: true });
  assert.deepEqual([status, json.statusCode, json.transferState], [500, '500', {}]);
  assert.match(String(json.message), new RegExp(`^No cached data found for transferId: ${TRANSFER_ID}`));
});

type Foreign = Exclude<HelperAnswer<{ transferState: 'COMMITTED' | 'RESERVED' | 'ABORTED'; fulfilment?: string }>, never>;
const inquire = (answer: Foreign) => fakedApi({ inquire: () => answer }).call('GET', PATH);

test("payment: of an id that is not ours the hub's word is told, and only COMMITTED is COMPLETED", async () => {
  const committed = await inquire({ kind: 'answered', ...fulfil('COMMITTED') });
  assert.deepEqual([committed.status, committed.json.currentState, committed.json.transferId], [200, 'COMPLETED', TRANSFER_ID]);
  const aborted = await inquire({ kind: 'answered', ...fulfil('ABORTED') });
  assert.deepEqual([aborted.status, aborted.json.currentState], [200, 'ABORTED']);
  const reserved = await inquire({ kind: 'answered', ...fulfil('RESERVED') });
  assert.deepEqual([reserved.status, reserved.json.outcome], [504, 'unknown']);
  for (const { text } of [aborted, reserved]) assert.doesNotMatch(text, /"fulfilment"/);
  for (const errorCode of ['3303', '5105', '4001']) {
    const none = await inquire({ kind: 'error', errorInformation: { errorCode, errorDescription: 'it was aborted' } });
    assert.deepEqual([none.status, none.json.statusCode], [500, errorCode]);
  }
});

test('payment: no word about the transfer is not an outcome', async () => {
  const error = (errorCode: string) => ({ errorCode, errorDescription: 'no word' });
  // not known now, other content, and errors about the question
  const codes = ['1001', '2001', '2003', '3208', '3106', '3000', '3002', '3100', '3105'];
  for (const answer of [
    { kind: 'timeout' },
    { kind: 'failed', errorInformation: error('5105') },
    ...codes.map((code) => ({ kind: 'error', errorInformation: error(code) }) as const),
  ] as const) {
    const { status, json } = await inquire(answer);
    assert.deepEqual([status, json.outcome, json.transferId], [504, 'unknown', TRANSFER_ID], JSON.stringify(answer));
  }
});

test('helper: a party is 200, one that is not found 404, a time-out 504', async () => {
  const party = { partyIdInfo: { partyIdType: 'MSISDN' as const, partyIdentifier: '1' } };
  const find = (answer: HelperAnswer<{ party: typeof party }>) => fakedApi({ findParty: () => answer });
  const api = find({ kind: 'answered', body: { party }, headers: { date: 'd' } });
  const found = await api.call('GET', '/parties/MSISDN/a%2Fb/S%20A');
  assert.deepEqual(api.asked[0]?.args, [{ type: 'MSISDN', id: 'a/b', subId: 'S A' }]);
  assert.deepEqual([found.status, found.json], [200, { party: { body: party, headers: { date: 'd' } }, currentState: 'COMPLETED' }]);
  const errorInformation = { errorCode: '3204', errorDescription: 'Party not found' };
  const none = await find({ kind: 'error', errorInformation }).call('GET', '/parties/MSISDN/1');
  assert.deepEqual([none.status, none.json], [404, { errorInformation, currentState: 'COMPLETED' }]);
  const late = await find({ kind: 'timeout' }).call('GET', '/parties/MSISDN/1');
  assert.deepEqual(
    [late.status, late.json.statusCode, late.json.requestPartiesInformationState],
    [504, '504', { currentState: 'ERROR_OCCURRED' }],
  );
  const failed = await find({ kind: 'failed', errorInformation }).call('GET', '/parties/MSISDN/1');
  assert.deepEqual([failed.status, failed.json.statusCode], [500, '3204']);
});

test('helper: a simple transfer is COMPLETED only when money moved', async () => {
  const simple = async (view: PayerView) =>
    fakedApi({ startSimple: () => at({ ...view, simple: true }) }).call('POST', '/simpleTransfers', SIMPLE_REQUEST);
  const done = await simple(payment({ stage: 'completed', fulfil: fulfil('COMMITTED') }));
  assert.deepEqual([done.status, done.json.currentState, done.json.transfer?.body?.transferState], [200, 'COMPLETED', 'COMMITTED']);
  const refused = await simple(payment({ stage: 'failed', lastError: error('5105') }));
  assert.deepEqual(
    [refused.status, refused.json.currentState, refused.json.transfer?.body?.errorInformation?.errorCode],
    [200, 'ERROR_OCCURRED', '5105'],
  );
  const aborted = await simple(payment({ stage: 'aborted', fulfil: fulfil('ABORTED') }));
  assert.deepEqual([aborted.status, aborted.json.currentState], [200, 'ABORTED']);
  const open = await simple(payment({ stage: 'open' }));
  assert.deepEqual([open.status, open.json.outcome, open.json.transferId], [504, 'unknown', TRANSFER_ID]);
  assert.equal(open.json.requestSimpleTransfersInformationState?.outcome, 'unknown');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotesPostRequest } from '@payment-manager/fspiop';
import { answered, scriptedCore } from '../../test/scripted-core.ts';
import type { CoreTransferRequest } from './core-door.ts';

const inTime = () => Date.now() + 5_000;
const ASKED = { type: 'MSISDN', id: '27713803912' };
const QUOTE: QuotesPostRequest = {
  quoteId: '7c23e80c-d078-4077-8263-2c047876fcf6',
  transactionId: '85feac2f-39b2-491b-817e-4a03203d4f14',
  payee: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: ASKED.id, fspId: 'payeefsp' } },
  payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '44', fspId: 'payerfsp' }, name: 'Payer Person' },
  amountType: 'RECEIVE',
  amount: { currency: 'USD', amount: '100' },
  fees: { currency: 'USD', amount: '3.25' },
  transactionType: {
    scenario: 'REFUND',
    subScenario: 'LOCAL_SUB',
    initiator: 'PAYER',
    initiatorType: 'CONSUMER',
    refundInfo: { originalTransactionId: '85feac2f-39b2-491b-817e-4a03203d4f15', refundReason: 'wrong goods' },
    balanceOfPayments: '123',
  },
  geoCode: { latitude: '45.4215', longitude: '-75.6972' },
  note: 'note for the payee',
  extensionList: { extension: [{ key: 'k', value: 'v' }] },
};
const PRICE = {
  quoteId: QUOTE.quoteId,
  transferAmount: '101.25',
  transferAmountCurrency: 'USD',
  payeeReceiveAmount: '100',
  payeeReceiveAmountCurrency: 'USD',
  payeeFspFeeAmount: '1.25',
  payeeFspFeeAmountCurrency: 'USD',
};
const TRANSFER: CoreTransferRequest = {
  transferId: QUOTE.transactionId,
  quote: QUOTE,
  coreQuote: PRICE,
  amount: { currency: 'USD', amount: '101.25' },
  transactionType: QUOTE.transactionType,
  transaction: { transactionId: QUOTE.transactionId },
  extensionList: { extension: [{ key: 'p', value: 'q' }] },
};

test('core: a party is asked for by its own path, and answered as ours with nothing dropped', async () => {
  await using core = await scriptedCore();
  core.answers({
    idType: 'X',
    idValue: 'other',
    displayName: 'Thandi',
    firstName: 'T',
    lastName: '',
    dateOfBirth: null,
    kycInformation: 'kyc',
    merchantClassificationCode: '1234',
    supportedCurrencies: ['USD'],
    fspId: 'someone',
    extensionList: [{ key: 'a', value: 'b' }],
    accounts: [1],
  });
  const outcome = await core.door.findParty({ ...ASKED, subId: 'SAVINGS' }, inTime());
  assert.equal(core.calls[0]?.target, '/core/parties/MSISDN/27713803912/SAVINGS');
  assert.deepEqual(outcome, {
    kind: 'ok',
    value: {
      partyIdInfo: {
        partyIdType: 'MSISDN',
        partyIdentifier: ASKED.id,
        partySubIdOrType: 'SAVINGS',
        fspId: 'payeefsp',
        extensionList: { extension: [{ key: 'a', value: 'b' }] },
      },
      name: 'Thandi',
      merchantClassificationCode: '1234',
      personalInfo: { complexName: { firstName: 'T' }, kycInformation: 'kyc' },
      supportedCurrencies: ['USD'],
    },
  });
});

test('core: an answer that says nothing finds nobody', async () => {
  await using core = await scriptedCore();
  const nothing = [
    { status: 200, body: 'hello' },
    { status: 200, body: '[]' },
    { status: 204 },
    answered(200, {}),
    answered(200, { idType: null }),
  ];
  for (const answer of nothing) {
    core.answers(answer);
    const outcome = await core.door.findParty(ASKED, inTime());
    assert.equal(outcome.kind === 'failed' && outcome.refusal.code, '2001', JSON.stringify(answer));
  }
});

test('core: a name that the protocol has no characters for is left out and reported, the others are told', async () => {
  await using core = await scriptedCore();
  core.answers({ idType: 'MSISDN', idValue: ASKED.id, displayName: 'Bob <b>', firstName: 'B<b>', middleName: '   ', lastName: 'Person' });
  const outcome = await core.door.findParty(ASKED, inTime());
  assert.ok(outcome.kind === 'ok');
  assert.equal(outcome.value.name, 'Bob <b>');
  assert.deepEqual(outcome.value.personalInfo, { complexName: { lastName: 'Person' } });
  assert.match(await core.metricsText(), /pm_core_answer_oddities_total\{operation="party",effect="ignored"\} 2/);
});

test('core: an identifier cannot leave its place in the path', async () => {
  await using core = await scriptedCore();
  core.answers({ displayName: 'T' });
  await core.door.findParty({ type: 'MSISDN', id: '../../transfers/x' }, inTime());
  assert.equal(core.calls[0]?.target, '/core/parties/MSISDN/..%2F..%2Ftransfers%2Fx');
  for (const id of ['..', '.', '\ud800']) assert.equal((await core.door.findParty({ type: 'MSISDN', id }, inTime())).kind, 'rejected');
  assert.equal(core.calls.length, 1);
});

test('core: a quote request carries everything that the payer said', async () => {
  await using core = await scriptedCore();
  core.answers(PRICE);
  const outcome = await core.door.quote({ quote: QUOTE }, inTime());
  assert.deepEqual(core.calls[0]?.json, {
    quoteId: QUOTE.quoteId,
    transactionId: QUOTE.transactionId,
    to: { idType: 'MSISDN', idValue: ASKED.id, fspId: 'payeefsp' },
    from: { idType: 'MSISDN', idValue: '44', fspId: 'payerfsp', displayName: 'Payer Person' },
    amountType: 'RECEIVE',
    amount: '100',
    currency: 'USD',
    feesAmount: '3.25',
    feesCurrency: 'USD',
    transactionType: 'REFUND',
    subScenario: 'LOCAL_SUB',
    initiator: 'PAYER',
    initiatorType: 'CONSUMER',
    refundInfo: QUOTE.transactionType.refundInfo,
    balanceOfPayments: '123',
    geoCode: QUOTE.geoCode,
    note: QUOTE.note,
    extensionList: [{ key: 'k', value: 'v' }],
  });
  assert.equal(core.calls[0]?.headers['idempotency-key'], undefined);
  assert.deepEqual(outcome, {
    kind: 'ok',
    value: {
      transferAmount: { currency: 'USD', amount: '101.25' },
      payeeReceiveAmount: { currency: 'USD', amount: '100' },
      payeeFspFee: { currency: 'USD', amount: '1.25' },
      raw: PRICE,
    },
  });
});

test('core: a price that cannot be used is never an offer', async () => {
  await using core = await scriptedCore();
  const unusable = [
    { status: 200 },
    { status: 204 },
    { status: 200, body: 'OK' },
    answered(200, []),
    answered(200, {}),
    answered(200, { ...PRICE, transferAmount: '101.250' }),
    answered(200, { ...PRICE, transferAmount: 101.25 }),
    answered(200, { ...PRICE, transferAmountCurrency: 'EUR' }),
    answered(200, { ...PRICE, payeeFspFeeAmountCurrency: 'EUR' }),
    answered(200, { ...PRICE, expiration: '2030-01-01T00:00:00Z' }),
    answered(200, { ...PRICE, expiration: '2020-01-01T00:00:00.000Z' }),
    answered(200, '{'.repeat(200)),
  ];
  for (const answer of unusable) {
    core.answers(answer);
    const outcome = await core.door.quote({ quote: QUOTE }, inTime());
    assert.equal(outcome.kind === 'failed' && outcome.refusal.code, '2001', JSON.stringify(answer));
  }
  assert.equal(core.calls.length, unusable.length, 'an answer is not asked for twice');
});

test('core: whole JSON numbers are amounts, null is none, and amounts that do not add up are only reported', async () => {
  await using core = await scriptedCore();
  core.answers({ transferAmount: 100, transferAmountCurrency: 'USD', payeeReceiveAmount: 99, payeeFspFeeAmount: null, expiration: '' });
  const outcome = await core.door.quote({ quote: QUOTE }, inTime());
  assert.equal(outcome.kind === 'ok' && outcome.value.transferAmount.amount, '100');
  assert.equal(outcome.kind === 'ok' && outcome.value.payeeReceiveAmount?.amount, '99');
  assert.match(await core.metricsText(), /pm_core_answer_oddities_total\{operation="quote",effect="ignored"\} 1/);
});

test('core: a transfer keeps the amount of the quote and shows what the prepare moves beside it', async () => {
  await using core = await scriptedCore();
  core.answers({
    homeTransactionId: 4711,
    transferState: 'RESERVED',
    completedTimestamp: '2099-01-01T00:00:00.000Z',
    extensionList: [{ key: 'x', value: 'y' }],
  });
  const outcome = await core.door.transfer(TRANSFER, 'key-1', inTime());
  const [call] = core.calls;
  assert.equal(call?.headers['idempotency-key'], 'key-1');
  assert.match(call?.headers['date'] ?? '', /GMT$/);
  const {
    quote,
    amount,
    amountType,
    transferAmount,
    transferAmountCurrency,
    currency,
    ilpPacket,
    extensionList,
    quoteRequestExtensions,
    transactionType,
  } = call?.json ?? {};
  assert.deepEqual([amount, amountType, currency, transferAmount, transferAmountCurrency], ['100', 'RECEIVE', 'USD', '101.25', 'USD']);
  assert.deepEqual([quote, ilpPacket, transactionType], [PRICE, { data: TRANSFER.transaction }, 'REFUND']);
  assert.deepEqual([extensionList, quoteRequestExtensions], [[{ key: 'p', value: 'q' }], [{ key: 'k', value: 'v' }]]);
  // booked: a time in the future must not make an unknown of it
  assert.deepEqual(outcome, {
    kind: 'ok',
    value: { homeTransactionId: '4711', transferState: 'RESERVED', extensionList: { extension: [{ key: 'x', value: 'y' }] } },
  });
});

test('core: a money call is sent once, whatever becomes of it', async () => {
  await using core = await scriptedCore(2_500);
  for (const answer of [
    { status: 500 },
    { status: 503 },
    { status: 200, reset: true },
    'never' as const,
    { status: 200 },
    { status: 200, body: '<html>' },
    { status: 302, headers: { location: '/x' } },
  ]) {
    core.answers(answer, {});
    const before = core.calls.length;
    const outcome = await core.door.transfer(TRANSFER, 'key', inTime());
    assert.equal(outcome.kind, 'unknown', JSON.stringify(answer));
    assert.equal(core.calls.length, before + 1);
  }
});

test('core: nobody listens: a money call is proven not sent, a read failed with 2003', async () => {
  await using core = await scriptedCore();
  await core.stop();
  const transfer = await core.door.transfer(TRANSFER, 'key', inTime());
  assert.equal(transfer.kind === 'not-sent' && transfer.refusal.code, '2003');
  const party = await core.door.findParty(ASKED, inTime());
  assert.equal(party.kind === 'failed' && party.refusal.code, '2003');
});

test('core: a call whose deadline has passed is not made', async () => {
  await using core = await scriptedCore();
  const outcome = await core.door.transfer(TRANSFER, 'key', Date.now() - 1);
  assert.equal(outcome.kind, 'not-sent');
  assert.equal((await core.door.findParty(ASKED, Date.now() - 1)).kind, 'failed');
  assert.equal(core.calls.length, 0);
});

test('core: a read whose connection was lost is repeated at most twice; one that was answered is not', async () => {
  await using core = await scriptedCore();
  core.answers({ status: 200, reset: true }, { status: 200, reset: true }, { displayName: 'Thandi' });
  assert.equal((await core.door.findParty(ASKED, inTime())).kind, 'ok');
  assert.equal(core.calls.length, 3);
  core.answers({ status: 200, reset: true });
  assert.equal((await core.door.findParty(ASKED, inTime())).kind, 'failed');
  assert.equal(core.calls.length, 6);
  core.answers(answered(500, { statusCode: 500 }), {});
  assert.equal((await core.door.findParty(ASKED, inTime())).kind, 'failed');
  assert.equal(core.calls.length, 7);
});

test('core: each attempt is given to be kept: the exact bytes that left, the headers, the answer or why there is none', async () => {
  await using core = await scriptedCore();
  core.answers({ status: 200, reset: true }, { displayName: 'Thandi' });
  await core.door.findParty(ASKED, inTime());
  core.answers(answered(200, { transferState: 'RESERVED' }));
  await core.door.transfer(TRANSFER, 'key-1', inTime(), 'trace-1');
  const [lost, found, transfer, ...others] = core.kept;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [lost, found].map((one) => [one?.method, one?.attempt, one?.answer?.status, one?.failure, one?.ids]),
    [
      ['GET', 1, undefined, 'CONNECTION_LOST', ['MSISDN/27713803912']],
      ['GET', 2, 200, undefined, ['MSISDN/27713803912']],
    ],
  );
  assert.equal(Buffer.from(found?.answer?.body ?? '').toString(), '{"displayName":"Thandi"}');
  assert.ok(found?.answer?.headers['content-type']?.startsWith('application/json'));
  assert.match(transfer?.target ?? '', /^http:\/\/127\.0\.0\.1:\d+\/core\/transfers$/);
  assert.deepEqual([transfer?.direction, transfer?.side, transfer?.method, transfer?.attempt], ['out', 'core', 'POST', 1]);
  assert.deepEqual(JSON.parse(String(transfer?.body)), core.calls.at(-1)?.json);
  for (const [name, value] of Object.entries(transfer?.headers ?? {})) assert.equal(core.calls.at(-1)?.headers[name], value, name);
  assert.equal(transfer?.headers['idempotency-key'], 'key-1');
  assert.deepEqual(transfer?.ids, [TRANSFER.transferId, 'MSISDN/44', 'MSISDN/27713803912']);
  assert.ok((transfer?.tookMs ?? -1) >= 0 && (transfer?.at ?? 0) > 0);
});

test('core: a read that is not answered in time fails with 2004', async () => {
  await using core = await scriptedCore(150);
  core.answers('never');
  const outcome = await core.door.findParty(ASKED, inTime());
  assert.equal(outcome.kind === 'failed' && outcome.refusal.code, '2004');
  assert.equal(core.calls.length, 1);
});

test('core: the final word goes as the SDK says it, without a fulfilment when it was aborted', async () => {
  await using core = await scriptedCore();
  core.answers({ status: 202 });
  const context = { quote: { request: QUOTE }, fulfil: { body: { fulfilment: 'f' } } };
  const final = { transferId: TRANSFER.transferId, completedTimestamp: '2026-01-01T00:00:00.000Z', homeTransactionId: 'h', context };
  assert.equal((await core.door.notify({ ...final, transferState: 'ABORTED' }, 'k', inTime())).kind, 'ok');
  const extensionList = { extension: [{ key: 'k', value: 'v' }] };
  await core.door.notify({ ...final, transferState: 'COMMITTED', extensionList }, 'k2', inTime());
  const [aborted, committed] = core.calls;
  assert.equal(aborted?.method, 'PUT');
  assert.equal(aborted?.target, `/core/transfers/${TRANSFER.transferId}`);
  assert.equal(aborted?.headers['idempotency-key'], 'k');
  assert.deepEqual(aborted?.json, {
    quote: { request: QUOTE },
    transferId: TRANSFER.transferId,
    homeTransactionId: 'h',
    direction: 'INBOUND',
    currentState: 'ABORTED',
    finalNotification: { completedTimestamp: final.completedTimestamp, transferState: 'ABORTED' },
  });
  assert.equal(committed?.json['currentState'], 'COMPLETED');
  assert.deepEqual(committed?.json['fulfil'], context.fulfil);
  assert.deepEqual(committed?.json['finalNotification'], {
    completedTimestamp: final.completedTimestamp,
    transferState: 'COMMITTED',
    extensionList: extensionList.extension,
  });
});

test('core: "not found" about a transfer counts only in the core\'s own words, and an answer about another transfer is none', async () => {
  await using core = await scriptedCore();
  const ask = () => core.door.ask(TRANSFER.transferId, inTime());
  core.answers(answered(404, { statusCode: '3208', message: 'unknown' }));
  assert.deepEqual(await ask(), { kind: 'rejected', refusal: { code: '3208', description: 'unknown' }, notFound: true });
  for (const bare of [{ status: 404 }, answered(404, { statusCode: 404 }), answered(404, { statusCode: '3000' })]) {
    core.answers(bare);
    const outcome = await ask();
    assert.equal('notFound' in outcome && outcome.notFound, false, JSON.stringify(bare));
  }
  core.answers({ transferId: 'another', transferState: 'COMMITTED' });
  assert.equal((await ask()).kind, 'failed');
  core.answers({ transferId: TRANSFER.transferId, transferState: 'COMMITTED', homeTransactionId: 'h', from: {} });
  assert.deepEqual(await ask(), { kind: 'ok', value: { transferState: 'COMMITTED', homeTransactionId: 'h' } });
});

test('core: nothing of a person reaches the log', async () => {
  await using core = await scriptedCore();
  core.answers(answered(500, { statusCode: '5104', message: 'Thandi is blocked' }));
  await core.door.transfer(TRANSFER, 'key', inTime());
  core.answers({ displayName: 5 });
  await core.door.findParty(ASKED, inTime());
  assert.ok(core.log.lines.length >= 2);
  assert.doesNotMatch(JSON.stringify(core.log.lines), /Thandi|27713803912|Payer Person/);
});

test('core: every call bears the trace that it is given, and none where there is none', async () => {
  await using core = await scriptedCore();
  const trace = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
  const { door } = core;
  const told = {
    transferId: TRANSFER.transferId,
    transferState: 'COMMITTED',
    completedTimestamp: '2026-01-01T00:00:00.000Z',
    context: {},
  } as const;
  for (const one of [trace, undefined]) {
    await door.findParty(ASKED, inTime(), one);
    await door.quote({ quote: QUOTE }, inTime(), one);
    await door.transfer(TRANSFER, 'key', inTime(), one);
    await door.notify(told, 'key', inTime(), one);
    await door.ask(TRANSFER.transferId, inTime(), undefined, one);
  }
  assert.deepEqual(
    core.calls.map(({ headers }) => headers['traceparent']),
    [...Array(5).fill(trace), ...Array(5).fill(undefined)],
  );
});

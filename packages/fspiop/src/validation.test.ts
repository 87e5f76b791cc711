import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { body, type Family, WITH_BODY } from '../test/arbitrary-messages.ts';
import { changed, quoteRequest, transferRequest } from '../test/sample-messages.ts';
import { FspiopError } from './errors.ts';
import type { Operation } from './resources.ts';
import { onlyKnownMembers, validateMessage } from './validation.ts';

const { types } = JSON.parse(readFileSync(new URL('../fixtures/datatypes.json', import.meta.url), 'utf8'));
const FAMILIES: Family[] = ['1.0', '1.1', '2.0'];

/** Code and description of the refusal; 'ok' when there is none. */
function verdict(operation: Operation, version: string, value: unknown): string {
  try {
    validateMessage(operation, version, value);
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof FspiopError, String(error));
    assert.equal(error.httpStatus, 400);
    return `${error.errorCode} ${error.errorDescription}`;
  }
}

test('validation: every valid message is accepted in its version', () => {
  for (const family of FAMILIES) {
    for (const operation of WITH_BODY) {
      fc.assert(
        fc.property(body(operation, family), (value) => assert.equal(verdict(operation, family, value), 'ok')),
        { numRuns: 25 },
      );
    }
  }
});

/** Where each data type of the vectors stands in a message. */
const PLACES: Record<string, [string, object, string]> = {
  Amount: ['POST /quotes', changed(quoteRequest(), 'amount.currency', 'XXX') as object, 'amount.amount'],
  DateTime: ['POST /quotes', quoteRequest(), 'expiration'],
  DateOfBirth: ['POST /quotes', quoteRequest(), 'payer.personalInfo.dateOfBirth'],
  IlpCondition: ['POST /transfers', transferRequest(), 'condition'],
  IlpPacket: ['POST /transfers', transferRequest(), 'ilpPacket'],
  MerchantClassificationCode: ['POST /quotes', quoteRequest(), 'payee.merchantClassificationCode'],
  BalanceOfPayments: ['POST /quotes', quoteRequest(), 'transactionType.balanceOfPayments'],
  TransactionSubScenario: ['POST /quotes', quoteRequest(), 'transactionType.subScenario'],
  Latitude: ['POST /quotes', changed(quoteRequest(), 'geoCode.longitude', '0') as object, 'geoCode.latitude'],
  Longitude: ['POST /quotes', changed(quoteRequest(), 'geoCode.latitude', '0') as object, 'geoCode.longitude'],
  PersonName: ['POST /quotes', quoteRequest(), 'payer.personalInfo.complexName.firstName'],
  CorrelationId_20: ['POST /quotes', quoteRequest(), 'quoteId'],
  CorrelationId_sent_with_1x: ['POST /quotes', quoteRequest(), 'transactionId'],
  ErrorCode: ['PUT /quotes/error', { errorInformation: { errorDescription: 'x' } }, 'errorInformation.errorCode'],
};
/** Ids are tolerated in every form under every version: UUID of versions 6 to 8, ULID. */
const TOLERATED = new Set(['b51ec534-ee48-7575-b6a9-ead2955b8069', 'b51ec534-ee48-8575-b6a9-ead2955b8069', '01HZ3J7ZB6T0M7XW3K5Q8N4V2C']);

test('validation: the samples of every data type are accepted and refused as the reference says, in every version', () => {
  for (const [type, [operation, base, path]] of Object.entries(PLACES)) {
    for (const version of FAMILIES) {
      for (const sample of types[type].accept)
        assert.equal(verdict(operation as Operation, version, changed(base, path, sample)), 'ok', `${type} ${sample}`);
      for (const sample of types[type].reject) {
        const expected = TOLERATED.has(sample) ? /^ok$/ : /^3100 /;
        assert.match(verdict(operation as Operation, version, changed(base, path, sample)), expected, `${type} ${sample}`);
      }
    }
  }
});

test('validation: what is missing is named, with 3102', () => {
  const quote = quoteRequest();
  assert.equal(
    verdict('POST /quotes', '1.1', changed(quote, 'payee.partyIdInfo.partyIdentifier', undefined)),
    '3102 payee.partyIdInfo.partyIdentifier is missing',
  );
  for (const member of [
    'quoteId',
    'transactionId',
    'payee',
    'payer',
    'amountType',
    'amount',
    'transactionType',
    'amount.currency',
    'transactionType.initiator',
  ]) {
    assert.equal(verdict('POST /quotes', '1.1', changed(quote, member, undefined)), `3102 ${member} is missing`);
  }
  for (const member of ['transferId', 'payeeFsp', 'payerFsp', 'amount', 'amount.amount', 'ilpPacket', 'condition', 'expiration']) {
    assert.equal(verdict('POST /transfers', '1.0', changed(transferRequest(), member, undefined)), `3102 ${member} is missing`);
  }
  assert.equal(verdict('PATCH /transfers', '1.1', { transferState: 'COMMITTED' }), '3102 completedTimestamp is missing');
  assert.equal(verdict('PUT /quotes/error', '1.1', {}), '3102 errorInformation is missing');
});

test('validation: lists over their limit are 3103, other faults of lists 3100', () => {
  const list = (extension: unknown) => verdict('POST /quotes', '1.1', { ...quoteRequest(), extensionList: { extension } });
  const items = (count: number) => Array.from({ length: count }, () => ({ key: 'k', value: 'v' }));
  assert.equal(list(items(16)), 'ok');
  assert.equal(list(items(17)), '3103 extensionList.extension has too many elements');
  assert.equal(list([]), '3100 extensionList.extension has too few elements');
  assert.equal(list([{ key: 'k'.repeat(33), value: 'v' }]), '3100 extensionList.extension.0.key is too long');
  assert.equal(list([{ key: 'k', value: '😀'.repeat(128) }]), 'ok');
  assert.equal(list([{ key: 'k', value: '😀'.repeat(129) }]), '3100 extensionList.extension.0.value is too long');
});

test('validation: lengths, enumerations and types', () => {
  const quote = quoteRequest();
  for (const [path, value] of [
    ['amountType', 'send'],
    ['amount.currency', 'usd'],
    ['amount.currency', 'ZZZ'],
    ['amount.amount', 100],
    ['payee.partyIdInfo.partyIdType', 'msisdn'],
    ['payee.partyIdInfo.fspId', 'x'.repeat(33)],
    ['payee.partyIdInfo.partyIdentifier', ''],
    ['payee', []],
    ['payee', null],
    ['note', 'x'.repeat(129)],
    ['transactionType.refundInfo', { originalTransactionId: 'x' }],
    ['expiration', null],
  ] as const) {
    assert.match(verdict('POST /quotes', '1.1', changed(quote, path, value)), /^3100 /, path);
  }
  for (const value of [null, [], 'x', 1, true]) assert.equal(verdict('POST /quotes', '1.1', value), '3100 body has the wrong type');
  assert.equal(verdict('POST /transfers', '1.1', changed(transferRequest(), 'ilpPacket', 'A'.repeat(32_768))), 'ok');
  assert.equal(
    verdict('POST /transfers', '1.1', changed(transferRequest(), 'ilpPacket', 'A'.repeat(32_769))),
    '3100 ilpPacket is too long',
  );
});

test('validation: a PATCH says what is final, and a fulfilment may be missing from a PUT', () => {
  const completedTimestamp = '2026-07-01T09:30:10.000Z';
  for (const transferState of ['RECEIVED', 'RESERVED'])
    assert.match(verdict('PATCH /transfers', '1.1', { transferState, completedTimestamp }), /^3100 /);
  assert.equal(verdict('PATCH /transfers', '1.1', { transferState: 'ABORTED', completedTimestamp }), 'ok');
  assert.equal(verdict('PUT /transfers', '1.1', { transferState: 'COMMITTED', completedTimestamp }), 'ok');
});

test('validation: a deployment can add currencies', () => {
  const quote = changed(quoteRequest(), 'amount.currency', 'SLE');
  assert.equal(verdict('POST /quotes', '1.1', quote), '3100 amount.currency is not a known currency');
  validateMessage('POST /quotes', '1.1', quote, { extraCurrencies: ['SLE'] });
  const party = { party: { partyIdInfo: quoteRequest().payee.partyIdInfo, supportedCurrencies: ['KES', 'SLE'] } };
  assert.equal(verdict('PUT /parties', '2.0', party), '3100 party.supportedCurrencies.1 is not a known currency');
  assert.equal(verdict('PUT /parties', '1.1', party), 'ok');
});

test('validation: a refusal never repeats what was received', () => {
  for (const path of ['payee.partyIdInfo.partyIdType', 'amountType', 'amount.currency', 'expiration', 'quoteId']) {
    assert.doesNotMatch(verdict('POST /quotes', '2.0', changed(quoteRequest(), path, 'SECRET-NAME')), /SECRET/);
  }
});

test('validation: unknown members are ignored, and members of later versions are unknown', () => {
  const quote = { ...quoteRequest(), futureMember: { deep: [1] } };
  for (const version of ['1.0', '1.1', '1.2', '2.0', '3.0']) assert.equal(verdict('POST /quotes', version, quote), 'ok');
  assert.equal(verdict('POST /quotes', '1.1', { ...quote, converter: 'NOBODY' }), 'ok');
  assert.match(verdict('POST /quotes', '2.0', { ...quote, converter: 'NOBODY' }), /^3100 converter/);
});

test('emission: what a version does not know, null, undefined and empty containers do not leave', () => {
  const quote = {
    ...quoteRequest(),
    futureMember: 'x',
    note: null,
    geoCode: undefined,
    extensionList: { extension: [] },
    converter: 'PAYER',
    payer: {
      partyIdInfo: {
        partyIdType: 'MSISDN',
        partyIdentifier: '1',
        extra: 'x',
        extensionList: { extension: [{ key: 'k', value: 'v', x: 1 }] },
      },
      personalInfo: { complexName: {}, kycInformation: 'k' },
      supportedCurrencies: [],
    },
  };
  const expected = { ...quoteRequest(), payer: { partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1' } } as unknown };
  assert.deepEqual(onlyKnownMembers('POST /quotes', '1.0', quote), expected);
  expected.payer = {
    partyIdInfo: { partyIdType: 'MSISDN', partyIdentifier: '1', extensionList: { extension: [{ key: 'k', value: 'v' }] } },
  };
  assert.deepEqual(onlyKnownMembers('POST /quotes', '1.1', quote), expected);
  expected.payer = { ...(expected.payer as object), personalInfo: { kycInformation: 'k' } };
  assert.deepEqual(onlyKnownMembers('POST /quotes', '2.0', quote), { ...expected, converter: 'PAYER' });
  assert.deepEqual(onlyKnownMembers('PUT /participants', '1.1', { fspId: null }), {});
  assert.equal(onlyKnownMembers('GET /quotes', '1.1', { a: 1 }), undefined);
});

test('emission: a valid message loses nothing in its own version', () => {
  for (const family of FAMILIES) {
    for (const operation of WITH_BODY) {
      fc.assert(
        fc.property(body(operation, family), (value) => assert.deepEqual(onlyKnownMembers(operation, family, value), value)),
        { numRuns: 10 },
      );
    }
  }
});

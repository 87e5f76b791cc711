import fc from 'fast-check';
import { CURRENCIES, type MessageBodies, type Operation } from '../src/index.ts';

/** Valid message bodies of every kind and version family, for property tests. */

const printable = (max: number) => fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: max });
const unicode = (max: number) => fc.string({ unit: 'binary', minLength: 1, maxLength: max });
const optional = { noNullPrototype: true } as const;

export const amount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.option(fc.integer({ min: 1, max: 9999 })))
  .map(([major, minor]) => (minor === null ? `${major}` : `${major}.${String(minor).padStart(4, '0').replace(/0+$/, '')}`));
const currency = fc.constantFrom(...CURRENCIES);
const money = fc.record({ currency, amount }, optional);
export const uuid = fc.uuid({ version: 4 });
const dateTime = fc
  .date({ min: new Date('1000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T00:00:00.000Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const base64url = (length: number) => fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: length, maxLength: length });
const extensionList = fc.record(
  {
    extension: fc.array(fc.record({ key: printable(32), value: unicode(128) }, optional), {
      minLength: 1,
      maxLength: 16,
      size: 'small',
    }),
  },
  optional,
);
const personName = fc.constantFrom('Henrik', "O'Brien", 'Jean-Luc', 'ဒေါ်ဉမ္မာ', 'José', 'A.B, C');

export type Family = '1.0' | '1.1' | '2.0';

const partyIdInfo = (family: Family) =>
  fc.record(
    {
      partyIdType: fc.constantFrom('MSISDN', 'EMAIL', 'PERSONAL_ID', 'BUSINESS', 'DEVICE', 'ACCOUNT_ID', 'IBAN', 'ALIAS'),
      partyIdentifier: unicode(128),
      partySubIdOrType: unicode(128),
      fspId: printable(32),
      ...(family === '1.0' ? {} : { extensionList }),
    },
    { ...optional, requiredKeys: ['partyIdType', 'partyIdentifier'] },
  );

const party = (family: Family) =>
  fc.record(
    {
      partyIdInfo: partyIdInfo(family),
      merchantClassificationCode: fc.constantFrom('1', '4321'),
      name: unicode(128),
      personalInfo: fc.record(
        {
          complexName: fc.record(
            { firstName: personName, middleName: personName, lastName: personName },
            { ...optional, requiredKeys: ['lastName'] },
          ),
          dateOfBirth: fc.constantFrom('1990-02-28', '1988-02-29'),
          ...(family === '2.0' ? { kycInformation: unicode(2048) } : {}),
        },
        { ...optional, requiredKeys: ['complexName'] },
      ),
      ...(family === '2.0' ? { supportedCurrencies: fc.array(currency, { minLength: 1, maxLength: 16 }) } : {}),
    },
    { ...optional, requiredKeys: ['partyIdInfo'] },
  );

const transactionType = fc.record(
  {
    scenario: fc.constantFrom('DEPOSIT', 'WITHDRAWAL', 'TRANSFER', 'PAYMENT', 'REFUND'),
    subScenario: fc.constant('LOCALLY_DEFINED'),
    initiator: fc.constantFrom('PAYER', 'PAYEE'),
    initiatorType: fc.constantFrom('CONSUMER', 'AGENT', 'BUSINESS', 'DEVICE'),
    refundInfo: fc.record(
      { originalTransactionId: uuid, refundReason: unicode(128) },
      { ...optional, requiredKeys: ['originalTransactionId'] },
    ),
    balanceOfPayments: fc.constant('123'),
  },
  { ...optional, requiredKeys: ['scenario', 'initiator', 'initiatorType'] },
);
const geoCode = fc.record(
  { latitude: fc.constantFrom('90', '-90.000000', '+45.4215', '0'), longitude: fc.constantFrom('180', '-179.999999', '75.6972') },
  optional,
);

const quote = (family: Family) =>
  fc.record(
    {
      quoteId: uuid,
      transactionId: uuid,
      transactionRequestId: uuid,
      payee: party(family),
      payer: party(family),
      amountType: fc.constantFrom('SEND', 'RECEIVE'),
      amount: money,
      fees: money,
      transactionType,
      geoCode,
      note: unicode(128),
      expiration: dateTime,
      extensionList,
      ...(family === '2.0'
        ? {
            converter: fc.constantFrom('PAYER', 'PAYEE'),
            currencyConversion: fc.record({ sourceAmount: money, targetAmount: money }, optional),
          }
        : {}),
    },
    { ...optional, requiredKeys: ['quoteId', 'transactionId', 'payee', 'payer', 'amountType', 'amount', 'transactionType'] },
  );

const error = fc.record(
  {
    errorInformation: fc.record(
      { errorCode: fc.integer({ min: 1000, max: 9999 }).map(String), errorDescription: unicode(128), extensionList },
      { ...optional, requiredKeys: ['errorCode', 'errorDescription'] },
    ),
  },
  optional,
);

/** The body of a message. */
export function body(operation: Operation, family: Family): fc.Arbitrary<unknown> {
  switch (operation) {
    case 'PUT /parties':
      return fc.record({ party: party(family) }, optional);
    case 'PUT /participants':
      return fc.record({ fspId: printable(32) }, { ...optional, requiredKeys: [] });
    case 'POST /quotes':
      return quote(family);
    case 'PUT /quotes':
      return fc.record(
        {
          transferAmount: money,
          payeeReceiveAmount: money,
          payeeFspFee: money,
          payeeFspCommission: money,
          expiration: dateTime,
          geoCode,
          ilpPacket: base64url(64),
          condition: base64url(43),
          extensionList,
        },
        { ...optional, requiredKeys: ['transferAmount', 'expiration', 'ilpPacket', 'condition'] },
      );
    case 'POST /transfers':
      return fc.record(
        {
          transferId: uuid,
          payeeFsp: printable(32),
          payerFsp: printable(32),
          amount: money,
          ilpPacket: base64url(64),
          condition: base64url(43),
          expiration: dateTime,
          extensionList,
        },
        { ...optional, requiredKeys: ['transferId', 'payeeFsp', 'payerFsp', 'amount', 'ilpPacket', 'condition', 'expiration'] },
      );
    case 'PUT /transfers':
      return fc.record(
        {
          fulfilment: base64url(43),
          completedTimestamp: dateTime,
          transferState: fc.constantFrom('RECEIVED', 'RESERVED', 'COMMITTED', 'ABORTED'),
          extensionList,
        },
        { ...optional, requiredKeys: ['transferState'] },
      );
    case 'PATCH /transfers':
      return fc.record(
        { completedTimestamp: dateTime, transferState: fc.constantFrom('COMMITTED', 'ABORTED'), extensionList },
        { ...optional, requiredKeys: ['completedTimestamp', 'transferState'] },
      );
    default:
      return error;
  }
}

/** The operations that have a body. */
export const WITH_BODY = [
  'PUT /parties',
  'PUT /parties/error',
  'PUT /participants',
  'PUT /participants/error',
  'POST /quotes',
  'PUT /quotes',
  'PUT /quotes/error',
  'POST /transfers',
  'PUT /transfers',
  'PUT /transfers/error',
  'PATCH /transfers',
] as const satisfies readonly (keyof MessageBodies)[];

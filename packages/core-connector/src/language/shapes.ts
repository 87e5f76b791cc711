import { ANY, listOf, NUMBER, objectOf, type Shape, TEXT } from '../expression/shape.ts';
import type { EffectKind, OperationName } from './operation-schema.ts';

const texts = (...members: string[]): Record<string, Shape> => Object.fromEntries(members.map((member) => [member, TEXT]));
const EXTENSIONS = listOf(objectOf(texts('key', 'value')));

/** A person or business as the backend API of the Mojaloop SDK writes it. */
const PARTY = objectOf({
  ...texts('type', 'idType', 'idValue', 'idSubValue', 'displayName', 'firstName', 'middleName', 'lastName', 'dateOfBirth'),
  ...texts('merchantClassificationCode', 'fspId', 'kycInformation'),
  supportedCurrencies: listOf(TEXT),
  extensionList: EXTENSIONS,
});
const REFUND = objectOf(texts('originalTransactionId', 'refundReason'));
const GEO = objectOf(texts('latitude', 'longitude'));

/** What is common to a quote request and to the payment that the DFSP makes. */
const TERMS: Record<string, Shape> = {
  to: PARTY,
  from: PARTY,
  refundInfo: REFUND,
  ...texts('amountType', 'amount', 'currency', 'transactionType', 'subScenario', 'initiator', 'initiatorType', 'note'),
};

const QUOTE_REQUEST = objectOf({
  ...TERMS,
  ...texts(
    'quoteId',
    'transactionId',
    'transactionRequestId',
    'feesAmount',
    'feesCurrency',
    'balanceOfPayments',
    'expiration',
    'converter',
  ),
  geoCode: GEO,
  currencyConversion: ANY,
  extensionList: EXTENSIONS,
});

/** The quote that we gave: its terms as amounts in text, and the facts that `quote.create` kept. */
const quoteShape = (facts: Shape): Shape =>
  objectOf({
    ...TERMS,
    ...texts(
      'quoteId',
      'transactionId',
      'expiration',
      'transferAmount',
      'transferAmountCurrency',
      'payeeReceiveAmount',
      'payeeReceiveAmountCurrency',
    ),
    ...texts('payeeFspFeeAmount', 'payeeFspFeeAmountCurrency', 'payeeFspCommissionAmount', 'payeeFspCommissionAmountCurrency'),
    facts,
  });

/** The payment that our customer makes. `total` is what it costs the customer, our own fee included. */
const sendShape = (facts: Shape): Shape =>
  objectOf({
    ...TERMS,
    ...texts('homeTransactionId', 'total', 'totalCurrency', 'fee', 'transferAmount', 'payeeReceiveAmount', 'quoteId', 'quoteExpiration'),
    facts,
  });

const OP = objectOf(texts('transferId', 'now', 'deadline'));

/** What the operations of a connector know of each other: the facts that earlier ones keep for later ones. */
export interface Facts {
  readonly quote: Shape;
  readonly send: Shape;
}

/** The names that the expressions of an operation begin with, beside the settings and the steps before. */
export function rootOf(operation: OperationName | 'route', facts: Facts): Readonly<Record<string, Shape>> {
  const quote = quoteShape(facts.quote);
  const send = sendShape(facts.send);
  switch (operation) {
    case 'party.get':
      return { req: objectOf(texts('idType', 'idValue', 'idSubValue')), op: objectOf(texts('now')) };
    case 'quote.create':
      return { req: QUOTE_REQUEST, op: objectOf(texts('now', 'deadline')) };
    case 'transfer.prepare':
      return { req: objectOf({ extensionList: EXTENSIONS, ilpTransaction: ANY }), quote, op: OP };
    case 'transfer.finalise':
      return { req: objectOf({ ...texts('completedTimestamp', 'homeTransactionId'), extensionList: EXTENSIONS }), quote, op: OP };
    case 'send.check':
      return { req: objectOf({ ...TERMS, ...texts('homeTransactionId') }), op: objectOf(texts('now')) };
    case 'send.hold':
    case 'send.capture':
    case 'send.release':
      return { send, op: OP };
    case 'route':
      return { op: objectOf(texts('now')) };
  }
}

/** What a money step has beside: its key, its amount, and what was drawn and journalled when it started. */
export function effectRoot(kind: EffectKind, of: Shape | undefined): Readonly<Record<string, Shape>> {
  return {
    key: TEXT,
    amount: NUMBER,
    effect: objectOf(texts('startedAt', 'stan', 'rrn', 'transmission', 'localDate')),
    ...(of !== undefined && kind !== 'hold' && { of }),
  };
}

/** What the renewal of a hold has beside: the hold, until when the core is to keep it, and which renewal it is. */
export function renewRoot(hold: Shape): Readonly<Record<string, Shape>> {
  return { of: hold, until: TEXT, renewal: NUMBER };
}

/** What each operation may answer; the members are checked where a reply is written as keys. */
export const REPLIES: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  'party.get': [
    ...['type', 'idType', 'idValue', 'idSubValue', 'displayName', 'firstName', 'middleName', 'lastName', 'dateOfBirth'],
    ...['merchantClassificationCode', 'kycInformation', 'supportedCurrencies', 'extensionList'],
  ],
  'quote.create': [
    ...['transferAmount', 'transferAmountCurrency', 'payeeReceiveAmount', 'payeeReceiveAmountCurrency', 'payeeFspFeeAmount'],
    ...[
      'payeeFspFeeAmountCurrency',
      'payeeFspCommissionAmount',
      'payeeFspCommissionAmountCurrency',
      'expiration',
      'geoCode',
      'extensionList',
    ],
  ],
  'transfer.prepare': ['homeTransactionId', 'transferState', 'completedTimestamp', 'extensionList'],
  'transfer.finalise': [],
  'send.check': ['fee'],
  'send.hold': [],
  'send.capture': [],
  'send.release': [],
};

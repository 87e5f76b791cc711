import { dataTypes, FSP_ID_PATTERN } from '@payment-manager/fspiop';
import { Type } from 'typebox';

/**
 * What the core is sent, member by member. Nothing is checked with these schemas at run time: they describe, and a test holds what is
 * really sent to them, both ways.
 */

const { Amount, AmountType, CorrelationId, Currency, DateTime, text } = dataTypes;
const STRICT = { additionalProperties: false } as const;
const described = <T extends object>(schema: T, description: string): T => ({ ...schema, description });
const Optional = Type.Optional;

const Extensions = (description: string) =>
  Type.Array(Type.Object({ key: text(32), value: text(128) }, STRICT), { maxItems: 16, description });

/** A person or business, as both banks know it. */
const CoreParty = Type.Object(
  {
    idType: described(dataTypes.PartyIdType, 'Kind of identifier'),
    idValue: described(text(128), 'The identifier, for example a phone number with country code'),
    idSubValue: Optional(described(text(128), 'Which of several accounts, devices or documents')),
    fspId: Optional(described(Type.String({ pattern: FSP_ID_PATTERN }), 'The DFSP of the party')),
    displayName: Optional(described(text(128), 'Name as the party is to be shown')),
    firstName: Optional(text(128)),
    middleName: Optional(text(128)),
    lastName: Optional(text(128)),
    dateOfBirth: Optional(described(dataTypes.DateOfBirth, 'YYYY-MM-DD')),
    merchantClassificationCode: Optional(dataTypes.MerchantClassificationCode),
    supportedCurrencies: Optional(Type.Array(Currency, { maxItems: 16 })),
    kycInformation: Optional(text(2048)),
    extensionList: Optional(Extensions('Further data on the party that the scheme agreed on')),
  },
  { ...STRICT, title: 'CoreParty' },
);

const RefundInfo = Type.Object(
  { originalTransactionId: CorrelationId, refundReason: Optional(text(128)) },
  { ...STRICT, description: 'Where transactionType is REFUND' },
);

const transactionType = {
  transactionType: described(dataTypes.TransactionScenario, 'What the payment is'),
  subScenario: Optional(described(dataTypes.TransactionSubScenario, "The scheme's own refinement of the type")),
  initiator: described(dataTypes.TransactionInitiator, 'Who began'),
  initiatorType: described(dataTypes.TransactionInitiatorType, 'Kind of party that began'),
  refundInfo: Optional(RefundInfo),
};

/** Body of `POST /quoterequests`. */
export const CoreQuoteRequest = Type.Object(
  {
    quoteId: described(CorrelationId, 'Id of this price'),
    transactionId: described(CorrelationId, 'Id of the payment as the payer has it; mostly the transferId that comes later'),
    transactionRequestId: Optional(described(CorrelationId, 'Where the payee asked for the payment')),
    to: described(CoreParty, 'Who is paid: a customer of this core'),
    from: described(CoreParty, 'Who pays, at another DFSP'),
    amountType: described(AmountType, 'SEND: `amount` leaves the payer. RECEIVE: `amount` must reach the payee'),
    amount: described(Amount, 'Decimal text, at most 4 decimals, no trailing zeros'),
    currency: described(Currency, 'ISO 4217 code'),
    feesAmount: Optional(described(Amount, "The payer's DFSP's own fee, for information")),
    feesCurrency: Optional(Currency),
    ...transactionType,
    balanceOfPayments: Optional(dataTypes.BalanceOfPayments),
    geoCode: Optional(dataTypes.GeoCode),
    note: Optional(described(text(128), 'Words for the payee')),
    expiration: Optional(described(DateTime, 'The payer needs the price before that')),
    converter: Optional(dataTypes.CurrencyConverter),
    currencyConversion: Optional(Type.Object({}, { description: 'As the payer sent it' })),
    extensionList: Optional(Extensions('As the payer sent it')),
  },
  { ...STRICT, title: 'CoreQuoteRequest' },
);

/** Body of `POST /transfers`. */
export const CoreTransferRequest = Type.Object(
  {
    transferId: described(CorrelationId, 'Id of the transfer at the scheme: book under it'),
    transactionRequestId: Optional(CorrelationId),
    quote: Type.Object(
      {},
      { description: 'Your own answer to `POST /quoterequests`, as you gave it: `payeeReceiveAmount` is what the customer gets' },
    ),
    from: described(CoreParty, 'Who pays'),
    to: described(CoreParty, 'Who is paid: a customer of this core'),
    amountType: described(AmountType, 'As it was asked for in the quote'),
    currency: described(Currency, 'Currency of the quote'),
    amount: described(Amount, "The quote request's amount; of a SEND it is what left the payer, not what the payee gets"),
    transferAmount: described(Amount, 'What the scheme moves between the two DFSPs: what you get from it'),
    transferAmountCurrency: Currency,
    ...transactionType,
    note: Optional(text(128)),
    quoteRequestExtensions: Optional(Extensions('As they came with the quote request')),
    ilpPacket: Type.Object({ data: Type.Object({}) }, { ...STRICT, description: 'What the payer signed to pay, decoded' }),
    extensionList: Optional(Extensions('As they came with the prepare')),
  },
  { ...STRICT, title: 'CoreTransferRequest' },
);

/** Body of `PUT /transfers/{transferId}`. */
export const CoreNotification = Type.Object(
  {
    transferId: CorrelationId,
    homeTransactionId: Optional(described(text(255), 'The id that you gave the booking')),
    direction: described(Type.Enum(['INBOUND']), 'Money that comes in'),
    currentState: described(
      Type.Enum(['COMPLETED', 'ABORTED']),
      'The outcome, in the words of the SDK. There is no member `transferState` beside it',
    ),
    finalNotification: Type.Object(
      {
        completedTimestamp: described(DateTime, 'When it ended, as the hub says'),
        transferState: described(Type.Enum(['COMMITTED', 'ABORTED']), 'The outcome, in the words of the scheme'),
        extensionList: Optional(Extensions('What the hub said besides')),
      },
      { ...STRICT, description: 'The final word of the hub' },
    ),
    initiatedTimestamp: Optional(DateTime),
    quoteRequest: Optional(Type.Object({}, { description: 'The quote request as it came' })),
    quote: Optional(Type.Object({}, { description: 'The price that was given' })),
    quoteResponse: Optional(Type.Object({}, { description: 'The price as it was sent' })),
    prepare: Optional(Type.Object({}, { description: 'The prepare as it came' })),
    fulfil: Optional(Type.Object({}, { description: 'What we answered; on COMPLETED only' })),
    lastError: Optional(Type.Object({}, { description: 'Why it was aborted, where that is known' })),
  },
  { ...STRICT, title: 'CoreNotification' },
);

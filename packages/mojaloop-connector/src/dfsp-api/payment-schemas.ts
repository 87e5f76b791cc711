import { dataTypes, FSP_ID_PATTERN } from '@payment-manager/fspiop';
import { type Static, Type } from 'typebox';

/**
 * What a DFSP sends to have a payment made (docs/protocol.md, 16.1 and 16.2). These schemas check the requests, give the
 * handlers their types and are the OpenAPI document's. Members that the SDK does not know are refused, as there.
 */

const { Amount, AmountType, Currency, text } = dataTypes;
const STRICT = { additionalProperties: false } as const;
const described = <T extends object>(schema: T, description: string): T => ({ ...schema, description });

const ExtensionItem = Type.Object({ key: text(32), value: text(128) }, STRICT);
const Extensions = (description: string) => Type.Array(ExtensionItem, { maxItems: 16, description });
const Seconds = (description: string) => Type.Integer({ minimum: 1, maximum: 2_147_483_647, description });

/** What a path of the protocol can hold: `.` and `..` cannot be kept in a URL, half a character not in UTF-8. */
export const partyIdentifier = { ...text(128), pattern: '^(?!\\.{1,2}$)[^\\ud800-\\udfff]*$' };
/** A DFSP that a message can be addressed to. */
export const addressableFspId = Type.String({ pattern: FSP_ID_PATTERN });

/** SDK transferParty. */
export const TransferParty = Type.Object(
  {
    type: Type.Optional(described(dataTypes.TransactionInitiatorType, 'Kind of party; default CONSUMER')),
    idType: described(dataTypes.PartyIdType, 'Kind of identifier'),
    idValue: described(partyIdentifier, 'The identifier, for example a phone number with country code'),
    idSubValue: Type.Optional(described(partyIdentifier, 'Which of several accounts, devices or documents')),
    displayName: Type.Optional(described(text(128), 'Name as the other side is to see it')),
    firstName: Type.Optional(dataTypes.PersonName),
    middleName: Type.Optional(dataTypes.PersonName),
    lastName: Type.Optional(dataTypes.PersonName),
    dateOfBirth: Type.Optional(described(dataTypes.DateOfBirth, 'YYYY-MM-DD')),
    merchantClassificationCode: Type.Optional(dataTypes.MerchantClassificationCode),
    fspId: Type.Optional(described(addressableFspId, 'The DFSP of the party; needed in `to` when the look-up is skipped')),
    supportedCurrencies: Type.Optional(Type.Array(Currency, { maxItems: 16 })),
    kycInformation: Type.Optional(text(2048)),
    extensionList: Type.Optional(Extensions('Further data on the party that the scheme agreed on')),
  },
  { ...STRICT, title: 'TransferParty' },
);

/** SDK transferRequest, with all five scenarios and refunds. */
export const TransferRequest = Type.Object(
  {
    homeTransactionId: described(text(255), "The DFSP's own id of the payment; the same id again never pays twice"),
    from: described(TransferParty, 'Who pays: a customer of this DFSP'),
    to: described(TransferParty, 'Who is paid'),
    amountType: described(AmountType, 'SEND: `amount` leaves the payer. RECEIVE: `amount` reaches the payee'),
    currency: described(Currency, 'ISO 4217 code'),
    amount: described(Amount, 'Decimal text, at most 4 decimals, no trailing zeros'),
    transactionType: described(dataTypes.TransactionScenario, 'What the payment is'),
    subScenario: Type.Optional(described(dataTypes.TransactionSubScenario, "The scheme's own refinement of the type")),
    initiator: Type.Optional(described(dataTypes.TransactionInitiator, 'Who began; default PAYER')),
    refundInfo: Type.Optional(
      Type.Object(
        {
          originalTransactionId: described(dataTypes.CorrelationId, 'transferId of the payment that is given back'),
          refundReason: Type.Optional(text(128)),
        },
        { ...STRICT, description: 'For transactionType REFUND, and required there' },
      ),
    ),
    note: Type.Optional(described(text(128), 'Words for the payee')),
    quoteRequestExtensions: Type.Optional(Extensions('Goes with the quote request')),
    transferRequestExtensions: Type.Optional(Extensions('Goes with the transfer')),
    skipPartyLookup: Type.Optional(Type.Boolean({ description: 'Go straight to the quote; `to.fspId` is then required' })),
    prepareExpirySeconds: Type.Optional(Seconds('How long the transfer may take')),
    quoteExpirySeconds: Type.Optional(Seconds('How long the quote may take')),
    fxPrepareExpirySeconds: Type.Optional(Seconds('Accepted; a payment without currency conversion does not use it')),
    fxQuoteExpirySeconds: Type.Optional(Seconds('Accepted; a payment without currency conversion does not use it')),
  },
  { ...STRICT, title: 'TransferRequest' },
);
/** It, once it was checked. */
export type TransferRequest = Static<typeof TransferRequest>;

/** SDK transferContinuation: exactly one of them. */
export const TransferContinuation = Type.Object(
  {
    acceptParty: Type.Optional(Type.Boolean({ description: 'Answers WAITING_FOR_PARTY_ACCEPTANCE' })),
    acceptQuote: Type.Optional(Type.Boolean({ description: 'Answers WAITING_FOR_QUOTE_ACCEPTANCE' })),
    acceptQuoteOrConversion: Type.Optional(
      Type.Boolean({ description: 'The same as acceptQuote in a payment without currency conversion' }),
    ),
    acceptConversion: Type.Optional(Type.Boolean({ description: 'Refused: no conversion is on offer' })),
  },
  { ...STRICT, minProperties: 1, maxProperties: 1, title: 'TransferContinuation' },
);
/** It, once it was checked. */
export type TransferContinuation = Static<typeof TransferContinuation>;

import { dataTypes } from '@payment-manager/fspiop';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * What is used of the core's answers, and so is checked: strict in amounts, currencies, dates and states, tolerant of
 * every further member. Compiled once, on first use of this file.
 */

const { Amount, Currency, DateTime, text } = dataTypes;
const Extensions = Type.Array(Type.Object({ key: text(32), value: text(128) }), { maxItems: 16 });

/** SDK transferParty as a core answers it. Who was asked for is known; who answers is not asked. */
export const PartyAnswer = Type.Object({
  displayName: Type.Optional(Type.String()),
  firstName: Type.Optional(Type.String()),
  middleName: Type.Optional(Type.String()),
  lastName: Type.Optional(Type.String()),
  dateOfBirth: Type.Optional(dataTypes.DateOfBirth),
  merchantClassificationCode: Type.Optional(dataTypes.MerchantClassificationCode),
  supportedCurrencies: Type.Optional(Type.Array(Currency, { maxItems: 16 })),
  kycInformation: Type.Optional(text(2048)),
  extensionList: Type.Optional(Extensions),
});
/** It, once it was checked. */
export type PartyAnswer = Static<typeof PartyAnswer>;

/** SDK quoteResponse. */
export const QuoteAnswer = Type.Object({
  transferAmount: Amount,
  transferAmountCurrency: Currency,
  payeeReceiveAmount: Type.Optional(Amount),
  payeeReceiveAmountCurrency: Type.Optional(Currency),
  payeeFspFeeAmount: Type.Optional(Amount),
  payeeFspFeeAmountCurrency: Type.Optional(Currency),
  payeeFspCommissionAmount: Type.Optional(Amount),
  payeeFspCommissionAmountCurrency: Type.Optional(Currency),
  expiration: Type.Optional(DateTime),
  geoCode: Type.Optional(dataTypes.GeoCode),
  extensionList: Type.Optional(Extensions),
});
/** It, once it was checked. */
export type QuoteAnswer = Static<typeof QuoteAnswer>;

/** SDK transferResponse: only what decides about money makes it unusable; see `readTransfer` for the rest. */
export const TransferAnswer = Type.Object({
  transferState: Type.Optional(Type.Enum(['RESERVED', 'COMMITTED'])),
  fulfilment: Type.Optional(Type.String()),
});

/** SDK transferDetailsResponse. */
export const TransferStateAnswer = Type.Object({
  transferId: Type.Optional(Type.String()),
  transferState: dataTypes.TransferState,
  /** With RECEIVED: it goes on there, and a person who must know is told there: nobody else tells one. */
  personsTold: Type.Optional(Type.Boolean()),
});

/** The compiled checks. */
export const partyAnswer = Compile(PartyAnswer);
export const personName = Compile(dataTypes.PersonName);
export const quoteAnswer = Compile(QuoteAnswer);
export const transferAnswer = Compile(TransferAnswer);
export const transferStateAnswer = Compile(TransferStateAnswer);
export const extensionsAnswer = Compile(Extensions);

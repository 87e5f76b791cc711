import { type Static, type TSchema, Type } from 'typebox';
import * as types from './data-types.ts';
import type { ErrorBody } from './errors.ts';
import type { Operation } from './resources.ts';
import type { VersionFamily } from './versions.ts';

/**
 * The bodies of the messages (docs/protocol.md, 7), in their latest version. What older versions do not have is listed in
 * `LATER_MEMBERS`; every such member is optional.
 */

const QuotesPostRequest = Type.Object(
  {
    quoteId: types.CorrelationId,
    transactionId: types.CorrelationId,
    transactionRequestId: Type.Optional(types.CorrelationId),
    payee: types.Party,
    payer: types.Party,
    amountType: types.AmountType,
    amount: types.Money,
    fees: Type.Optional(types.Money),
    transactionType: types.TransactionType,
    geoCode: Type.Optional(types.GeoCode),
    note: Type.Optional(types.text(128)),
    expiration: Type.Optional(types.DateTime),
    extensionList: Type.Optional(types.ExtensionListSchema),
    converter: Type.Optional(types.CurrencyConverter),
    currencyConversion: Type.Optional(Type.Object({ sourceAmount: types.Money, targetAmount: types.Money })),
  },
  { title: 'QuotesPostRequest' },
);

const QuotesIdPutResponse = Type.Object({
  transferAmount: types.Money,
  payeeReceiveAmount: Type.Optional(types.Money),
  payeeFspFee: Type.Optional(types.Money),
  payeeFspCommission: Type.Optional(types.Money),
  expiration: types.DateTime,
  geoCode: Type.Optional(types.GeoCode),
  ilpPacket: types.IlpPacket,
  condition: types.IlpCondition,
  extensionList: Type.Optional(types.ExtensionListSchema),
});

const TransfersPostRequest = Type.Object({
  transferId: types.CorrelationId,
  payeeFsp: types.FspId,
  payerFsp: types.FspId,
  amount: types.Money,
  ilpPacket: types.IlpPacket,
  condition: types.IlpCondition,
  expiration: types.DateTime,
  extensionList: Type.Optional(types.ExtensionListSchema),
});

/** COMMITTED without fulfilment is well-formed: what to make of it is for the payer to decide. */
const TransfersIdPutResponse = Type.Object({
  fulfilment: Type.Optional(types.IlpFulfilment),
  completedTimestamp: Type.Optional(types.DateTime),
  transferState: types.TransferState,
  extensionList: Type.Optional(types.ExtensionListSchema),
});

const TransfersIdPatchResponse = Type.Object({
  completedTimestamp: types.DateTime,
  transferState: types.FinalTransferState,
  extensionList: Type.Optional(types.ExtensionListSchema),
});

const PartiesPutResponse = Type.Object({ party: types.Party });
/** `fspId` is absent after a DELETE. */
const ParticipantsPutResponse = Type.Object({ fspId: Type.Optional(types.FspId) });
const ErrorResponse = Type.Object({ errorInformation: types.ErrorInformationSchema });

export type Money = Static<typeof types.Money>;
export type PartyIdInfo = Static<typeof types.PartyIdInfo>;
export type Party = Static<typeof types.Party>;
export type PersonalInfo = Static<typeof types.PersonalInfo>;
export type TransactionType = Static<typeof types.TransactionType>;
export type GeoCode = Static<typeof types.GeoCode>;
export type AmountType = Static<typeof types.AmountType>;
export type PartyIdType = Static<typeof types.PartyIdType>;
export type TransferState = Static<typeof types.TransferState>;
export type QuotesPostRequest = Static<typeof QuotesPostRequest>;
export type QuotesIdPutResponse = Static<typeof QuotesIdPutResponse>;
export type TransfersPostRequest = Static<typeof TransfersPostRequest>;
export type TransfersIdPutResponse = Static<typeof TransfersIdPutResponse>;
export type TransfersIdPatchResponse = Static<typeof TransfersIdPatchResponse>;
export type PartiesPutResponse = Static<typeof PartiesPutResponse>;
export type ParticipantsPutResponse = Static<typeof ParticipantsPutResponse>;

/** A ping, and its answer: outside the specification (docs/protocol.md, 3). */
const Ping = Type.Object({ requestId: types.CorrelationId });
export type Ping = Static<typeof Ping>;

/** The type of the body of each message; `undefined` for those without. */
export interface MessageBodies {
  'GET /parties': undefined;
  'PUT /parties': PartiesPutResponse;
  'PUT /parties/error': ErrorBody;
  'GET /participants': undefined;
  'PUT /participants': ParticipantsPutResponse;
  'PUT /participants/error': ErrorBody;
  'POST /quotes': QuotesPostRequest;
  'GET /quotes': undefined;
  'PUT /quotes': QuotesIdPutResponse;
  'PUT /quotes/error': ErrorBody;
  'POST /transfers': TransfersPostRequest;
  'GET /transfers': undefined;
  'PUT /transfers': TransfersIdPutResponse;
  'PUT /transfers/error': ErrorBody;
  'PATCH /transfers': TransfersIdPatchResponse;
  'PATCH /transfers/error': ErrorBody;
  'POST /ping': Ping;
  'PUT /ping': Ping;
}

/** The schema of each message's body, latest version; undefined for messages without body. A total map. */
export const BODY_SCHEMAS: { readonly [operation in Operation]: TSchema | undefined } = {
  'GET /parties': undefined,
  'PUT /parties': PartiesPutResponse,
  'PUT /parties/error': ErrorResponse,
  'GET /participants': undefined,
  'PUT /participants': ParticipantsPutResponse,
  'PUT /participants/error': ErrorResponse,
  'POST /quotes': QuotesPostRequest,
  'GET /quotes': undefined,
  'PUT /quotes': QuotesIdPutResponse,
  'PUT /quotes/error': ErrorResponse,
  'POST /transfers': TransfersPostRequest,
  'GET /transfers': undefined,
  'PUT /transfers': TransfersIdPutResponse,
  'PUT /transfers/error': ErrorResponse,
  'PATCH /transfers': TransfersIdPatchResponse,
  'PATCH /transfers/error': ErrorResponse,
  'POST /ping': Ping,
  'PUT /ping': Ping,
};

/** Members that came later: title of the object → member → first version that has it (docs/protocol.md, 3 and 7). */
export const LATER_MEMBERS: Readonly<Record<string, Readonly<Record<string, VersionFamily>>>> = {
  PartyIdInfo: { extensionList: '1.1' },
  PersonalInfo: { kycInformation: '2.0' },
  Party: { supportedCurrencies: '2.0' },
  QuotesPostRequest: { converter: '2.0', currencyConversion: '2.0' },
};

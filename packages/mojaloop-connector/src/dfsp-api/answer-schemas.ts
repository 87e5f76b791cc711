import { dataTypes, messageSchema } from '@payment-manager/fspiop';
import { type TSchema, Type } from 'typebox';
import { TransferParty } from './payment-schemas.ts';

/** What the API answers, for the OpenAPI document; answers are made in `answers.ts`. */

const fspiop = (operation: Parameters<typeof messageSchema>[0]): TSchema => messageSchema(operation, '2.0') as TSchema;

/** A message as it went out or came in. */
const Seen = (body: TSchema, description: string) =>
  Type.Object({ body, headers: Type.Record(Type.String(), Type.String()) }, { description });

/** The SDK's names for where a payment stands (docs/protocol.md, 16.1), as far as this API uses them. */
export const STATES = [
  'WAITING_FOR_ACTION',
  'WAITING_FOR_PARTY_ACCEPTANCE',
  'WAITING_FOR_QUOTE_ACCEPTANCE',
  'COMPLETED',
  'ABORTED',
  'ERROR_OCCURRED',
] as const;
/** One of them. */
export type CurrentState = (typeof STATES)[number];

/** Why a payment failed. */
export const LAST_ERROR = Type.Object(
  { httpStatusCode: Type.Enum([500, 504]), mojaloopError: fspiop('PUT /transfers/error') },
  { title: 'LastError', description: 'Why the payment failed' },
);

/** A payment as `answers.ts` shows it. */
export const TransferState = Type.Object(
  {
    transferId: dataTypes.CorrelationId,
    currentState: Type.Enum([...STATES]),
    outcome: Type.Enum(['none-yet', 'unknown', 'committed', 'not-committed'], {
      description: 'Whether money moved. `unknown`: it may have, or may still',
    }),
    direction: Type.Enum(['OUTBOUND']),
    initiatedTimestamp: dataTypes.DateTime,
    homeTransactionId: Type.Optional(Type.String()),
    from: Type.Optional(TransferParty),
    to: Type.Optional({ ...TransferParty, description: 'Completed from the look-up' }),
    amountType: Type.Optional(dataTypes.AmountType),
    currency: Type.Optional(dataTypes.Currency),
    amount: Type.Optional(dataTypes.Amount),
    transactionType: Type.Optional(dataTypes.TransactionScenario),
    getPartiesResponse: Type.Optional(Seen(fspiop('PUT /parties'), 'The look-up')),
    quoteId: Type.Optional(dataTypes.CorrelationId),
    quoteRequest: Type.Optional(Seen(fspiop('POST /quotes'), 'The quote request')),
    quoteResponse: Type.Optional(Seen(fspiop('PUT /quotes'), 'The price: transferAmount, fees, expiration')),
    quoteResponseSource: Type.Optional(Type.String({ description: 'The DFSP that gave the price' })),
    prepare: Type.Optional(Seen(fspiop('POST /transfers'), 'The transfer as it was sent')),
    fulfil: Type.Optional(Seen(fspiop('PUT /transfers'), 'The answer to it; its fulfilment is shown once the payment is COMPLETED')),
    lastError: Type.Optional(LAST_ERROR),
    abortedReason: Type.Optional(Type.String()),
    exception: Type.Optional(
      Type.Object({ code: Type.String(), reason: Type.String() }, { description: 'A person has to look at this payment' }),
    ),
  },
  { title: 'TransferState' },
);

const message = Type.String({ description: 'One sentence for people' });

/** A request that was refused before anything came of it; `statusCode` is a number. */
export const RequestRefused = Type.Object({ message, statusCode: Type.Integer() }, { title: 'RequestRefused' });

/** The error body of an operation whose state stands under `stateField`. */
export const ErrorAnswer = (stateField: string, title: string) =>
  Type.Object(
    {
      message,
      statusCode: Type.String({ description: 'The Mojaloop error code where there is one, else the HTTP status' }),
      outcome: Type.Optional(Type.Enum(['unknown'], { description: 'There when nobody knows yet how it ended' })),
      transferId: Type.Optional(dataTypes.CorrelationId),
      [stateField]: Type.Partial(TransferState, { description: 'The state as far as it is known' }),
    },
    { title },
  );

/** The error body of `/transfers`. */
export const TransferError = ErrorAnswer('transferState', 'TransferError');

const ErrorInformation = dataTypes.ErrorInformationSchema;
const state = Type.Enum([...STATES]);

/** `GET /parties/...` found one. */
export const PartyFound = Type.Object({ party: Seen(dataTypes.Party, 'The party'), currentState: state }, { title: 'PartyFound' });
/** `GET /parties/...` was answered with an error. */
export const PartyNotFound = Type.Object({ errorInformation: ErrorInformation, currentState: state }, { title: 'PartyNotFound' });
/** `POST /quotes` was answered, with a price or an error. */
export const QuoteAnswered = Type.Object(
  {
    quotes: Type.Object({
      body: Type.Optional(fspiop('PUT /quotes')),
      headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      errorInformation: Type.Optional(ErrorInformation),
    }),
    currentState: state,
  },
  { title: 'QuoteAnswered' },
);
/** `POST /simpleTransfers` ended. */
export const SimpleTransferAnswered = Type.Object(
  {
    transferId: dataTypes.CorrelationId,
    transfer: Type.Object({
      body: Type.Union([fspiop('PUT /transfers'), fspiop('PUT /transfers/error')]),
      headers: Type.Record(Type.String(), Type.String()),
    }),
    currentState: state,
  },
  { title: 'SimpleTransferAnswered' },
);

import { dataTypes, messageSchema } from '@payment-manager/fspiop';
import { type Static, type TSchema, Type } from 'typebox';
import { LAST_ERROR, STATES } from './answer-schemas.ts';
import { TransferParty, TransferRequest } from './payment-schemas.ts';

/** What a DFSP sends for a payment of its own customer, and what it is shown of one (the OSS API of core connectors, docs/protocol.md, 16). */

const STRICT = { additionalProperties: false } as const;
const { Amount } = dataTypes;

/** As for `/transfers`, and how much it may cost without asking. */
export const SendRequest = Type.Object(
  {
    ...TransferRequest.properties,
    maxFee: Type.Optional({
      ...Amount,
      description:
        'So much, our own fee included, the payment may cost the customer beyond what the payee gets: within it, it is made without asking. Absent: the customer is asked',
    }),
  },
  { ...STRICT, title: 'SendRequest' },
);

/** The customer's word: exactly one of them. */
export const SendContinuation = Type.Object(
  {
    acceptQuote: Type.Optional(Type.Boolean({ description: 'Answers WAITING_FOR_QUOTE_ACCEPTANCE: payee and price at once' })),
    acceptParty: Type.Optional(
      Type.Boolean({ description: '`false` refuses the payment; `true` changes nothing: the price is still to be accepted' }),
    ),
  },
  { ...STRICT, minProperties: 1, maxProperties: 1, title: 'SendContinuation' },
);
/** It, once it was checked. */
export type SendContinuation = Static<typeof SendContinuation>;

const Optional = <T extends TSchema>(schema: T, description: string) => Type.Optional({ ...schema, description });
const price = messageSchema('PUT /quotes', '2.0') as unknown as { readonly properties: Readonly<Record<string, TSchema>> };
const { transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission, expiration } = price.properties as Record<string, TSchema>;

/** A payment of our customer as `send-answers.ts` shows it. */
export const SendState = Type.Object(
  {
    transferId: Optional(dataTypes.CorrelationId, 'Its id in the scheme; there once there is a price'),
    currentState: Type.Enum([...STATES]),
    outcome: Type.Enum(['none-yet', 'unknown', 'committed', 'not-committed'], {
      description: 'Whether money moved between the DFSPs. `unknown`: it may have, or may still',
    }),
    direction: Type.Enum(['OUTBOUND']),
    initiatedTimestamp: dataTypes.DateTime,
    homeTransactionId: Type.String(),
    from: Type.Optional(TransferParty),
    to: Type.Optional({ ...TransferParty, description: 'Completed from the look-up' }),
    amountType: Type.Optional(dataTypes.AmountType),
    currency: Type.Optional(dataTypes.Currency),
    amount: Type.Optional(Amount),
    transactionType: Type.Optional(dataTypes.TransactionScenario),
    quoteId: Type.Optional(dataTypes.CorrelationId),
    quoteResponse: Type.Optional(
      Type.Object(
        {
          body: Type.Object({
            transferAmount: transferAmount as TSchema,
            payeeReceiveAmount: Type.Optional(payeeReceiveAmount as TSchema),
            payeeFspFee: Type.Optional(payeeFspFee as TSchema),
            payeeFspCommission: Type.Optional(payeeFspCommission as TSchema),
            expiration: expiration as TSchema,
          }),
        },
        { description: 'The price, where `/transfers` has it' },
      ),
    ),
    fee: Optional(Amount, 'Our own fee'),
    total: Optional(Amount, 'What is taken from the customer in all'),
    hold: Type.Enum(['none', 'unknown', 'held', 'captured', 'released'], {
      description: "The customer's money at the core. `unknown`: it may be held",
    }),
    lastError: Type.Optional(LAST_ERROR),
    abortedReason: Type.Optional(Type.String()),
    exception: Type.Optional(
      Type.Object({ code: Type.String(), reason: Type.String() }, { description: 'A person has to look at this payment' }),
    ),
  },
  { title: 'SendState' },
);

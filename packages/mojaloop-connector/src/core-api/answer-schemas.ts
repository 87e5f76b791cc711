import { dataTypes } from '@payment-manager/fspiop';
import { Type } from 'typebox';
import { PartyAnswer, QuoteAnswer, TransferAnswer, TransferStateAnswer } from '../core-client/core-answer-schemas.ts';

/**
 * What the core answers, as documented: the schemas with which answers are checked, with what is used of an answer beside them, and words.
 * Further members are taken and ignored.
 */

type Words = Readonly<Record<string, string>>;

/** The schema under a title, its members with descriptions; a name that the schema does not have is a mistake in this file. */
function explained<T extends { readonly properties: Readonly<Record<string, object>> }>(schema: T, title: string, words: Words): T {
  const unknown = Object.keys(words).filter((name) => !(name in schema.properties));
  if (unknown.length > 0) throw new TypeError(`${title} has no ${unknown.join(', ')}`);
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, member]) => [
      name,
      { ...member, ...(words[name] !== undefined && { description: words[name] }) },
    ]),
  );
  return { ...schema, properties, title };
}

/** 2xx of `GET /parties/…`. */
export const CorePartyAnswer = explained(PartyAnswer, 'CorePartyAnswer', {
  displayName: 'What the payer is shown; names longer than 128 characters are cut',
  firstName: 'At least one member must say something: an empty object is not an answer',
  supportedCurrencies: 'In which the customer can be paid',
});

/** 2xx of `POST /quoterequests`. */
export const CoreQuoteAnswer = explained(QuoteAnswer, 'CoreQuoteAnswer', {
  transferAmount: 'What the scheme is to move between the DFSPs. Text, or a whole number; a number with decimals is refused',
  transferAmountCurrency: 'The currency of the request',
  payeeReceiveAmount: 'What your customer gets: transferAmount minus fee plus commission. Always give it: payers decide by it',
  payeeFspFeeAmount: 'Your fee',
  payeeFspCommissionAmount: "What you give the payer's DFSP",
  expiration: 'Until when the price holds, in the future; absent: `lifetimes.quoteMs`',
});

/** 2xx of `POST /transfers`. */
export const CoreTransferAnswer = explained(
  Type.Object({
    homeTransactionId: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
    ...TransferAnswer.properties,
    completedTimestamp: Type.Optional(dataTypes.DateTime),
  }),
  'CoreTransferAnswer',
  {
    homeTransactionId: 'Your own id of the booking; comes back to you with the outcome',
    transferState: 'RESERVED: held, to be booked when the outcome is told. COMMITTED: booked. Absent: as `core.atPrepare` says',
    fulfilment: 'Leave it out: the product makes it',
    completedTimestamp: 'When you booked; one in the future is left out',
  },
);

/** 2xx of `GET /transfers/{transferId}`. */
export const CoreTransferStateAnswer = explained(
  Type.Object({ ...TransferStateAnswer.properties, homeTransactionId: Type.Optional(Type.Union([Type.String(), Type.Integer()])) }),
  'CoreTransferStateAnswer',
  {
    transferId: 'The one that was asked for; another one makes it no answer',
    transferState: 'RESERVED: held. COMMITTED: booked. ABORTED: refused or released, nothing is held. RECEIVED: not decided yet, ask again',
  },
);

/** A refusal, under any HTTP status. */
export const CoreError = Type.Object(
  {
    statusCode: Type.Union([Type.String(), Type.Integer()], {
      description: 'An FSPIOP code from 3000 to 5999: a no. Other codes say that something went wrong on the way',
    }),
    message: Type.Optional(Type.String({ description: 'Goes to the payer: at most 128 characters, no names or account numbers' })),
  },
  { title: 'CoreError' },
);

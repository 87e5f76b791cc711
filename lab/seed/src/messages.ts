import {
  conditionOf,
  type ErrorInformation,
  encodeIlpV1,
  formatDateTime,
  ilpAccount,
  type Party,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  type TransfersPostRequest,
  transactionObject,
} from '@payment-manager/fspiop';
import type { Random } from '@payment-manager/runtime';
import type { SeedCurrency } from './mix.ts';
import type { Person } from './people.ts';

/** Both ends of a payment, and what it is about. */
export interface Deal {
  readonly payer: Person;
  readonly payee: Person;
  readonly payerFsp: string;
  readonly payeeFsp: string;
  readonly currency: SeedCurrency;
  readonly amount: string;
}

/** A person as a party of an FSP. */
export function partyAt({ idType, idValue, firstName, lastName }: Person, fspId: string): Party {
  return {
    partyIdInfo: { partyIdType: idType, partyIdentifier: idValue, fspId },
    name: `${firstName} ${lastName}`,
    personalInfo: { complexName: { firstName, lastName } },
  };
}

/** The quote that a payer’s FSP asks for. */
export function quoteOf(deal: Deal, random: Random, at: number): QuotesPostRequest {
  return {
    quoteId: random.uuid(),
    transactionId: random.uuid(),
    payee: partyAt(deal.payee, deal.payeeFsp),
    payer: partyAt(deal.payer, deal.payerFsp),
    amountType: 'SEND',
    amount: { currency: deal.currency, amount: deal.amount },
    transactionType: { scenario: 'TRANSFER', initiator: 'PAYER', initiatorType: 'CONSUMER' },
    expiration: formatDateTime(at + 60_000),
  };
}

/** The payee's answer, with a fee of one in a hundred, and the fulfilment that it is made with. */
export function answerTo(
  quote: QuotesPostRequest,
  random: Random,
  at: number,
): { readonly response: QuotesIdPutResponse; readonly fulfilment: string } {
  const { currency, amount } = quote.amount;
  const fulfilment = Buffer.from(random.bytes(32)).toString('base64url');
  const fee = Math.floor(Number(amount) / 100);
  const expiration = formatDateTime(at + 60_000);
  const terms = { transferAmount: quote.amount, expiration };
  const ilpPacket = encodeIlpV1({ amount: quote.amount, account: ilpAccount(quote.payee), transaction: transactionObject(quote, terms) });
  const response: QuotesIdPutResponse = {
    ...terms,
    ...(fee > 0 && { payeeFspFee: { currency, amount: String(fee) } }),
    ilpPacket,
    condition: conditionOf(fulfilment),
  };
  return { response, fulfilment };
}

/** The prepare that spends a quote. */
export function prepareOf(
  transferId: string,
  deal: Deal,
  { transferAmount, ilpPacket, condition }: QuotesIdPutResponse,
  at: number,
): TransfersPostRequest {
  const { payerFsp, payeeFsp } = deal;
  return { transferId, payerFsp, payeeFsp, amount: transferAmount, ilpPacket, condition, expiration: formatDateTime(at + 30_000) };
}

/** An error as a message bears it. */
export function error(errorCode: string, errorDescription: string): ErrorInformation {
  return { errorCode, errorDescription };
}

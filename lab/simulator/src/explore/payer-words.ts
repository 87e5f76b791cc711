import { conditionOf, encodeIlpV1, httpDate, parseAmount, type QuotesIdPutResponse } from '@payment-manager/fspiop';
import type { flows } from '@payment-manager/mojaloop-connector';

/** The fulfilment that the payee of the explored payment has. */
export const FULFILMENT = Buffer.alloc(32, 7).toString('base64url');
/** What the explored payment is to send. */
export const AMOUNT = { currency: 'USD', amount: '10' };
/** What a quote may cost to be accepted automatically, and quotes within and beyond it. */
export const FEE_MAX = '0.1';
const QUOTES = { cheap: quoteOf('10', '9.95'), dear: quoteOf('10', '9'), other: quoteOf('11', '11') };

/** A callback, by whom and when it was written. */
export const from = (source: string, date: number): flows.CallbackFrom => ({
  source,
  sourceKnown: true,
  headers: { date: httpDate(date) },
});

/** The quotes that the payee may give. */
export type QuoteKind = keyof typeof QUOTES;

/** Such a quote, given now. */
export function quoteResponse(kind: QuoteKind, now: number): QuotesIdPutResponse {
  return { ...QUOTES[kind], expiration: new Date(now + 60_000).toISOString() };
}

function quoteOf(amount: string, received: string): Omit<QuotesIdPutResponse, 'expiration'> {
  const transferAmount = { currency: 'USD', amount };
  const payeeReceiveAmount = { currency: 'USD', amount: received };
  const ilpPacket = encodeIlpV1({ amount: transferAmount, account: 'g.bluewallet.msisdn.2', transaction: {} });
  return { transferAmount, payeeReceiveAmount, ilpPacket, condition: conditionOf(FULFILMENT) };
}

/** What the accepted quote costs of what was to be sent. */
export const costOf = ({ quoteResponse }: flows.PayerState): bigint =>
  parseAmount(AMOUNT.amount) - parseAmount(quoteResponse?.payeeReceiveAmount?.amount ?? '0');

/** An error that ends nothing but what it answers. */
export const REFUSAL = { errorCode: '2004', errorDescription: 'explored' };

import {
  decodeIlp,
  type ErrorInformation,
  FspiopError,
  type Money,
  parseAmount,
  parseDateTime,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  scaledForIlp,
} from '@payment-manager/fspiop';
import type { FeeLimit } from '../transfer/connector-settings.ts';
import type { PayerSettings } from './settings.ts';

/**
 * Is this the quote that was asked for? A quote that differs in currency, amount, packet or sender, or that has expired, is
 * never accepted (docs/money-rules.md, 4). Answers what is wrong, or undefined.
 */
export function objectionToQuote(
  settings: PayerSettings,
  request: QuotesPostRequest,
  response: QuotesIdPutResponse,
  now: number,
): ErrorInformation | undefined {
  const refuse = (errorCode: string, errorDescription: string): ErrorInformation => ({ errorCode, errorDescription });
  if (parseDateTime(response.expiration) <= now) return refuse('3302', 'the quote had expired when it arrived');
  const amounts: readonly [string, Money | undefined][] = [
    ['transferAmount', response.transferAmount],
    ['payeeReceiveAmount', response.payeeReceiveAmount],
    ['payeeFspFee', response.payeeFspFee],
    ['payeeFspCommission', response.payeeFspCommission],
  ];
  for (const [name, money] of amounts) {
    if (money !== undefined && money.currency !== request.amount.currency)
      return refuse('3100', `the quote's ${name} is in another currency than was asked for`);
  }
  const asked = parseAmount(request.amount.amount);
  const transfer = parseAmount(response.transferAmount.amount);
  if (transfer === 0n) return refuse('3100', "the quote's transferAmount is zero");
  if (request.amountType === 'SEND' && transfer > asked) return refuse('3100', "the quote's transferAmount is more than was to be sent");
  if (
    request.amountType === 'RECEIVE' &&
    response.payeeReceiveAmount !== undefined &&
    parseAmount(response.payeeReceiveAmount.amount) < asked
  ) {
    return refuse('3100', "the quote's payeeReceiveAmount is less than was to be received");
  }
  return objectionToPacket(settings, request, response);
}

/** The packet is what the hub and the payee will hold us to: it must say what the callback says (docs/protocol.md, 13.5). */
function objectionToPacket(
  settings: PayerSettings,
  request: QuotesPostRequest,
  response: QuotesIdPutResponse,
): ErrorInformation | undefined {
  const refuse = (errorDescription: string): ErrorInformation => ({ errorCode: '3100', errorDescription });
  try {
    const packet = decodeIlp(response.ilpPacket);
    if (packet.amount !== scaledForIlp(response.transferAmount.amount, response.transferAmount.currency, settings.currencyDecimals))
      return refuse("the ILP packet's amount is not the quote's transferAmount");
    if (packet.condition !== undefined && packet.condition !== response.condition)
      return refuse("the ILP packet's condition is not the quote's");
    const transaction = packet.transaction as TransactionInPacket | undefined;
    if (transaction === undefined) return undefined;
    const payeeFsp = transaction.payee?.partyIdInfo?.fspId;
    if (payeeFsp !== undefined && payeeFsp !== request.payee.partyIdInfo.fspId) return refuse('the ILP packet names another payee FSP');
    const payerFsp = transaction.payer?.partyIdInfo?.fspId;
    if (payerFsp !== undefined && payerFsp !== settings.fspId) return refuse('the ILP packet names another payer FSP');
    if (transaction.quoteId !== undefined && transaction.quoteId !== request.quoteId)
      return refuse('the ILP packet belongs to another quote');
    if (transaction.transactionId !== undefined && transaction.transactionId !== request.transactionId)
      return refuse('the ILP packet belongs to another transaction');
    return undefined;
  } catch (error) {
    if (error instanceof FspiopError) return refuse('the ILP packet cannot be read');
    throw error;
  }
}

interface TransactionInPacket {
  readonly quoteId?: string;
  readonly transactionId?: string;
  readonly payee?: { readonly partyIdInfo?: { readonly fspId?: string } };
  readonly payer?: { readonly partyIdInfo?: { readonly fspId?: string } };
}

/** Ten-thousandths in which both a percentage and an amount are counted. */
const HUNDRED_PERCENT = parseAmount('100');

/**
 * May the quote be accepted without asking? Only where its currency has a limit, and what it costs the payer's customer is not above it:
 * of both, where both are given (docs/money-rules.md, 4). Without the payee's word for what the payee gets the cost is not known.
 */
export function isWithinFeeLimit(
  limits: Readonly<Record<string, FeeLimit>>,
  request: QuotesPostRequest,
  response: QuotesIdPutResponse,
): boolean {
  const { absolute, percent } = limits[response.transferAmount.currency] ?? {};
  const cost = costOfQuote(request, response);
  if (cost === undefined || (absolute === undefined && percent === undefined)) return false;
  if (absolute !== undefined && cost > parseAmount(absolute)) return false;
  return percent === undefined || cost * HUNDRED_PERCENT <= parseAmount(request.amount.amount) * parseAmount(percent);
}

/**
 * What a quote costs the payer's customer, in ten-thousandths: of a SEND what does not reach the payee, of a RECEIVE what is paid
 * beyond it. The transferAmount of a SEND says nothing of it: by fee and commission it may rightly differ from what was to be sent.
 * Undefined where the payee does not say what it gets.
 */
function costOfQuote(request: QuotesPostRequest, response: QuotesIdPutResponse): bigint | undefined {
  const { payeeReceiveAmount, transferAmount } = response;
  if (payeeReceiveAmount === undefined) return undefined;
  const asked = parseAmount(request.amount.amount);
  return request.amountType === 'SEND' ? asked - parseAmount(payeeReceiveAmount.amount) : parseAmount(transferAmount.amount) - asked;
}

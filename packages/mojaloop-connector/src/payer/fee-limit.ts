import { parseAmount, type QuotesIdPutResponse, type QuotesPostRequest } from '@payment-manager/fspiop';
import type { FeeLimit } from '../transfer/connector-settings.ts';

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
export function costOfQuote(request: QuotesPostRequest, response: QuotesIdPutResponse): bigint | undefined {
  const { payeeReceiveAmount, transferAmount } = response;
  if (payeeReceiveAmount === undefined) return undefined;
  const asked = parseAmount(request.amount.amount);
  return request.amountType === 'SEND' ? asked - parseAmount(payeeReceiveAmount.amount) : parseAmount(transferAmount.amount) - asked;
}

import type { HttpResponse } from '@payment-manager/runtime';
import type { SendAnswer, SendPrice, SendView } from '../transfer/send-door.ts';
import type { CurrentState } from './answer-schemas.ts';
import { errorAnswer, json, lastError, outcomeUnknown } from './answers.ts';

const STATE = 'transferState';

/** The answer of `POST`, `PUT` and `GET /sendmoney`. It promises what that of `/transfers` does (docs/money-rules.md, 4). */
export function sendAnswer(answer: SendAnswer): HttpResponse {
  if (answer.kind === 'busy') {
    const headers = { 'retry-after': String(Math.max(1, Math.ceil(answer.retryAfterSeconds))) };
    return errorAnswer({ status: 503, message: answer.message, stateField: STATE, headers });
  }
  if (answer.kind === 'conflict')
    return errorAnswer({ status: 409, message: answer.message, stateField: STATE, state: sendState(answer.payment) });
  const { payment, timedOut } = answer;
  switch (payment.stage) {
    case 'holding':
    case 'open':
      return unknown(payment);
    case 'under-way':
      return timedOut ? unknown(payment) : json(200, sendState(payment));
    case 'failed':
      return failed(payment);
    default:
      return json(200, sendState(payment));
  }
}

function unknown(payment: SendView): HttpResponse {
  const { transferId, exception } = payment;
  const how = transferId === undefined ? 'repeat the very same request' : `ask with GET /sendmoney/${transferId}`;
  const ask = `It is not known yet how the payment ends. It may still be completed: do not pay again, ${how}.`;
  const message = exception === undefined ? ask : `${ask} A person has to look at it: ${exception.reason}`;
  return outcomeUnknown(message, STATE, transferId, sendState(payment));
}

function failed(payment: SendView): HttpResponse {
  const { code, message = 'it failed', timeout = false } = payment.error ?? {};
  return errorAnswer({
    status: timeout ? 504 : 500,
    message: `The payment failed: ${message}`,
    ...(code !== undefined && { code }),
    stateField: STATE,
    state: sendState(payment),
  });
}

const CURRENT_STATE: Readonly<Record<SendView['stage'], CurrentState>> = {
  'under-way': 'WAITING_FOR_ACTION',
  'quote-offered': 'WAITING_FOR_QUOTE_ACCEPTANCE',
  holding: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  open: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  completed: 'COMPLETED',
  aborted: 'ABORTED',
  failed: 'ERROR_OCCURRED',
};

/** A payment as it is shown: members of `/transfers` where they are the same, and the customer's money besides. */
function sendState(view: SendView): object {
  const { request, payee, price, error, stage } = view;
  return {
    ...request,
    ...(request !== undefined && { to: payee ?? request.to }),
    homeTransactionId: view.homeTransactionId,
    transferId: view.transferId,
    direction: 'OUTBOUND',
    initiatedTimestamp: view.initiatedTimestamp,
    currentState: CURRENT_STATE[stage],
    outcome: stage === 'open' || stage === 'holding' ? 'unknown' : view.outcome,
    quoteId: price?.quoteId,
    quoteResponse: price && request && { body: priceIn(price, request.currency) },
    fee: view.fee,
    total: view.total,
    hold: view.hold,
    exception: view.exception,
    abortedReason: stage === 'aborted' ? error?.message : undefined,
    lastError: stage === 'failed' && error !== undefined ? lastErrorOf(error) : undefined,
  };
}

function lastErrorOf({ code = '2001', message, timeout }: NonNullable<SendView['error']>): object {
  return lastError({ httpStatusCode: timeout ? 504 : 500, errorInformation: { errorCode: code, errorDescription: message.slice(0, 128) } });
}

function priceIn({ transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission, expiration }: SendPrice, currency: string): object {
  const money = (amount: string | undefined) => amount && { amount, currency };
  return {
    transferAmount: money(transferAmount),
    payeeReceiveAmount: money(payeeReceiveAmount),
    payeeFspFee: money(payeeFspFee),
    payeeFspCommission: money(payeeFspCommission),
    expiration,
  };
}

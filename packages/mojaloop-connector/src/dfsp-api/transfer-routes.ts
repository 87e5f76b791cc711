import { type AnswerDoc, type Route, withBody } from '../api-pages/route.ts';
import type { Decision, PayerDoor, PaymentRequest } from '../transfer/payer-door.ts';
import { TransferError, TransferState } from './answer-schemas.ts';
import { type AnswerSettings, errorAnswer, paymentAnswer, requestRefused } from './answers.ts';
import * as examples from './examples.ts';
import { foreignTransferAnswer } from './helper-answers.ts';
import { exampleParams, params, refused } from './payment-docs.ts';
import { type TransferContinuation, TransferContinuation as TransferContinuationSchema, TransferRequest } from './payment-schemas.ts';

const PATH = '/transfers/{transferId}';
const conflict: AnswerDoc = {
  status: 409,
  description: 'The same Idempotency-Key or homeTransactionId with other content. Nothing was begun.',
  schema: TransferError,
};
const busy: AnswerDoc = {
  status: 503,
  description: 'Too much at once. Nothing was begun; try again after Retry-After seconds.',
  schema: TransferError,
};
const failed: AnswerDoc = {
  status: 500,
  description: 'The payment failed; no money moves. `statusCode` is the Mojaloop error code, `transferState.lastError` the whole error.',
  schema: TransferError,
  example: examples.FAILED,
};
const open: AnswerDoc = {
  status: 504,
  description:
    'With `outcome: "unknown"`: nobody knows yet how it ended, and the money may still move. Keep the hold, ask again, do not pay again. Without it: the other side did not answer in time, and no money moves.',
  schema: TransferError,
  example: examples.UNKNOWN,
};

/** `POST`, `PUT` and `GET /transfers`: a payment. */
export function transferRoutes(door: PayerDoor, settings: AnswerSettings): readonly Route[] {
  return [postTransfers(door, settings), putTransfers(door, settings), getTransfers(door, settings)];
}

function postTransfers(door: PayerDoor, settings: AnswerSettings): Route {
  return withBody({
    method: 'POST',
    path: '/transfers',
    body: TransferRequest,
    startsPayment: true,
    mayMoveMoney: true,
    doc: {
      operationId: 'startTransfer',
      tag: 'Payments',
      summary: 'Send money',
      description:
        'Looks the payee up, gets a price and makes the transfer. Where this Payment Manager is set not to accept the party or the quote by itself, it stops there and answers what is on offer; go on with PUT. Send an Idempotency-Key: the same key always gets the same answer and never pays twice.',
      example: examples.TRANSFER_REQUEST,
      answers: [
        {
          status: 200,
          description: 'What is on offer, or the payment when it is done: look at `currentState`.',
          schema: TransferState,
          example: examples.WAITING_FOR_PARTY,
        },
        refused,
        conflict,
        failed,
        busy,
        open,
      ],
    },
    async handle({ body, idempotencyKey, trace }) {
      // without a currency conversion their times have no meaning
      const { fxPrepareExpirySeconds: _prepare, fxQuoteExpirySeconds: _quote, ...request } = body;
      const fault = contradiction(request);
      if (fault !== undefined) return requestRefused(fault);
      const answer = await door.start({
        request,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(trace !== undefined && { trace }),
      });
      return paymentAnswer(answer, settings);
    },
  });
}

/** What a schema cannot say: members that need each other. */
export function contradiction(request: PaymentRequest): string | undefined {
  if (request.skipPartyLookup === true && request.to.fspId === undefined)
    return 'to.fspId is missing: without a look-up it must say who serves the payee.';
  if (request.transactionType === 'REFUND' && request.refundInfo === undefined)
    return 'refundInfo is missing: a REFUND must say which payment it gives back.';
  if (request.transactionType !== 'REFUND' && request.refundInfo !== undefined) return 'refundInfo belongs to transactionType REFUND only.';
  return undefined;
}

function putTransfers(door: PayerDoor, settings: AnswerSettings): Route {
  return withBody({
    method: 'PUT',
    path: PATH,
    params,
    body: TransferContinuationSchema,
    mayMoveMoney: true,
    doc: {
      operationId: 'continueTransfer',
      tag: 'Payments',
      summary: 'Accept or refuse what is on offer',
      description:
        'Exactly one member. `true` goes on, `false` ends the payment as ABORTED, and nothing more is sent. Repeating is safe: a decision that was taken stays, and an ended payment answers how it ended.',
      example: { acceptQuote: true },
      exampleParams,
      answers: [
        { status: 200, description: 'The next offer, or the payment when it is done.', schema: TransferState, example: examples.COMPLETED },
        refused,
        { ...failed, description: `${failed.description} Also for a transferId that is not known here.` },
        busy,
        open,
      ],
    },
    async handle({ body, params: { transferId = '' } }) {
      const decision = decisionOf(body);
      if (decision === undefined)
        return requestRefused('No conversion is on offer: this payment has no currency conversion. Use acceptQuote.');
      const answer = await door.resume(transferId, decision);
      if (answer !== undefined) return paymentAnswer(answer, settings);
      const message = `No cached data found for transferId: ${transferId}. No payment with this id was started here; nothing was begun.`;
      return errorAnswer({ status: 500, message, stateField: 'transferState' });
    },
  });
}

function decisionOf({ acceptParty, acceptQuote, acceptQuoteOrConversion }: TransferContinuation): Decision | undefined {
  if (acceptParty !== undefined) return { acceptParty };
  const accepted = acceptQuote ?? acceptQuoteOrConversion;
  return accepted === undefined ? undefined : { acceptQuote: accepted };
}

function getTransfers(door: PayerDoor, settings: AnswerSettings): Route {
  return {
    method: 'GET',
    path: PATH,
    params,
    mayMoveMoney: true,
    doc: {
      operationId: 'getTransfer',
      tag: 'Payments',
      summary: 'Ask how a payment stands',
      description:
        'Of an open payment the hub is asked first. An id that was not started here is asked for at the hub, too, whose word alone counts. Asking changes nothing and can be repeated.',
      exampleParams,
      answers: [{ status: 200, description: 'The payment.', schema: TransferState, example: examples.COMPLETED }, refused, failed, open],
    },
    async handle({ params: { transferId = '' } }) {
      const answer = await door.inquire(transferId);
      if (answer.kind === 'payment' || answer.kind === 'conflict' || answer.kind === 'busy') return paymentAnswer(answer, settings);
      return foreignTransferAnswer(transferId, answer);
    },
  };
}

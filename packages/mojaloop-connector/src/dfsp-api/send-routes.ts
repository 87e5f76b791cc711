import { type AnswerDoc, type Route, withBody } from '../api-pages/route.ts';
import type { SendDoor } from '../transfer/send-door.ts';
import { TransferError } from './answer-schemas.ts';
import { errorAnswer, requestRefused } from './answers.ts';
import * as examples from './examples.ts';
import { exampleParams, params, refused } from './payment-docs.ts';
import { sendAnswer } from './send-answers.ts';
import { SendContinuation, SendRequest, SendState } from './send-schemas.ts';
import { contradiction } from './transfer-routes.ts';

const PATH = '/sendmoney/{transferId}';
const failed: AnswerDoc = {
  status: 500,
  description: 'The payment failed; no money moves, and what was held is released. `statusCode` is the Mojaloop error code.',
  schema: TransferError,
};
const busy: AnswerDoc = {
  status: 503,
  description: 'Not now. Repeat the very same request after Retry-After seconds.',
  schema: TransferError,
};
const open: AnswerDoc = {
  status: 504,
  description:
    'With `outcome: "unknown"`: nobody knows yet how it ends; the money stays held. Ask again, do not pay again. Without it: the other side did not answer in time, and no money moves.',
  schema: TransferError,
};

/** `POST`, `PUT` and `GET /sendmoney`: a payment of our own customer, the hold at the core included. */
export function sendRoutes(door: SendDoor): readonly Route[] {
  return [postSendmoney(door), putSendmoney(door), getSendmoney(door)];
}

function postSendmoney(door: SendDoor): Route {
  return withBody({
    method: 'POST',
    path: '/sendmoney',
    body: SendRequest,
    startsPayment: true,
    mayMoveMoney: true,
    doc: {
      operationId: 'sendMoney',
      tag: 'Payments',
      summary: "Send a customer's money, hold and booking included",
      description:
        'Served where `core.connector` has the operations `send.…`. Asks the core whether the customer may pay, looks the payee up and gets a price. Answers the price and what is taken in all; go on with PUT. Within `maxFee` it goes on by itself: the core holds the money, the price is accepted, and the core captures or releases when the hub has said how it ended. Book nothing of your own. The same Idempotency-Key or homeTransactionId with the same content is the same payment.',
      example: examples.SEND_REQUEST,
      answers: [
        {
          status: 200,
          description: 'The price, or the payment when it is done: look at `currentState`.',
          schema: SendState,
          example: examples.SEND_OFFERED,
        },
        refused,
        { status: 409, description: 'The same key or homeTransactionId with other content. Nothing was begun.', schema: TransferError },
        failed,
        busy,
        open,
      ],
    },
    async handle({ body, idempotencyKey, trace }) {
      const { fxPrepareExpirySeconds: _prepare, fxQuoteExpirySeconds: _quote, maxFee, ...request } = body;
      const fault = contradiction(request);
      if (fault !== undefined) return requestRefused(fault);
      const answer = await door.send({
        request,
        ...(maxFee !== undefined && { maxFee }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(trace !== undefined && { trace }),
      });
      return sendAnswer(answer);
    },
  });
}

function putSendmoney(door: SendDoor): Route {
  return withBody({
    method: 'PUT',
    path: PATH,
    params,
    body: SendContinuation,
    mayMoveMoney: true,
    doc: {
      operationId: 'continueSendMoney',
      tag: 'Payments',
      summary: 'The customer accepts or refuses the price',
      description:
        'Exactly one member. `true` has the core hold the money, and then the price accepted; `false` ends the payment. Repeating is safe: a word that was taken stays.',
      example: { acceptQuote: true },
      exampleParams,
      answers: [
        { status: 200, description: 'The payment when it is done.', schema: SendState, example: examples.SENT },
        refused,
        { ...failed, description: `${failed.description} Also for a transferId that is not known here.` },
        busy,
        open,
      ],
    },
    async handle({ body: { acceptQuote, acceptParty }, params: { transferId = '' } }) {
      const accept = acceptQuote ?? (acceptParty === false ? false : undefined);
      const answer = await (accept === undefined ? door.ask(transferId) : door.decide(transferId, accept));
      return answer === undefined ? notKnown(transferId) : sendAnswer(answer);
    },
  });
}

function getSendmoney(door: SendDoor): Route {
  return {
    method: 'GET',
    path: PATH,
    params,
    mayMoveMoney: true,
    doc: {
      operationId: 'getSendMoney',
      tag: 'Payments',
      summary: "Ask how a customer's payment stands",
      description: 'Where the outcome is open it is asked for first. Asking changes nothing and can be repeated.',
      exampleParams,
      answers: [{ status: 200, description: 'The payment.', schema: SendState, example: examples.SENT }, refused, failed, open],
    },
    async handle({ params: { transferId = '' } }) {
      const answer = await door.ask(transferId);
      return answer === undefined ? notKnown(transferId) : sendAnswer(answer);
    },
  };
}

function notKnown(transferId: string) {
  const message = `No cached data found for transferId: ${transferId}. No payment with this id was begun by /sendmoney; nothing was begun.`;
  return errorAnswer({ status: 500, message, stateField: 'transferState' });
}

import type { Party, QuotesIdPutResponse, TransfersIdPutResponse } from '@payment-manager/fspiop';
import type { HttpResponse } from '@payment-manager/runtime';
import type { StateField } from '../api-pages/route.ts';
import type { HelperAnswer, PaymentAnswer } from '../transfer/payer-door.ts';
import { declined, errorAnswer, json, lastError, outcomeUnknown, settledOr, transferState, unknownMessage } from './answers.ts';

/**
 * Answers of the pass-through calls (docs/protocol.md, 16.3). Kept from the SDK: 404 for a party that is not found, 200
 * with errorInformation for a refused quote or simple transfer. Mended: time-outs are 504, and the state fields say
 * what happened instead of being empty.
 */

/** `GET /parties/...` */
export function partyAnswer(answer: HelperAnswer<{ party: Party }>): HttpResponse {
  switch (answer.kind) {
    case 'answered':
      return json(200, { party: { body: answer.body.party, headers: answer.headers }, currentState: 'COMPLETED' });
    case 'error':
      return json(404, { errorInformation: answer.errorInformation, currentState: 'COMPLETED' });
    default:
      return readFailed(answer, 'The party', 'requestPartiesInformationState');
  }
}

/** `POST /quotes` */
export function quoteAnswer(answer: HelperAnswer<QuotesIdPutResponse>): HttpResponse {
  switch (answer.kind) {
    case 'answered':
      return json(200, { quotes: { body: answer.body, headers: answer.headers }, currentState: 'COMPLETED' });
    case 'error':
      return json(200, { quotes: { errorInformation: answer.errorInformation }, currentState: 'COMPLETED' });
    default:
      return readFailed(answer, 'The quote', 'requestQuotesInformationState');
  }
}

type Failed = Extract<HelperAnswer<unknown>, { kind: 'timeout' | 'failed' }>;

/** No money can have moved, so this is a plain failure. */
function readFailed(answer: Failed, what: string, stateField: StateField): HttpResponse {
  if (answer.kind === 'timeout')
    return errorAnswer({
      status: 504,
      message: `${what} was not answered in time.`,
      stateField,
      state: { currentState: 'ERROR_OCCURRED' },
    });
  const { errorInformation } = answer;
  return errorAnswer({
    status: 500,
    message: `${what} could not be asked for: ${errorInformation.errorDescription}`,
    code: errorInformation.errorCode,
    stateField,
    state: { currentState: 'ERROR_OCCURRED', lastError: lastError({ httpStatusCode: 500, errorInformation }) },
  });
}

/**
 * `POST /simpleTransfers`. Other than the SDK, `currentState` is COMPLETED only when money moved: a refused transfer
 * is 200 with its errorInformation and ERROR_OCCURRED.
 */
export function simpleTransferAnswer(answer: PaymentAnswer): HttpResponse {
  const stateField = 'requestSimpleTransfersInformationState';
  if (answer.kind !== 'payment') return declined(answer, stateField);
  const { payment } = answer;
  const { transferId } = payment;
  const state = transferState(payment) as { currentState: string; fulfil?: object };
  if (settledOr(answer) === 'unknown') return outcomeUnknown(unknownMessage(payment), stateField, transferId, state);
  if (payment.lastError !== undefined && payment.stage === 'failed') {
    const { errorInformation, httpStatusCode } = payment.lastError;
    if (httpStatusCode === 504)
      return errorAnswer({
        status: 504,
        message: `The transfer failed: ${errorInformation.errorDescription}`,
        code: errorInformation.errorCode,
        stateField,
        state,
      });
    return json(200, { transferId, transfer: { body: { errorInformation }, headers: {} }, currentState: state.currentState });
  }
  if (payment.stage === 'failed') return errorAnswer({ status: 500, message: 'The transfer failed', stateField, state });
  const transfer = state.fulfil ?? { body: { transferState: payment.stage === 'aborted' ? 'ABORTED' : 'RECEIVED' }, headers: {} };
  return json(200, { transferId, transfer, currentState: state.currentState });
}

/**
 * Errors of the hub that say nothing about a transfer that we do not know: 1xxx and 2xxx speak of the way, 30xx and 31xx of our question,
 * and "unknown transfer" (3208) may be true only now: a prepare from before the restore of our journal may still arrive
 * (docs/money-rules.md, 4).
 */
const saysNothing = (code: string): boolean => /^(?:[12]|3[01])/.test(code) || code === '3208';

/**
 * `GET /transfers/{id}` for an id that is not a payment of ours: what the hub says. Other than the SDK, only COMMITTED is
 * COMPLETED; RECEIVED and RESERVED are not final, and an answer that says nothing about the transfer leaves it unknown.
 */
export function foreignTransferAnswer(transferId: string, answer: HelperAnswer<TransfersIdPutResponse>): HttpResponse {
  const unknown = (why: string, state: object = {}) =>
    outcomeUnknown(`What became of transfer ${transferId} is not known: ${why}. Ask again later.`, 'transferState', transferId, state);
  if (answer.kind === 'timeout') return unknown('the hub did not answer in time');
  if (answer.kind === 'answered') {
    const { fulfilment, ...body } = answer.body;
    const committed = body.transferState === 'COMMITTED';
    const fulfil = { body: committed && fulfilment !== undefined ? { ...body, fulfilment } : body, headers: answer.headers };
    if (committed) return json(200, { transferId, currentState: 'COMPLETED', fulfil });
    if (body.transferState === 'ABORTED') return json(200, { transferId, currentState: 'ABORTED', fulfil });
    return unknown(`the hub says ${body.transferState}`, { fulfil });
  }
  const { errorInformation } = answer;
  const state = { lastError: lastError({ httpStatusCode: 500, errorInformation }) };
  if (answer.kind === 'failed' || saysNothing(errorInformation.errorCode)) return unknown(errorInformation.errorDescription, state);
  return errorAnswer({
    status: 500,
    message: `The hub answered about transfer ${transferId}: ${errorInformation.errorDescription}`,
    code: errorInformation.errorCode,
    stateField: 'transferState',
    state: { transferId, currentState: 'ERROR_OCCURRED', ...state },
  });
}

import { dataTypes, type QuotesPostRequest, type TransfersPostRequest } from '@payment-manager/fspiop';
import { type AnswerDoc, type Route, withBody } from '../api-pages/route.ts';
import type { PayerDoor } from '../transfer/payer-door.ts';
import { ErrorAnswer, PartyFound, PartyNotFound, QuoteAnswered, RequestRefused, SimpleTransferAnswered } from './answer-schemas.ts';
import { requestRefused } from './answers.ts';
import * as examples from './examples.ts';
import { partyAnswer, quoteAnswer, simpleTransferAnswer } from './helper-answers.ts';
import { QuoteHelperRequest, SimpleTransferRequest } from './helper-schemas.ts';
import { partyIdentifier } from './payment-schemas.ts';

const refused: AnswerDoc = {
  status: 400,
  description: 'The request is not valid. Nothing was sent.',
  schema: RequestRefused,
  example: examples.REFUSED,
};
const PartyError = ErrorAnswer('requestPartiesInformationState', 'PartyError');
const QuoteError = ErrorAnswer('requestQuotesInformationState', 'QuoteError');
const SimpleTransferError = ErrorAnswer('requestSimpleTransfersInformationState', 'SimpleTransferError');

/** Calls that pass one message through the hub and wait for its answer (docs/protocol.md, 16.3). `fspId` is ours. */
export function helperRoutes(door: PayerDoor, fspId: string): readonly Route[] {
  return [getParty(door, false), getParty(door, true), postQuotes(door), postSimpleTransfers(door, fspId)];
}

function getParty(door: PayerDoor, withSubId: boolean): Route {
  return {
    method: 'GET',
    path: withSubId ? '/parties/{Type}/{ID}/{SubId}' : '/parties/{Type}/{ID}',
    params: { Type: dataTypes.PartyIdType, ID: partyIdentifier, ...(withSubId && { SubId: partyIdentifier }) },
    stateField: 'requestPartiesInformationState',
    doc: {
      operationId: withSubId ? 'findPartyWithSubId' : 'findParty',
      tag: 'Helpers',
      summary: withSubId ? 'Look a party up by identifier and sub-id' : 'Look a party up',
      description: 'Asks the hub who is behind an identifier. Nothing is kept.',
      exampleParams: { Type: 'MSISDN', ID: '27713803912', ...(withSubId && { SubId: 'SAVINGS' }) },
      answers: [
        { status: 200, description: 'The party.', schema: PartyFound, example: examples.PARTY_FOUND },
        refused,
        {
          status: 404,
          description: 'The hub or the other DFSP answered with an error, mostly 3204.',
          schema: PartyNotFound,
          example: examples.PARTY_NOT_FOUND,
        },
        { status: 500, description: 'It could not be asked for.', schema: PartyError },
        { status: 504, description: 'No answer in time.', schema: PartyError },
      ],
    },
    async handle({ params: { Type = '', ID = '', SubId } }) {
      return partyAnswer(await door.findParty({ type: Type, id: ID, ...(SubId !== undefined && { subId: SubId }) }));
    },
  };
}

function postQuotes(door: PayerDoor): Route {
  return withBody({
    method: 'POST',
    path: '/quotes',
    body: QuoteHelperRequest,
    stateField: 'requestQuotesInformationState',
    doc: {
      operationId: 'requestQuote',
      tag: 'Helpers',
      summary: 'Ask for a price',
      description: "Sends the DFSP's own FSPIOP quote request and waits for the answer. Nothing is kept, and no money moves.",
      example: examples.QUOTE_REQUEST,
      answers: [
        {
          status: 200,
          description: 'The price, or `quotes.errorInformation` when it was refused.',
          schema: QuoteAnswered,
          example: examples.QUOTED,
        },
        refused,
        { status: 500, description: 'It could not be asked for.', schema: QuoteError },
        { status: 504, description: 'No answer in time.', schema: QuoteError },
      ],
    },
    async handle({ body: { fspId, quotesPostRequest } }) {
      return quoteAnswer(await door.quote(fspId, quotesPostRequest as QuotesPostRequest));
    },
  });
}

function postSimpleTransfers(door: PayerDoor, ownFspId: string): Route {
  return withBody({
    method: 'POST',
    path: '/simpleTransfers',
    body: SimpleTransferRequest,
    startsPayment: true,
    mayMoveMoney: true,
    stateField: 'requestSimpleTransfersInformationState',
    doc: {
      operationId: 'startSimpleTransfer',
      tag: 'Helpers',
      summary: "Make a transfer on the DFSP's own quote",
      description:
        'Sends a prepare that the DFSP made itself, with all protection of a payment: the same transferId never pays twice, the fulfilment is checked, an open outcome is followed up. Ask with GET /transfers/{transferId}.',
      example: examples.SIMPLE_REQUEST,
      answers: [
        {
          status: 200,
          description:
            '`currentState` COMPLETED: the money moved. ERROR_OCCURRED: it did not, see `transfer.body.errorInformation`. ABORTED: the hub ended it.',
          schema: SimpleTransferAnswered,
          example: examples.SIMPLE_DONE,
        },
        refused,
        { status: 409, description: 'The same key or transferId with other content. Nothing was begun.', schema: SimpleTransferError },
        { status: 500, description: 'The transfer failed; no money moves.', schema: SimpleTransferError },
        {
          status: 503,
          description: 'Too much at once. Nothing was begun; try again after Retry-After seconds.',
          schema: SimpleTransferError,
        },
        {
          status: 504,
          description: 'With `outcome: "unknown"`: nobody knows yet how it ended. Ask again; do not pay again.',
          schema: SimpleTransferError,
        },
      ],
    },
    async handle({ body: { fspId, transfersPostRequest }, idempotencyKey }) {
      const body = transfersPostRequest as TransfersPostRequest;
      if (body.payerFsp !== ownFspId) return requestRefused('transfersPostRequest.payerFsp is not this DFSP.');
      return simpleTransferAnswer(await door.startSimple({ fspId, body, ...(idempotencyKey !== undefined && { idempotencyKey }) }));
    },
  });
}

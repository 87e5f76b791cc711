import { dataTypes } from '@payment-manager/fspiop';
import { type DocumentedRoute, type OpenApiDocument, openApiDocument, type Parameter } from '../api-pages/openapi.ts';
import { CoreError, CorePartyAnswer, CoreQuoteAnswer, CoreTransferAnswer, CoreTransferStateAnswer } from './answer-schemas.ts';
import * as examples from './examples.ts';
import { CoreNotification, CoreQuoteRequest, CoreTransferRequest } from './request-schemas.ts';

const KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'The same for every repeat of this call. A core that honours it gives the same answer again, and books once',
  schema: { type: 'string', minLength: 1, maxLength: 64 },
  example: examples.TRANSFER_ID,
};

const party = { Type: dataTypes.PartyIdType, ID: dataTypes.text(128) };
const transferId = { transferId: dataTypes.CorrelationId };

const findParty: Omit<DocumentedRoute, 'path' | 'params'> & { readonly doc: DocumentedRoute['doc'] } = {
  method: 'GET',
  doc: {
    operationId: 'findParty',
    tag: 'Being paid',
    summary: 'Who is that?',
    description: 'Somebody at another DFSP wants to pay this identifier. A read: it may come again and again, and moves nothing.',
    answers: [
      {
        status: 200,
        description: 'The customer. The payer sees the name before paying.',
        schema: CorePartyAnswer,
        example: examples.PARTY_ANSWER,
      },
      {
        status: '4XX',
        description:
          'Nobody is found: the payer hears 3204, or your own code. But 401, 403, 407 (our installation is wrong: 2001), 408 (2004), 429 (2003), 409 and 425 (2001) say nothing about the customer.',
        schema: CoreError,
        example: examples.NOT_FOUND_PARTY,
      },
      {
        status: '5XX',
        description:
          'It cannot be said now: 2003 for 503, 2004 for 504, else 2001; with an FSPIOP code from 3000 to 5999 in the body it is a no, in that code.',
        schema: CoreError,
      },
    ],
  },
};

const quote: DocumentedRoute = {
  method: 'POST',
  path: '/quoterequests',
  body: CoreQuoteRequest,
  doc: {
    operationId: 'quote',
    tag: 'Being paid',
    summary: 'What does it cost?',
    description:
      'The price of a payment that may come. It moves nothing and holds nothing, and may come again. What you answer here comes back to you in `quote` of `POST /transfers`, unchanged.',
    example: examples.QUOTE_REQUEST,
    answers: [
      { status: 200, description: 'The price. It binds you until it expires.', schema: CoreQuoteAnswer, example: examples.QUOTE_ANSWER },
      {
        status: '4XX',
        description: 'No price: the payer hears 5103, or your own code; with the same exceptions as for a party. Nothing moves.',
        schema: CoreError,
        example: examples.REFUSED,
      },
      { status: '5XX', description: 'No price now, as for a party. Nothing moves.', schema: CoreError },
    ],
  },
};

const transfer: DocumentedRoute = {
  method: 'POST',
  path: '/transfers',
  body: CoreTransferRequest,
  headers: [KEY],
  doc: {
    operationId: 'transfer',
    tag: 'Being paid',
    summary: 'Hold or credit the money',
    description:
      'The payer has paid. Hold the money for the customer (`core.atPrepare: reserve`) or book it (`credit`), under this transferId, once. It comes a second time only where `core.transferRepeatable` says that you honour the key.',
    example: examples.TRANSFER_REQUEST,
    answers: [
      {
        status: 200,
        description:
          '**Executed**: any 2xx with `homeTransactionId` or `transferState`, and without an error in its body. The money is held or booked here, and the scheme is told. **Unknown**: a 2xx with neither of the two, unless `core.emptyAnswerIsOk`; with a body that is not a JSON object; with another `transferState`; or with an error in it that is not an FSPIOP code (`errorInformation`, `error`, or a `statusCode` that is not a success). **Refused**: a 2xx whose body has an FSPIOP code from 3000 to 5999.',
        schema: CoreTransferAnswer,
        example: examples.TRANSFER_ANSWER,
      },
      {
        status: '4XX',
        description:
          '**Refused**: nothing was booked and never will be; the payer gets the money back and hears 5105, or your own code. **Unknown**: 408, 409, 425 and 429, and on a repeated call every 4xx without an FSPIOP code. On a repeated call with a code you are asked, where `core.transferAskable`; else it is a refusal only where `core.repeatKeepsRefusals` says that you remember refusals, and never for 3106.',
        schema: CoreError,
        example: examples.REFUSED,
      },
      {
        status: '5XX',
        description:
          '**Unknown**: it may have been booked. **Refused** only with an FSPIOP code from 3000 to 5999 in the body (`statusCode`, or `errorInformation.errorCode`).',
        schema: CoreError,
      },
      {
        status: 'default',
        description:
          'A redirect, no answer in time, a broken connection: **unknown**. No connection at all: **not sent**, and the payment is refused (2003).',
      },
    ],
  },
};

const notify: DocumentedRoute = {
  method: 'PUT',
  path: '/transfers/{transferId}',
  params: transferId,
  body: CoreNotification,
  headers: [{ ...KEY, example: `${examples.TRANSFER_ID}:COMMITTED` }],
  doc: {
    operationId: 'notify',
    tag: 'Being paid',
    summary: 'This is how it ended',
    description:
      'The final word. Read **`currentState`**: `COMPLETED`: book what you hold. `ABORTED`: release it. There is no member `transferState` at the top; `finalNotification.transferState` says the same in the words of the scheme. Where `core.notificationReadsState` is false, only COMPLETED is told. It comes again until you answer 2xx (`core.notificationRepeatable`): doing it twice must change nothing.',
    example: examples.NOTIFICATION,
    exampleParams: { transferId: examples.TRANSFER_ID },
    answers: [
      {
        status: 200,
        description:
          '**Told**: any 2xx, with any body or none. From now on you are taken at your word: a core that answers 2xx and books nothing has lost its customer’s money, and only `./pm reconcile` can find it.',
      },
      {
        status: '4XX',
        description:
          '**Not taken**: told again later; after five attempts the alarm `CORE_NOT_TOLD` stands. The payment itself has ended, whatever you say here.',
        schema: CoreError,
      },
      {
        status: '5XX',
        description: '**Not taken**, as above. No answer: told again where `core.notificationRepeatable`, else an exception.',
        schema: CoreError,
      },
    ],
  },
};

const ask: DocumentedRoute = {
  method: 'GET',
  path: '/transfers/{transferId}',
  params: transferId,
  doc: {
    operationId: 'ask',
    tag: 'Being paid',
    summary: 'What became of it?',
    description:
      'Asked when the answer to `POST /transfers` was lost, where `core.transferAskable` says that you can tell. Answer from the same books that you post to.',
    exampleParams: { transferId: examples.TRANSFER_ID },
    answers: [
      {
        status: 200,
        description:
          'RESERVED, COMMITTED: **executed**; the payment goes on. ABORTED: **refused**; the payer gets the money back. RECEIVED: asked again.',
        schema: CoreTransferStateAnswer,
        example: examples.STATE_ANSWER,
      },
      {
        status: '4XX',
        description:
          '**It never was**: only a body with `statusCode` 3208, and only after the call’s deadline and `core.quietMs`. Everything else, a bare 404 too, says nothing and is asked again: it may come from a wrong address or a gateway.',
        schema: CoreError,
        example: examples.NOT_FOUND_TRANSFER,
      },
      { status: '5XX', description: 'It says nothing; asked again.', schema: CoreError },
    ],
  },
};

/** The five operations that a core offers, in the order in which a payment needs them. */
export const coreOperations: readonly DocumentedRoute[] = [
  { ...findParty, path: '/parties/{Type}/{ID}', params: party },
  {
    ...findParty,
    path: '/parties/{Type}/{ID}/{SubId}',
    params: { ...party, SubId: dataTypes.text(128) },
    doc: { ...findParty.doc, operationId: 'findPartyWithSubId', summary: 'Who is that, with a sub-id?' },
  },
  quote,
  transfer,
  notify,
  ask,
];

/** The OpenAPI document of what a core offers. */
export function coreApiDocument(): OpenApiDocument {
  return openApiDocument(coreOperations, {
    title: 'Payment Manager: the core’s API',
    summary: 'What the core of a DFSP offers, and what each of its answers means for money',
    server: 'http://127.0.0.1:4100',
    tags: [{ name: 'Being paid', description: 'Payment Manager calls your core at `core.baseUrl`' }],
  });
}

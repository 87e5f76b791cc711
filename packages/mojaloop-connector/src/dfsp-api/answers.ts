import type { HttpResponse, RefusalReason } from '@payment-manager/runtime';
import type { StateField } from '../api-pages/route.ts';
import { partyOfView } from '../transfer/party.ts';
import type { PayerError, PayerView, PaymentAnswer } from '../transfer/payer-door.ts';
import type { CurrentState } from './answer-schemas.ts';

/** Largest request body, as in the SDK. */
export const OUTBOUND_BODY_BYTES_MAX = 1_048_576;

/** Payments are of the moment and of persons: nothing on the way may keep them. */
const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

/** A JSON answer. */
export function json(status: number, body: object, headers: Readonly<Record<string, string>> = JSON_HEADERS): HttpResponse {
  return { status, headers, body: JSON.stringify(body) };
}

/** A request that was refused before anything came of it; `statusCode` is a number here, as in the SDK (docs/protocol.md, 16.1). */
export function requestRefused(message: string, status = 400): HttpResponse {
  return json(status, { message, statusCode: status });
}

interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  /** Mojaloop code; absent: the HTTP status as text. */
  readonly code?: string;
  readonly stateField: StateField;
  readonly state?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the SDK's form. `statusCode` is text here. */
export function errorAnswer({ status, message, code, stateField, state = {}, headers }: ErrorAnswer): HttpResponse {
  return json(status, { message, statusCode: code ?? String(status), [stateField]: state }, { ...JSON_HEADERS, ...headers });
}

/**
 * Nobody knows yet how it ended: 504, always with `outcome: "unknown"`, and with the transferId where there is one, so
 * that the DFSP can ask (docs/money-rules.md, 4). Never to be taken for a failure.
 */
export function outcomeUnknown(message: string, stateField: StateField, transferId?: string, state: object = {}): HttpResponse {
  const outcome = 'unknown';
  return json(504, { message, statusCode: '504', outcome, transferId, [stateField]: { transferId, ...state, outcome } });
}

/** What the configuration says about answers. */
export interface AnswerSettings {
  /** See `OutboundDeps.errorCodeExtensionKey`. */
  readonly errorCodeKey: string | undefined;
  /** The same homeTransactionId is the same payment. */
  readonly deduplicates: boolean;
}

/** The answer of `POST`, `PUT` and `GET /transfers`. */
export function paymentAnswer(answer: PaymentAnswer, settings: AnswerSettings): HttpResponse {
  if (answer.kind !== 'payment') return declined(answer, 'transferState');
  const { payment } = answer;
  switch (settledOr(answer)) {
    case 'unknown':
      return outcomeUnknown(unknownMessage(payment), 'transferState', payment.transferId, transferState(payment));
    case 'failed':
      return failedAnswer(payment, settings);
    default:
      return json(200, transferState(payment));
  }
}

/** A conflict (409) or no room (503 with Retry-After): nothing was begun. */
export function declined(answer: Exclude<PaymentAnswer, { kind: 'payment' }>, stateField: StateField): HttpResponse {
  if (answer.kind === 'busy')
    return errorAnswer({
      status: 503,
      message: answer.message,
      stateField,
      headers: { 'retry-after': String(Math.max(1, Math.ceil(answer.retryAfterSeconds))) },
    });
  const state = answer.payment === undefined ? {} : transferState(answer.payment);
  return errorAnswer({ status: 409, message: answer.message, stateField, state });
}

/**
 * What a payment's stage means for the one who waits. `failed` promises that money cannot move any more; where the
 * view itself doubts that, the promise is not given.
 */
export function settledOr({ payment, timedOut }: Extract<PaymentAnswer, { kind: 'payment' }>): 'settled' | 'failed' | 'unknown' {
  switch (payment.stage) {
    case 'open':
      return 'unknown';
    case 'lookup':
    case 'quoting':
      return timedOut ? 'unknown' : 'settled';
    case 'failed':
    case 'aborted':
      if (payment.outcome === 'unknown' || payment.outcome === 'committed') return 'unknown';
      return payment.stage === 'failed' ? 'failed' : 'settled';
    default:
      return 'settled';
  }
}

/** What a DFSP should know and do while the outcome is open. */
export function unknownMessage({ transferId, exception }: PayerView): string {
  const ask = `The outcome of transfer ${transferId} is not known yet. It may still be completed: do not pay again, ask with GET /transfers/${transferId}.`;
  return exception === undefined ? ask : `${ask} A person has to look at it: ${exception.reason}`;
}

function failedAnswer(payment: PayerView, { errorCodeKey, deduplicates }: AnswerSettings): HttpResponse {
  const { lastError: error } = payment;
  const { errorCode, errorDescription, extensionList } = error?.errorInformation ?? {};
  const own = errorCodeKey === undefined ? undefined : extensionList?.extension.find(({ key }) => key === errorCodeKey)?.value;
  const code = own ?? errorCode;
  return errorAnswer({
    status: error?.httpStatusCode ?? 500,
    message:
      errorDescription === undefined
        ? 'The payment failed'
        : `The payment failed: ${errorDescription}${deduplicates ? adviceOn(payment) : ''}`,
    ...(code !== undefined && { code }),
    stateField: 'transferState',
    state: transferState(payment),
  });
}

/** FSPIOP: the hub does not reach the other side, or that has no room now; a question was not taken. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['1001', '2003']);

/**
 * What a DFSP may do about a payment that ended before its transfer since the other side took no question. No 503: this payment has ended, and its
 * Idempotency-Key gets this answer for ever (docs/money-rules.md, 2). By the homeTransactionId another attempt is found that was made since, and may be
 * paid; where it is not looked for, a repeat could pay twice, and nothing is said.
 */
function adviceOn({ lastError, endedBeforeTransfer }: PayerView): string {
  const over = endedBeforeTransfer === true && lastError?.httpStatusCode === 500 && NOT_TAKEN.has(lastError.errorInformation.errorCode);
  if (!over) return '';
  const how = 'It may be paid later, with the same homeTransactionId and another Idempotency-Key';
  return `. The other side does not take it now; no money moves. ${how}`;
}

const REFUSALS: Readonly<Record<RefusalReason, readonly [status: number, message: string]>> = {
  'body-too-large': [413, `The body is larger than ${OUTBOUND_BODY_BYTES_MAX} bytes.`],
  'headers-too-large': [431, 'The headers are too large.'],
  'malformed-request': [400, 'The request is not proper HTTP, or has a Content-Encoding, which this API does not take.'],
  'request-timeout': [408, 'The request did not arrive in time.'],
  overloaded: [503, 'Too many requests at once: this one was not looked at. Come again with the very same request and Idempotency-Key.'],
  closing: [503, 'This Payment Manager is stopping. Nothing was begun; try again.'],
  // The handler may have begun a payment before it failed, so this is no "no".
  'handler-failed': [504, 'An internal error occurred. Whether a payment was begun is not known: ask, or repeat the very same request.'],
};

/** For a request without the token that is wanted (`outbound.tokenFile`); nothing was begun. */
export function outboundTokenWanted(): HttpResponse {
  const message = 'The token is missing or wrong: send Authorization: Bearer TOKEN. Nothing was begun.';
  return json(401, { message, statusCode: 401 }, { ...JSON_HEADERS, 'www-authenticate': 'Bearer' });
}

/** What the HTTP server itself refuses, in this API's words (`HttpServerOptions.refuse`). */
export function outboundRefusal(reason: RefusalReason): HttpResponse {
  const [status, message] = REFUSALS[reason];
  if (reason === 'handler-failed') return json(status, { message, statusCode: String(status), outcome: 'unknown', transferState: {} });
  return json(status, { message, statusCode: status }, status === 503 ? { ...JSON_HEADERS, 'retry-after': '1' } : JSON_HEADERS);
}

/** The SDK's name for each stage. A payment under way bears the last state that it reached. */
const CURRENT_STATE: Readonly<Record<PayerView['stage'], CurrentState>> = {
  lookup: 'WAITING_FOR_ACTION',
  'party-offered': 'WAITING_FOR_PARTY_ACCEPTANCE',
  quoting: 'WAITING_FOR_PARTY_ACCEPTANCE',
  'quote-offered': 'WAITING_FOR_QUOTE_ACCEPTANCE',
  open: 'WAITING_FOR_QUOTE_ACCEPTANCE',
  completed: 'COMPLETED',
  aborted: 'ABORTED',
  failed: 'ERROR_OCCURRED',
};

/**
 * A payment as the SDK shows it (docs/protocol.md, 16.2), with `outcome` and `exception` besides. The fulfilment is shown
 * of a COMPLETED payment only (docs/money-rules.md, 3).
 */
export function transferState(view: PayerView): object {
  const { request } = view;
  return {
    ...request,
    ...(request !== undefined && { to: partyOfView(view) }),
    transferId: view.transferId,
    direction: 'OUTBOUND',
    initiatedTimestamp: view.initiatedTimestamp,
    currentState: CURRENT_STATE[view.stage],
    outcome: view.stage === 'open' ? 'unknown' : view.outcome,
    exception: view.exception,
    getPartiesResponse: view.getPartiesResponse,
    quoteId: view.quoteId,
    quoteRequest: view.quoteRequest,
    quoteResponse: view.quoteResponse,
    quoteResponseSource: view.quoteResponseSource,
    prepare: view.prepare,
    fulfil: shownFulfil(view),
    abortedReason: view.abortedReason,
    lastError: view.lastError && lastError(view.lastError),
  };
}

/** The SDK's form of an error in a state. */
export function lastError({ httpStatusCode, errorInformation }: PayerError): object {
  return { httpStatusCode, mojaloopError: { errorInformation } };
}

function shownFulfil(view: PayerView): object | undefined {
  if (view.fulfil === undefined || view.stage === 'completed') return view.fulfil;
  const { fulfilment: _hidden, ...body } = view.fulfil.body;
  return { ...view.fulfil, body };
}

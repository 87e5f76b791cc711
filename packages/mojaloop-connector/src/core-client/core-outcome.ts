import { errorBody, isErrorCode } from '@payment-manager/fspiop';
import type { TransportCode } from '@payment-manager/runtime';
import type { MoneyOutcome, ReadOutcome, Refusal } from './core-door.ts';

type Body = Readonly<Record<string, unknown>>;

/** One call, and what became of it. `body` is there when the answer was a JSON object. */
export type CoreAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: Readonly<Record<string, unknown>>; readonly empty: boolean }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly code: TransportCode; readonly message: string }
  /** The deadline had passed before the call. */
  | { readonly kind: 'too-late' };

/** Reads a 2xx answer's body; `undefined` when it is not what was asked for. */
type AnswerReader<T> = (body: Body | undefined) => T | undefined;

/**
 * The four outcomes of a call that moves money, exactly as docs/money-rules.md, 1 has them. The body's FSPIOP code comes first,
 * under whatever status: the SDK's backends refuse under HTTP 500. A success that carries an error is none.
 */
export function moneyOutcome<T>(operation: CoreOperation, answer: CoreAnswer, read: AnswerReader<T>): MoneyOutcome<T> {
  if (answer.kind === 'too-late') return { kind: 'not-sent', refusal: refusal('2004'), reason: 'the deadline had passed before the call' };
  if (answer.kind === 'failed') {
    if (answer.sent) return { kind: 'unknown', reason: answer.message, silent: true };
    return { kind: 'not-sent', refusal: refusal(TRANSPORT_FAILURES[answer.code].code), reason: answer.message, silent: true };
  }
  const { status, body } = answer;
  const error = coreError(body);
  const said = refusalIn(error);
  if (said !== undefined) return { kind: 'rejected', refusal: said };
  if (isDecidedClientError(status)) return { kind: 'rejected', refusal: clientErrorRefusal(operation), uncoded: true };
  if (!isSuccess(status)) return { kind: 'unknown', reason: `the core answered HTTP ${status}`, ...silence(status) };
  if (error !== undefined) return { kind: 'unknown', reason: `the core answered HTTP ${status} with ${errorText(error)}` };
  const value = read(body);
  if (value !== undefined) return { kind: 'ok', value };
  return {
    kind: 'unknown',
    reason: `the core answered HTTP ${status} with ${answer.empty ? 'an empty body' : 'a body that cannot be used'}`,
  };
}

/** The core's no, when every code of its error is one. */
function refusalIn(error: CoreError | undefined): Refusal | undefined {
  const [code] = error?.codes ?? [];
  return code !== undefined && error?.codes.every(isRefusalCode) === true ? coreRefusal(code, error.description) : undefined;
}

function errorText({ codes }: CoreError): string {
  return codes.length === 0 ? 'an error in its body' : `the error code ${codes.join(', ')}`;
}

/** Codes with which a core says that it does not know what was asked for. */
const NOT_FOUND_CODE: Readonly<Partial<Record<CoreOperation, string>>> = { party: '3204', ask: '3208' };

/**
 * What to tell the one who asked. That a *transfer* is not there counts only when the core says so in its own words
 * (3208): a bare 404 may come from a wrong address or a gateway, and "not found" is used as proof (docs/money-rules.md, 1).
 */
export function readOutcome<T>(operation: CoreOperation, answer: CoreAnswer, read: AnswerReader<T>): ReadOutcome<T> {
  if (answer.kind === 'too-late') return { kind: 'failed', refusal: refusal('2004'), reason: 'the deadline had passed before the call' };
  if (answer.kind === 'failed')
    return { kind: 'failed', refusal: refusal(TRANSPORT_FAILURES[answer.code].code), reason: answer.message, silent: true };
  const { status, body } = answer;
  const error = coreError(body);
  const said = refusalIn(error);
  if (said !== undefined) return { kind: 'rejected', refusal: said, notFound: said.code === NOT_FOUND_CODE[operation] };
  const code = error?.codes.find((one) => !isRefusalCode(one));
  if (code !== undefined)
    return { kind: 'failed', refusal: coreRefusal(code, error?.description), reason: `the core answered with the error code ${code}` };
  if (!isSuccess(status)) {
    const { refusal: told, rejected } = readRefusal(operation, status);
    if (rejected) return { kind: 'rejected', refusal: told, notFound: operation === 'party' && (status === 404 || status === 410) };
    return { kind: 'failed', refusal: told, reason: `the core answered HTTP ${status}`, ...silence(status) };
  }
  if (error !== undefined)
    return { kind: 'failed', refusal: refusal('2001'), reason: `the core answered HTTP ${status} with an error in its body` };
  const value = read(body);
  if (value !== undefined) return { kind: 'ok', value };
  return {
    kind: 'failed',
    refusal: refusal('2001'),
    reason: `the core answered HTTP ${status} with ${answer.empty ? 'an empty body' : 'a body that cannot be used'}`,
  };
}

/** What a gateway answers in place of a core that is away or has too much to do (RFC 9110, 15.6). */
export const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

function silence(status: number): { readonly silent?: true } {
  return GATEWAY_STATUSES.has(status) ? { silent: true } : {};
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The error in a core's answer, in whatever way it is written there. */
export interface CoreError {
  /** FSPIOP codes, in the order in which they are believed; empty: none says one. */
  readonly codes: readonly string[];
  /** The core's own words, where it has some. */
  readonly description?: string;
}

/**
 * The error that the body carries: `errorInformation`, `error`, or a `statusCode` that is not a success (2xx, as number or text). Undefined:
 * none. Null, false, an empty text, list or object are no error.
 *
 * @example coreError({ statusCode: '5105', message: 'blocked' }) // { codes: ['5105'], description: 'blocked' }
 */
export function coreError(body: Body | undefined): CoreError | undefined {
  const { errorInformation, error, statusCode, message } = body ?? {};
  const failed = isSomething(statusCode) && !isSuccessCode(statusCode);
  if (!isSomething(errorInformation) && !isSomething(error) && !failed) return undefined;
  const inner = member(error, 'errorInformation');
  const codes = [
    member(errorInformation, 'errorCode'),
    member(inner, 'errorCode'),
    member(error, 'errorCode'),
    member(error, 'statusCode'),
    error,
    statusCode,
  ].map(asCode);
  const description = [member(errorInformation, 'errorDescription'), member(inner, 'errorDescription'), message].find(isText);
  return { codes: codes.filter((code) => code !== undefined), ...(description !== undefined && { description }) };
}

function isSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function isSuccessCode(value: unknown): boolean {
  // anything else is not made a text: an object's own `toString` need not be a function
  return (typeof value === 'string' || typeof value === 'number') && /^2\d\d$/.test(String(value));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Codes come as text or as number; an HTTP status there is none. */
function asCode(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return isErrorCode(text) ? text : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** The five things that a core is asked for. */
export type CoreOperation = 'party' | 'quote' | 'transfer' | 'notify' | 'ask';

/** Statuses of the 4xx class that say nothing about whether the core did it: time-out, conflict, too early, too many (docs/money-rules.md, 1). */
const UNDECIDED_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** The core, or a gateway before it, does not know us: a mistake in our installation and no word about a party or quote. */
const ACCESS_STATUSES: ReadonlySet<number> = new Set([401, 403, 407]);

/**
 * What a 4xx without an FSPIOP code means. The field's cores answer 404 for an unknown party, and any 4xx when they
 * will not price or take a transfer; a peer gets the code of that refusal (docs/protocol.md, 11).
 */
const CODE_OF_CLIENT_ERROR: Readonly<Record<CoreOperation, string>> = {
  party: '3204',
  quote: '5103',
  transfer: '5105',
  notify: '5105',
  ask: '2001',
};

/** What the peer is told when the core could not be asked, and whether a *read* is worth another try at once. */
export const TRANSPORT_FAILURES: Readonly<Record<TransportCode, { readonly code: string; readonly repeatRead: boolean }>> = {
  DNS_FAILED: { code: '2003', repeatRead: true },
  CONNECT_REFUSED: { code: '2003', repeatRead: true },
  CONNECT_FAILED: { code: '2003', repeatRead: true },
  CONNECTION_LOST: { code: '2003', repeatRead: true },
  CONNECT_TIMEOUT: { code: '2003', repeatRead: false },
  POOL_EXHAUSTED: { code: '2003', repeatRead: false },
  TOKEN_UNAVAILABLE: { code: '2003', repeatRead: false },
  CLIENT_CLOSED: { code: '2003', repeatRead: false },
  ANSWER_TIMEOUT: { code: '2004', repeatRead: false },
  TLS_UNTRUSTED_SERVER: { code: '2001', repeatRead: false },
  TLS_CLIENT_REFUSED: { code: '2001', repeatRead: false },
  TLS_FAILED: { code: '2001', repeatRead: false },
  ANSWER_TOO_LARGE: { code: '2001', repeatRead: false },
  ANSWER_MALFORMED: { code: '2001', repeatRead: false },
  REQUEST_INVALID: { code: '2001', repeatRead: false },
};

/** A refusal that is valid whatever it is made of: description cut to 128, blank → the code's standard text. */
export function refusal(code: string, description?: string): Refusal {
  const { errorCode, errorDescription } = errorBody(code, description).errorInformation;
  return { code: errorCode, description: errorDescription };
}

/** The core's own words for a code of its own; they go to the peer, as the SDK's do. */
export function coreRefusal(code: string, description: string | undefined): Refusal {
  return refusal(code, description?.replaceAll(/\p{Cc}+/gu, ' '));
}

/** 3xxx to 5xxx: the core said no. Other codes (1xxx, 2xxx) say that something went wrong on the way. */
function isRefusalCode(code: string): boolean {
  return code >= '3000' && code <= '5999';
}

/** A 4xx that is a no by itself (docs/money-rules.md, 1). */
function isDecidedClientError(status: number): boolean {
  return status >= 400 && status < 500 && !UNDECIDED_STATUSES.has(status);
}

/** The refusal of a money call that a decided 4xx without an FSPIOP code makes. */
function clientErrorRefusal(operation: CoreOperation): Refusal {
  return refusal(CODE_OF_CLIENT_ERROR[operation]);
}

/**
 * What a read that got no usable answer tells the peer. A decided 4xx refuses in the operation's own terms; being kept
 * out (401, 403, 407) is our trouble and 2001; 503 and 429 are 2003, 408 and 504 are 2004, all else is 2001.
 */
function readRefusal(operation: CoreOperation, status: number): { readonly refusal: Refusal; readonly rejected: boolean } {
  const rejected = isDecidedClientError(status) && !ACCESS_STATUSES.has(status) && operation !== 'ask';
  if (rejected) return { refusal: clientErrorRefusal(operation), rejected };
  if (status === 503 || status === 429) return { refusal: refusal('2003'), rejected };
  if (status === 408 || status === 504) return { refusal: refusal('2004'), rejected };
  return { refusal: refusal('2001'), rejected };
}

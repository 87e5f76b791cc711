import type { MoneyOutcome, ReadOutcome, Refusal } from './core-door.ts';
import { type CoreError, coreError } from './core-error.ts';
import type { CoreAnswer } from './core-http.ts';
import {
  type CoreOperation,
  clientErrorRefusal,
  coreRefusal,
  isDecidedClientError,
  isRefusalCode,
  readRefusal,
  refusal,
  TRANSPORT_FAILURES,
} from './core-refusal.ts';

type Body = Readonly<Record<string, unknown>>;

/** Reads a 2xx answer's body; `undefined` when it is not what was asked for. */
export type AnswerReader<T> = (body: Body | undefined) => T | undefined;

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
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

function silence(status: number): { readonly silent?: true } {
  return GATEWAY_STATUSES.has(status) ? { silent: true } : {};
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

import { isErrorCode } from '@payment-manager/fspiop';

type Body = Readonly<Record<string, unknown>> | undefined;

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
export function coreError(body: Body): CoreError | undefined {
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

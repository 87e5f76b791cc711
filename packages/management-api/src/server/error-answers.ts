import { DatabaseUnavailable } from '@payment-manager/database';
import { FilterInvalid } from '@payment-manager/read-model';
import type { Log } from '@payment-manager/runtime';
import { faultText } from './compile-schema.ts';
import { Problem, type ShownProblem } from './problem.ts';

/** What the server itself says no to, by the code of its error. */
const OF_SERVER: Readonly<Record<string, Omit<ShownProblem, 'message'> & { readonly status: number; readonly message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: 'The body is larger than is read here.',
    place: 'body',
    advice: 'Send less at once.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'WRONG_MEDIA_TYPE',
    message: 'The body is of a kind that is not read here.',
    place: 'header content-type',
    expected: 'application/json',
    advice: 'Send JSON, and say so.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    code: 'BODY_INVALID',
    message: 'The body is empty.',
    place: 'body',
    advice: 'Send a JSON object.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    code: 'BODY_INVALID',
    message: 'The body is no JSON.',
    place: 'body',
    advice: 'Send a JSON object.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'BODY_INVALID',
    message: 'The body has another length than was said.',
    place: 'body',
    advice: 'Send it again.',
  },
};

const PLACES: Readonly<Record<string, string>> = { body: 'body', querystring: 'query', params: 'path', headers: 'header' };

interface Thrown {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly validation?: readonly { readonly instancePath?: string }[];
  readonly validationContext?: string;
}

/** Any error as it is answered. What nobody expected is logged, and says nothing of itself. */
export function answerOf(error: unknown, log: Log): { readonly status: number; readonly shown: ShownProblem } {
  if (error instanceof Problem) return { status: error.status, shown: error.shown };
  const { code, statusCode, validation, validationContext = '' } = error as Thrown;
  const known = OF_SERVER[String(code)];
  if (known !== undefined) {
    const { status, ...shown } = known;
    return { status, shown };
  }
  if (error instanceof FilterInvalid || error instanceof RangeError)
    return {
      status: 400,
      shown: { code: 'FILTER_INVALID', message: `${error.message}.`, place: 'query', advice: 'Ask for something else.' },
    };
  if (error instanceof DatabaseUnavailable || /^(?:VAULT|MESSAGES)_[A-Z_]+$/.test(String(code)))
    return {
      status: 503,
      shown: {
        code: 'STORE_UNAVAILABLE',
        message: `What is stored cannot be reached now (${String(code)}).`,
        advice: 'Repeat it in a moment.',
        retryAfter: 2,
      },
    };
  if (validation !== undefined) {
    const place = PLACES[validationContext] ?? validationContext;
    const member = (validation[0]?.instancePath ?? '').slice(1).replaceAll('/', '.').slice(0, 100);
    return {
      status: 400,
      shown: {
        code: 'REQUEST_INVALID',
        message: `${faultText(validation[0])}.`,
        place: member === '' ? place : `${place}.${member}`,
        expected: 'what /api/openapi.json says of it',
        advice: 'Send it as it is described there.',
      },
    };
  }
  if (statusCode === 400 || error instanceof SyntaxError)
    return {
      status: 400,
      shown: { code: 'REQUEST_MALFORMED', message: 'The request cannot be read.', advice: 'Send it as HTTP and JSON demand.' },
    };
  log.error('a request of the management API failed', {
    code: String(code),
    reason: error instanceof Error ? (error.stack ?? error.message).slice(0, 1_000) : 'no error',
  });
  return {
    status: 500,
    shown: { code: 'FAILED', message: 'This failed here, not at your side.', advice: 'Repeat it; if it stays so, look into the log.' },
  };
}

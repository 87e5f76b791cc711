import type { Units } from '@payment-manager/fspiop';
import type { HttpResponse } from '@payment-manager/runtime';
import { formatBalance } from '../../balance.ts';

/** What Fineract answers: the text of its JSON, since that is what it keeps under a key. */
export interface FineractAnswer {
  readonly status: number;
  readonly body: string;
  /** What stood under the key: header `x-served-from-cache`. */
  readonly fromCache?: boolean;
}

/** Which outer code an error has, by its status; the code that says what it is stands in `errors[0]`. */
const OUTER_CODES: Readonly<Record<number, string>> = {
  400: 'validation.msg.validation.errors.exist',
  403: 'validation.msg.domain.rule.violation',
  404: 'error.msg.resource.not.found',
  409: 'error.msg.platform.service.conflict',
};

/** Nothing was done, and why. It stays under the key of the command. */
export class FineractRefusal extends Error {
  readonly status: number;
  /** That of `errors[0]`. */
  readonly code: string;
  constructor(status: number, code: string, parameter?: string) {
    super(parameter === undefined ? code : `${code} (${parameter})`);
    this.status = status;
    this.code = code;
  }

  get answer(): FineractAnswer {
    return errorAnswer(this.status, this.code, this.message);
  }
}

/** An error in Fineract's form. */
export function errorAnswer(status: number, code: string, message = code): FineractAnswer {
  const outer = OUTER_CODES[status] ?? 'error.msg.platform.server.side.error';
  return {
    status,
    body: JSON.stringify({
      developerMessage: message,
      httpStatusCode: String(status),
      defaultUserMessage: message,
      userMessageGlobalisationCode: outer,
      errors: [{ developerMessage: message, defaultUserMessage: message, userMessageGlobalisationCode: code, args: [] }],
    }),
  };
}

/** As HTTP. */
export function fineractResponse({ status, body, fromCache }: FineractAnswer): HttpResponse {
  const cached = fromCache === true ? { 'x-served-from-cache': 'true' } : {};
  return { status, headers: { 'content-type': 'application/json', ...cached }, body };
}

/** As JSON; amounts made by `exactNumber` stand there as exact numbers. */
export function jsonAnswer(body: unknown): FineractAnswer {
  return { status: 200, body: JSON.stringify(body) };
}

/** What the language's library does not declare yet. */
interface ExactJson {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
}
const EXACT = JSON as unknown as ExactJson;

/** An amount as a JSON number with all its decimals: Fineract has no amounts in quotes. */
export function exactNumber(units: Units): unknown {
  return EXACT.rawJSON(formatBalance(units));
}

/** Reads JSON with every number as the text that stands there. @throws FineractRefusal for what is no JSON object or list */
export function readExactly(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  try {
    return EXACT.parse(text === '' ? '{}' : text, (_key, value, { source }) => (typeof value === 'number' ? source : value));
  } catch {
    throw new FineractRefusal(400, 'error.msg.invalid.request.body');
  }
}

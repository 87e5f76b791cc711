import { type ErrorInformation, errorBody, isErrorCode } from '@payment-manager/fspiop';
import type { HttpOutcome } from '@payment-manager/runtime';

/** What one HTTP exchange with the hub means for the message that was sent (docs/protocol.md, 4 and 10; docs/money-rules.md, 4). */
export type Verdict =
  | { readonly kind: 'taken'; readonly detail: string }
  /** The hub has said no to this message: the same message again gets the same no. */
  | { readonly kind: 'refused'; readonly detail: string; readonly errorInformation: ErrorInformation }
  /** Worth another attempt. `arrived` false: proven that no byte of this attempt left. */
  | { readonly kind: 'again'; readonly detail: string; readonly errorInformation: ErrorInformation; readonly mayHaveArrived: boolean }
  /** A redirect: never followed and never repeated by itself (docs/protocol.md, 4), and no proof that nothing was done. */
  | { readonly kind: 'elsewhere'; readonly detail: string; readonly errorInformation: ErrorInformation };

/** Client errors that mean "not now" rather than "no". */
const NOT_NOW = new Set([408, 425, 429]);
/** Answers that tell the code of the protocol when the body does not. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: '3100',
  401: '3000',
  403: '3000',
  404: '3002',
  405: '3000',
  406: '3001',
  501: '2002',
  503: '2003',
};

/** Reads one exchange. Only a failure before a byte left proves that nothing arrived. */
export function verdictOf(outcome: HttpOutcome): Verdict {
  if (outcome.kind === 'failed') {
    const timeout = outcome.code === 'ANSWER_TIMEOUT' || outcome.code === 'CONNECT_TIMEOUT';
    const { errorInformation } = errorBody(timeout ? '2004' : '1001', `${outcome.code}: ${outcome.message}`);
    return { kind: 'again', detail: outcome.code, errorInformation, mayHaveArrived: outcome.sent };
  }
  const { status } = outcome;
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken', detail };
  const errorInformation = errorOf(status, outcome.body);
  if (status >= 300 && status < 400) return { kind: 'elsewhere', detail, errorInformation };
  // "not implemented" is a no for ever; every other 5xx may have been acted on
  if ((status >= 400 && status < 500 && !NOT_NOW.has(status)) || status === 501) return { kind: 'refused', detail, errorInformation };
  return { kind: 'again', detail, errorInformation, mayHaveArrived: true };
}

/** The error in the hub's own words, when the body has them; proxies answer with anything. */
function errorOf(status: number, body: Uint8Array): ErrorInformation {
  const code = CODE_OF_STATUS[status] ?? (status >= 500 ? '2001' : '3000');
  try {
    const parsed = JSON.parse(Buffer.from(body).toString('utf8')) as { errorInformation?: Partial<ErrorInformation> };
    const told = parsed.errorInformation;
    if (told !== undefined && isErrorCode(told.errorCode))
      return errorBody(told.errorCode, String(told.errorDescription ?? '')).errorInformation;
  } catch {
    // not JSON: the status has to do
  }
  return errorBody(code, `the hub answered HTTP ${status}`).errorInformation;
}

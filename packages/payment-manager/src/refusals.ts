import type { HttpResponse, RefusalReason } from '@payment-manager/runtime';

interface Refusal {
  readonly status: number;
  /** FSPIOP error code (fspiop.md 4). */
  readonly code: string;
  readonly text: string;
}

/** What a server must refuse before a handler sees it. A new reason does not compile until it is here. */
const refusals: Readonly<Record<RefusalReason, Refusal>> = {
  'body-too-large': { status: 400, code: '3104', text: 'The body is too large' },
  'headers-too-large': { status: 400, code: '3104', text: 'The headers are too large' },
  'malformed-request': { status: 400, code: '3101', text: 'The request is not well-formed HTTP' },
  'request-timeout': { status: 400, code: '3100', text: 'The request did not arrive completely in time' },
  overloaded: { status: 503, code: '2003', text: 'Too many requests at once; try again later' },
  closing: { status: 503, code: '2003', text: 'This server is leaving; try again later' },
  'handler-failed': { status: 500, code: '2001', text: 'Internal server error' },
};

const retryAfterSeconds = '1';

/** Refusals towards the hub, in FSPIOP's words. */
export function refuseHub(reason: RefusalReason): HttpResponse {
  const { status, code, text } = refusals[reason];
  return {
    status,
    headers: { 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': retryAfterSeconds } : {}) },
    body: JSON.stringify({ errorInformation: { errorCode: code, errorDescription: text } }),
  };
}

/** Refusals towards the DFSP, in the words of the outbound API. */
export function refuseDfsp(reason: RefusalReason): HttpResponse {
  const { status: fspiopStatus, text } = refusals[reason];
  const status = reason === 'body-too-large' ? 413 : reason === 'headers-too-large' ? 431 : fspiopStatus;
  return {
    status,
    headers: { 'content-type': 'application/json', ...(status === 503 ? { 'retry-after': retryAfterSeconds } : {}) },
    body: JSON.stringify({ message: text, statusCode: status }),
  };
}

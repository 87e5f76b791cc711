import { type FspiopError, FspiopError as ProtocolError } from '@payment-manager/fspiop';
import type { HttpResponse, RefusalReason } from '@payment-manager/runtime';

/** Synchronous answers of the inbound API (docs/protocol.md, 4): empty when accepted, an errorInformation when not. */
export const ACCEPTED: HttpResponse = { status: 202 };
export const TAKEN: HttpResponse = { status: 200 };

/** The synchronous refusal of a message, with the error's own status. */
export function refusal(error: FspiopError): HttpResponse {
  return { status: error.httpStatus, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(error.toBody()) };
}

/** Overload: come again. Only new work is told so (docs/money-rules.md, 9). */
export function busy(): HttpResponse {
  const response = refusal(new ProtocolError('2003', 'too many requests are in flight; try again', { httpStatus: 503 }));
  return { ...response, headers: { ...response.headers, 'retry-after': '1' } };
}

/** The journal cannot record the message now, so it is not accepted. */
export function unavailable(): HttpResponse {
  const response = refusal(new ProtocolError('2003', 'the service cannot record the message now; try again', { httpStatus: 503 }));
  return { ...response, headers: { ...response.headers, 'retry-after': '2' } };
}

const OF_SERVER: Readonly<Record<RefusalReason, () => HttpResponse>> = {
  'body-too-large': () => refusal(new ProtocolError('3104', 'the body is too large', { httpStatus: 400 })),
  'headers-too-large': () => refusal(new ProtocolError('3104', 'the headers are too large', { httpStatus: 400 })),
  'malformed-request': () => refusal(new ProtocolError('3101', 'the HTTP request is malformed', { httpStatus: 400 })),
  'request-timeout': () => refusal(new ProtocolError('3100', 'the request was not complete in time', { httpStatus: 400 })),
  overloaded: busy,
  closing: () => refusal(new ProtocolError('2003', 'the service is being stopped', { httpStatus: 503 })),
  'handler-failed': () => refusal(new ProtocolError('2001', 'the service failed to handle the request', { httpStatus: 500 })),
};

/** What the HTTP server itself refuses, in the words of FSPIOP. */
export function refuseInbound(reason: RefusalReason): HttpResponse {
  return OF_SERVER[reason]();
}

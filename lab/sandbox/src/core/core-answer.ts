import type { HttpResponse } from '@payment-manager/runtime';

/** What the core answers: a status and a JSON body. */
export interface CoreAnswer {
  readonly status: number;
  readonly body: object;
}

/** An error of the SDK's backend API: HTTP status, FSPIOP code, text (docs/protocol.md, 17.1). */
export function coreError(status: number, statusCode: string, message: string): CoreAnswer {
  return { status, body: { statusCode, message } };
}

/** As HTTP. */
export function toResponse(answer: CoreAnswer): HttpResponse {
  return { status: answer.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer.body) };
}

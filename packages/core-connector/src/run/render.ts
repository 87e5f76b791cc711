import type { ValueObject } from '../expression/value.ts';
import type { Call } from '../language/operation.ts';
import { type HttpRequest, renderHttp } from './render-http.ts';
import { type Drawn, type Iso8583Request, renderIso8583 } from './render-iso8583.ts';
import { renderSql, type SqlRequest } from './render-sql.ts';

/** A request of any kind as it is sent, but for what says who we are. A repeat of one that moves money is this, byte for byte. */
export type RenderedRequest = HttpRequest | SqlRequest | Iso8583Request;

/** Makes the request of a call. @throws RenderFailed, EvaluationFailed */
export function render(call: Call, root: ValueObject): RenderedRequest {
  switch (call.kind) {
    case 'http':
      return renderHttp(call, root);
    case 'sql':
      return renderSql(call, root);
    case 'iso8583':
      return renderIso8583(call, root);
  }
}

/** The request with what was drawn for its effect, where its kind has numbers and times of its own in each message. */
export function withDrawn(request: RenderedRequest, drawn: ValueObject): RenderedRequest {
  return request.kind === 'iso8583' ? { ...request, drawn: drawn as unknown as Drawn } : request;
}

/** The request as it is sent where one before it may have arrived: the same, but that a host is told that it is a repeat. */
export function asRepeat(request: RenderedRequest): RenderedRequest {
  return request.kind === 'iso8583' && request.repeat !== undefined ? { ...request, mti: request.repeat } : request;
}

/**
 * An enquiry after what was started with a request. A database is asked with the statement that inserts the reference: whether it is there
 * is certain only when nobody who began before can still insert it.
 */
export function enquiryAfter(start: RenderedRequest, enquiry: RenderedRequest): RenderedRequest {
  const [reference] = start.kind === 'sql' ? start.statements : [];
  return enquiry.kind === 'sql' && reference !== undefined ? { ...enquiry, reference } : enquiry;
}

/** A request in few words: `POST /holds`, `INSERT effect; UPDATE account`, or `0200 210000` (type and processing code). Paths may hold what is personal. */
export function requestName(request: RenderedRequest): string {
  if (request.kind === 'http') return `${request.method} ${request.path}`;
  if (request.kind === 'sql') return request.statements.map(({ title }) => title).join('; ');
  const { mti, fields } = request;
  return fields['DE3'] === undefined ? mti : `${mti} ${fields['DE3']}`;
}

/** A request over HTTP, by whoever only knows such. @throws TypeError for one of another kind. */
export function asHttp(request: RenderedRequest): HttpRequest {
  if (request.kind !== 'http') throw new TypeError(`a request over HTTP is expected here, not one of kind ${request.kind}`);
  return request;
}

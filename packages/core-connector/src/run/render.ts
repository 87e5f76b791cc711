import type { ValueObject } from '../expression/value.ts';
import type { Call } from '../language/operation.ts';
import { type HttpRequest, renderHttp } from './render-http.ts';
import { renderSql, type SqlRequest } from './render-sql.ts';

/** A request of any kind as it is sent, but for what says who we are. A repeat of one that moves money is this, byte for byte. */
export type RenderedRequest = HttpRequest | SqlRequest;

/** Makes the request of a call. @throws RenderFailed, EvaluationFailed */
export function render(call: Call, root: ValueObject): RenderedRequest {
  return call.kind === 'http' ? renderHttp(call, root) : renderSql(call, root);
}

/**
 * An enquiry after what was started with a request. A database is asked with the statement that inserts the reference: whether it is there
 * is certain only when nobody who began before can still insert it.
 */
export function enquiryAfter(start: RenderedRequest, enquiry: RenderedRequest): RenderedRequest {
  const [reference] = start.kind === 'sql' ? start.statements : [];
  return enquiry.kind === 'sql' && reference !== undefined ? { ...enquiry, reference } : enquiry;
}

/** A request in few words: `POST /holds`, or `INSERT effect; UPDATE account`. Paths may hold what is personal. */
export function requestName(request: RenderedRequest): string {
  return request.kind === 'http' ? `${request.method} ${request.path}` : request.statements.map(({ title }) => title).join('; ');
}

/** A request over HTTP, by whoever only knows such. @throws TypeError for one of another kind. */
export function asHttp(request: RenderedRequest): HttpRequest {
  if (request.kind !== 'http') throw new TypeError(`a request over HTTP is expected here, not one of kind ${request.kind}`);
  return request;
}

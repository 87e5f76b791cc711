import type { ValueObject } from '../expression/value.ts';
import type { Call } from '../language/operation.ts';
import { type HttpRequest, renderHttp } from './render-http.ts';

/** A request of any kind as it is sent, but for what says who we are. A repeat of one that moves money is this, byte for byte. */
export type RenderedRequest = HttpRequest;

/** Makes the request of a call. @throws RenderFailed, EvaluationFailed */
export function render(call: Call, root: ValueObject): RenderedRequest {
  return renderHttp(call, root);
}

/** A request in few words, for people: its method and path. It may hold what is personal. */
export function requestName({ method, path }: RenderedRequest): string {
  return `${method} ${path}`;
}

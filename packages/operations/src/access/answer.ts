import type { HttpResponse } from '@payment-manager/runtime';

/** A JSON answer of the operations API; never kept by caches. */
export function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  };
}

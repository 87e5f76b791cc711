import { askJson, type HttpClient } from '@payment-manager/runtime';
import type { Authorization } from '../access/operations-token.ts';

/** An answer of the API that the DFSP calls. */
export interface OutboundAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The API that the DFSP calls, of the running product. */
export interface OutboundClient {
  /** A text is why there is no answer, and what to do. */
  call(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object,
  ): Promise<OutboundAnswer | { readonly failed: string; readonly advice: string }>;
}

/** `timeoutMs` covers the callback that each call waits for; `authorization` bears the token, where one is wanted. */
export function outboundClient(url: string, http: HttpClient, timeoutMs: number, authorization: Authorization = {}): OutboundClient {
  return {
    async call(method, path, body) {
      const outcome = await askJson(http, { method, url: `${url}${path}`, headers: authorization, json: body, timeoutMs });
      if (outcome.kind === 'failed') return { failed: outcome.message, advice: outcome.advice };
      const { status, members } = outcome;
      if (members !== undefined) return { status, json: members };
      return { failed: `The program at ${url} is not a Payment Manager.`, advice: 'Check `outbound.host` and `outbound.port`.' };
    },
  };
}

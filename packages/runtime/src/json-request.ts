import type { HttpClient, HttpOutcome, OutgoingRequest } from './http.ts';

/** A request for JSON, and with it where `json` is given. */
export interface JsonRequest extends Omit<OutgoingRequest, 'headers' | 'body'> {
  /** Beside those that say that both bodies are JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A request that failed, or an answer with what its body holds. */
export type JsonOutcome =
  | Extract<HttpOutcome, { kind: 'failed' }>
  | (Extract<HttpOutcome, { kind: 'answer' }> & {
      /** Its members; undefined: what answers speaks no JSON, or the body is not an object. */
      readonly members: Readonly<Record<string, unknown>> | undefined;
    });

/** Asks a server that speaks JSON. Never rejects, and judges no status. */
export async function askJson(http: Pick<HttpClient, 'request'>, request: JsonRequest): Promise<JsonOutcome> {
  const outcome = await http.request(jsonRequest(request));
  return outcome.kind === 'failed' ? outcome : { ...outcome, members: membersIn(outcome.body) };
}

/** The same as a request of any client, for who reads the answer with limits of his own. */
export function jsonRequest({ json, headers, ...request }: JsonRequest): OutgoingRequest {
  const accepting = { accept: 'application/json', ...headers };
  if (json === undefined) return { ...request, headers: accepting };
  return { ...request, headers: { 'content-type': 'application/json', ...accepting }, body: JSON.stringify(json) };
}

/** What a body holds as JSON; undefined: nothing, or no JSON. */
export function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // What the parser says quotes the text.
    return undefined;
  }
}

/** The members of a body that is a JSON object; undefined: it is none. */
export function membersIn(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(body);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

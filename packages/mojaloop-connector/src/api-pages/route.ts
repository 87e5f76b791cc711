import type { HttpResponse } from '@payment-manager/runtime';
import type { Static, TSchema } from 'typebox';

/** Where an operation's error body has the state: `transferState` and its sisters (docs/protocol.md, 16.1). */
export type StateField =
  | 'transferState'
  | 'requestPartiesInformationState'
  | 'requestQuotesInformationState'
  | 'requestSimpleTransfersInformationState';

/**
 * One operation of the API: where it is, what it takes, what it answers, and who does it. Router, checks, OpenAPI
 * document and page are all made from the one table of these, so that none can differ from the others.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `/transfers/{transferId}`: a name in braces is one segment. */
  readonly path: string;
  readonly params?: Readonly<Record<string, TSchema>>;
  readonly body?: TSchema;
  /** It takes an Idempotency-Key and continues a trace. */
  readonly startsPayment?: boolean;
  /** A failure of ours leaves open whether money moves. */
  readonly mayMoveMoney?: boolean;
  /** The member of its error bodies that has the state. */
  readonly stateField?: StateField;
  readonly doc: RouteDoc;
  readonly handle: (call: Call) => Promise<HttpResponse>;
}

/** A request that passed all checks. */
export interface Call<B = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: B;
  readonly idempotencyKey?: string;
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string };
}

/** What the OpenAPI document and the page say of it. Texts may mark code with backticks. */
export interface RouteDoc {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** An example of the body. */
  readonly example?: object;
  /** Values of the path's names in examples. */
  readonly exampleParams?: Readonly<Record<string, string>>;
  readonly answers: readonly AnswerDoc[];
}

/** One status that it answers, or a class of them as OpenAPI has it (`4XX`). */
export interface AnswerDoc {
  readonly status: number | '4XX' | '5XX' | 'default';
  readonly description: string;
  readonly schema?: TSchema;
  readonly example?: object;
  readonly mediaType?: string;
}

/** A route whose handler gets its body in the type of its schema, which it was checked against. */
export function withBody<S extends TSchema>(
  route: Omit<Route, 'handle' | 'body'> & { readonly body: S; readonly handle: (call: Call<Static<S>>) => Promise<HttpResponse> },
): Route {
  return route as Route;
}

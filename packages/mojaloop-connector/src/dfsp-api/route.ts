import type { HttpResponse } from '@payment-manager/runtime';
import type { Static, TSchema } from 'typebox';
import type { StateField } from './answers.ts';

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

interface Node {
  readonly literals: Map<string, Node>;
  readonly routes: Map<string, Route>;
  parameter?: Node;
}

/** What a path leads to. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'no-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'malformed' };

/** Makes the function that finds a route by method and target; the query is not looked at. */
export function router(routes: readonly Route[]): (method: string, target: string) => Match {
  const root: Node = { literals: new Map(), routes: new Map() };
  for (const route of routes) nodeOf(root, route.path).routes.set(route.method, route);
  return (method, target) => {
    const query = target.indexOf('?');
    const segments = (query === -1 ? target : target.slice(0, query)).split('/').slice(1);
    const values: string[] = [];
    let node: Node | undefined = root;
    for (const segment of segments) {
      const literal: Node | undefined = node.literals.get(segment);
      if (literal === undefined) values.push(segment);
      node = literal ?? node.parameter;
      if (node === undefined) return { kind: 'no-path' };
    }
    const route = node.routes.get(method);
    if (route === undefined) return node.routes.size === 0 ? { kind: 'no-path' } : { kind: 'no-method', allowed: [...node.routes.keys()] };
    const params = namedValues(route.path, values);
    return params === undefined ? { kind: 'malformed' } : { kind: 'route', route, params };
  };
}

function nodeOf(root: Node, path: string): Node {
  let node = root;
  for (const segment of path.split('/').slice(1)) {
    const isParameter = segment.startsWith('{');
    let next = isParameter ? node.parameter : node.literals.get(segment);
    if (next === undefined) {
      next = { literals: new Map(), routes: new Map() };
      if (isParameter) node.parameter = next;
      else node.literals.set(segment, next);
    }
    node = next;
  }
  return node;
}

/** Undefined when a value is not proper percent-encoding. */
function namedValues(path: string, values: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  let index = 0;
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
    try {
      params[name] = decodeURIComponent(values[index++] ?? '');
    } catch {
      return undefined;
    }
  }
  return params;
}

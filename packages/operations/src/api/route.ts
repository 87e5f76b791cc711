import type { HttpResponse, Routed } from '@payment-manager/runtime';
import type { Static, TObject } from 'typebox';

/** One operation of the API: where it is, what it takes, and who does it. */
export interface Route extends Routed {
  readonly method: 'GET' | 'POST';
  /** It changes something, or asks others: only who may act, and never a web page. */
  readonly acts?: boolean;
  /** What the body must be; one schema, or one for each value of a member. */
  readonly body?: BodySchema;
  /** What its caller does when the journal could not store: whether something was done is then not known. */
  readonly whenNotStored?: string;
  readonly handle: (call: Call) => Promise<HttpResponse>;
}

export type BodySchema = TObject | OneOf;

/** Bodies of several kinds: `of` has the schema for each value of `member`. */
export interface OneOf {
  readonly member: string;
  readonly of: Readonly<Record<string, TObject>>;
}

/** A request that passed all checks. */
export interface Call<B = unknown> {
  /** Values of the path's names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: B;
}

type BodyOf<S extends BodySchema> = S extends { readonly of: infer O extends Readonly<Record<string, TObject>> }
  ? { [K in keyof O]: Static<O[K]> }[keyof O]
  : S extends TObject
    ? Static<S>
    : never;

/** A route whose handler gets its body in the type of its schema, which it was checked against. */
export function withBody<const S extends BodySchema>(
  route: Omit<Route, 'handle' | 'body'> & { readonly body: S; readonly handle: (call: Call<BodyOf<S>>) => Promise<HttpResponse> },
): Route {
  return route as unknown as Route;
}

/** A request that is answered 400: `code` as docs/errors.md has it, the message says which member or parameter is wrong and what was expected. */
export class RequestRefused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(message: string, { code, status = 400 }: { readonly code: string; readonly status?: number } = { code: 'BAD_REQUEST' }) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

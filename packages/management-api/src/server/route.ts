import type { Static, TSchema } from 'typebox';
import type { Actor } from '../access/actor.ts';
import type { Permission } from '../access/permissions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Headers and connection, as far as a handler needs them. */
export interface Origin {
  /** IP address of who asks; of a trusted proxy, what it says. `local`: the socket of this machine. */
  readonly address: string;
  /** At most 200 characters. */
  readonly userAgent: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
}

export interface Call<P, Q, B, A = Actor> {
  readonly actor: A;
  readonly origin: Origin;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Ends when who asked is gone. */
  readonly signal: AbortSignal;
}

/** What a handler answers when a plain value with 200 is not enough. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly cookies: readonly SetCookie[];
  constructor(status: number, body: unknown, cookies: readonly SetCookie[] = []) {
    this.status = status;
    this.body = body;
    this.cookies = cookies;
  }
}

/** A cookie to set; without a value it is removed. */
export interface SetCookie {
  readonly name: 'session' | 'device' | 'sso';
  readonly value?: string;
  readonly maxAgeSeconds?: number;
}

/** A body that is sent in pieces, as they come. */
export class Streamed {
  readonly type: string;
  readonly pieces: AsyncIterable<string | Buffer>;
  /** Offered as a file under this name. */
  readonly fileName: string | undefined;
  constructor(type: string, pieces: AsyncIterable<string | Buffer>, fileName?: string) {
    this.type = type;
    this.pieces = pieces;
    this.fileName = fileName;
  }
}

/** Who may ask. `anybody`: before a sign-in; then there is no actor. `local`: users of this machine, through the socket. */
export type Wanted = Permission | 'anybody' | 'local';

/** A route as the server, the OpenAPI document and the tests see it. */
export interface Route {
  readonly method: Method;
  /** Below `/api`, with `:name` for parameters. */
  readonly path: string;
  readonly permission: Wanted;
  /** One line for the document. */
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Of 200; absent: any JSON. */
  readonly answer?: TSchema;
  /** Bytes of the largest body; default 65,536. */
  readonly bodyLimit?: number;
  /** Requests a minute from one address; default 2,400. */
  readonly perMinute?: number;
  handle(call: Call<never, never, never, never>): Promise<unknown>;
}

type Of<S> = S extends TSchema ? Static<S> : undefined;

/** A route whose handler has the types of its schemas. */
export function route<
  W extends Wanted,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  made: Omit<Route, 'handle' | 'params' | 'query' | 'body' | 'permission'> & {
    readonly permission: W;
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    handle(call: Call<Of<P>, Of<Q>, Of<B>, W extends 'anybody' ? undefined : Actor>): Promise<unknown>;
  },
): Route {
  return made as unknown as Route;
}

import type { X509Certificate } from 'node:crypto';
import type { Credentials } from './credentials.ts';

/** One HTTP request as it arrived: header names in lower case, the body's bytes untouched ("bytes are sacred"). */
export interface HttpRequest {
  method: string;
  /** Path with query, exactly as in the request line. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** True when the connection presented a client certificate that our CA bundle verified. */
  clientAuthenticated: boolean;
  /** Common name (CN) of that verified client certificate. A hub compares it with FSPIOP-Source. */
  clientName?: string;
}

/** What a handler answers. No body means an empty one (content-length 0). */
export interface HttpResponse {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Close the connection without any answer: how the sandbox plays a broken network. Nothing else is sent then. */
  reset?: boolean;
  /** The body in pieces, as long as there are any, instead of `body`: how the sandbox plays a slow sender and one without end. */
  pieces?: AsyncIterable<Uint8Array>;
}

/**
 * A whole HTTP API as one function. Every API of the product is such a function, so the simulator, the tests and the
 * real server run the same code. A handler that throws is answered 500 by the server, and logged.
 */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  handler: HttpHandler;
  /** Over this size the request is answered by `refuse('body-too-large')` without reading further. */
  maxBodyBytes: number;
  /** TLS on when given; the snapshot is asked for at every new connection's configuration change, see `setCredentials`. */
  tls?: {
    credentials: Credentials;
    requireClientCertificate: boolean;
    /** Asked for each connection whose client certificate comes from a trusted CA, before anything is read from it; false closes it. Absent: all. */
    admitClient?: (certificate: X509Certificate) => boolean;
  };
  /** What the server itself has to refuse is said in the API's own words. */
  refuse: (reason: RefusalReason) => HttpResponse;
  /** A request (headers and body) that is not complete after this time is refused with 'request-timeout'. Default 60,000. */
  requestTimeoutMs?: number;
  /**
   * An answer that its reader has not taken after this time, and one second more for each 256 KiB of it, is ended with its connection.
   * Default 30,000.
   */
  answerTimeoutMs?: number;
  /** Longest time an idle kept-alive connection stays open. Default 72,000. */
  keepAliveTimeoutMs?: number;
  /** Asked for each request when its head is there, before `admit`: who is not to be served gets this answer and takes no place. */
  turnAway?: (head: RequestHead) => HttpResponse | undefined;
  /**
   * Asked for each request when its head is there, before its body is read and before anything is parsed or verified. Undefined
   * refuses it with `refuse('overloaded')`. Absent: everything is let in.
   */
  admit?: (head: RequestHead) => Entry | undefined;
  /**
   * Requests that are here at once, each until its answer has left; above it `refuse('overloaded')`, for new work already above one
   * half. Default 10,000.
   */
  maxRequestsInFlight?: number;
  /** Bytes held at once, of bodies and of answers that have not left yet, by the same rule. Default 134,217,728. */
  maxHeldBytes?: number;
  /**
   * Open connections; above it a new one is closed at once. Default 10,000. With TLS, those that have finished their handshake; beside
   * them half as many (at least 256) may be in theirs, and the oldest of these makes room for a new one.
   */
  maxConnections?: number;
}

/** What is known of a request before its body. */
export type RequestHead = Pick<HttpRequest, 'method' | 'target' | 'headers'>;

/** A request that was let in. */
export interface Entry {
  /** New work; when it becomes crowded, the rest is kept for what is not. */
  readonly isNew: boolean;
  /** Called once, when the handler has answered, or when the sender is gone before that began. */
  readonly leave: () => void;
}

export type RefusalReason =
  | 'body-too-large'
  | 'headers-too-large'
  | 'malformed-request'
  | 'request-timeout'
  | 'overloaded'
  | 'closing'
  | 'handler-failed';

export interface HttpServer {
  /** `http://127.0.0.1:4000` or `https://…`, with the port really taken. */
  readonly url: string;
  readonly port: number;
  /**
   * New connections use these from now on (hot swap, promise 8). Open ones finish what is under way, and close with the answer to
   * their next request, so that a client that is never idle comes over, too. Those whose other side is not trusted any more are ended.
   */
  setCredentials(credentials: Credentials): void;
  /** Everything is served as before, but each answer closes its connection: clients behind a load balancer move on. */
  drain(): void;
  /** Takes no new connection, lets running requests finish for up to `graceMs`, then closes all. */
  close(graceMs: number): Promise<void>;
}

/** One request to send. `timeoutMs` bounds the whole exchange: connect, TLS, send, and the complete answer. */
export interface OutgoingRequest {
  method: string;
  /** Absolute URL. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  timeoutMs: number;
  /** A smaller limit than the client's own. */
  maxAnswerBytes?: number;
}

/**
 * What became of a request. Never thrown: a failed call is a fact like any other, and what the caller may do next
 * depends on whether a byte of the request can have left (`sent`), docs/money-rules.md, 1.
 */
export type HttpOutcome =
  | { kind: 'answer'; status: number; headers: Readonly<Record<string, string>>; body: Uint8Array }
  | {
      kind: 'failed';
      /** How far it came. */
      phase: 'dns' | 'connect' | 'tls' | 'send' | 'answer';
      /** False: proven that no byte of the request left. True: it may have arrived. */
      sent: boolean;
      code: TransportCode;
      /** One sentence for people: what failed, where. No secrets. */
      message: string;
      /** One sentence: what to do about it. */
      advice: string;
    };

/** Stable codes for failed calls (promise 10). */
export type TransportCode =
  /** The request itself cannot be sent: no absolute http(s) URL, or a header that HTTP does not allow. */
  | 'REQUEST_INVALID'
  | 'DNS_FAILED'
  | 'CONNECT_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'CONNECT_FAILED'
  | 'TLS_UNTRUSTED_SERVER'
  | 'TLS_CLIENT_REFUSED'
  | 'TLS_FAILED'
  | 'CONNECTION_LOST'
  | 'ANSWER_TIMEOUT'
  | 'ANSWER_TOO_LARGE'
  | 'ANSWER_MALFORMED'
  | 'POOL_EXHAUSTED'
  | 'TOKEN_UNAVAILABLE'
  | 'CLIENT_CLOSED';

export interface HttpClientOptions {
  /** Connections per origin. Default 64. */
  maxConnectionsPerOrigin?: number;
  /** Requests waiting for a connection, per origin; above it POOL_EXHAUSTED (not sent). Default 10,000. */
  maxQueuedPerOrigin?: number;
  /** For DNS, TCP and TLS together. Default 5,000; the request's own time-out may end it sooner. */
  connectTimeoutMs?: number;
  /** Default 5,242,880. */
  maxAnswerBytes?: number;
  /** For https: our client certificate and the CAs we trust. Absent: the system's CAs and no client certificate. */
  credentials?: Credentials;
  /** The name that the server's certificate must have, and that is asked for (SNI). Absent: the host of the URL. */
  serverName?: string;
}

/** What the pools of a client are doing, over all origins. */
export interface PoolLoad {
  /** Requests on a connection. */
  readonly running: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/** A client with real pools. */
export interface PooledHttpClient extends HttpClient {
  load(): PoolLoad;
}

/** Keep-alive pools per origin. Redirects are never followed. Nothing is retried here: that is the caller's decision. */
export interface HttpClient {
  request(request: OutgoingRequest): Promise<HttpOutcome>;
  /** New connections use these from now on; requests under way finish on the old ones. */
  setCredentials(credentials: Credentials): void;
  close(): Promise<void>;
}

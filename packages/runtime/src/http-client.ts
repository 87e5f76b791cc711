import { createRequire } from 'node:module';
import type { Dispatcher, Pool } from 'undici';
import type { Credentials } from './credentials.ts';
import { Gathered } from './gathered.ts';
import type { HttpClientOptions, HttpOutcome, OutgoingRequest, PooledHttpClient } from './http.ts';
import { createConnector } from './http-connector.ts';
import { failure, failureAfterSending, failureBeforeSending } from './http-failure.ts';

/**
 * Only undici's pool is loaded: the whole of undici (fetch, WebSocket, caches, mocks) would take another 13 MB and 35 ms
 * at each start. The version of undici is pinned, and the tests of the client would tell if the file moved.
 */
const UndiciPool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js') as typeof Pool;

const DEFAULTS = {
  maxConnectionsPerOrigin: 64,
  maxQueuedPerOrigin: 10_000,
  connectTimeoutMs: 5_000,
  maxAnswerBytes: 5_242_880,
};
/** Above it, pools that nobody uses are closed when another is needed. */
const MAX_IDLE_ORIGINS = 256;
const MAX_ANSWER_HEADER_BYTES = 65_536;
/** A connection is not used again after so long a rest; servers close theirs after 5 s or more and may say sooner. */
const IDLE_CONNECTION_MS = 4_000;
const LONGEST_IDLE_CONNECTION_MS = 60_000;

/**
 * The connections to one origin. Waiting is done here and not in undici, so that a request that is given up while it
 * waits costs nothing: undici can only give one up by destroying a connection.
 */
interface OriginPool {
  readonly pool: Pool;
  running: number;
  /** In the order of their coming; who is given up leaves at once. */
  readonly waiting: Set<Exchange>;
}

type Limits = typeof DEFAULTS;

/** An HTTP/1.1 client over undici with one connection per request under way, see `HttpClient`. */
export function createHttpClient(options: HttpClientOptions = {}): PooledHttpClient {
  const limits: Limits = { ...DEFAULTS, ...options };
  let pools = new Map<string, OriginPool>();
  let connector = createConnector(options.credentials, limits.connectTimeoutMs, options.serverName);
  let closed = false;

  /** Undefined when it is no origin of an http or https URL. */
  function poolOf(origin: string): OriginPool | undefined {
    const known = pools.get(origin);
    if (known) return known;
    if (!isHttpOrigin(origin)) return undefined;
    if (pools.size >= MAX_IDLE_ORIGINS) dropIdle(pools);
    const made: OriginPool = { pool: openPool(origin, limits, connector), running: 0, waiting: new Set() };
    pools.set(origin, made);
    return made;
  }

  return {
    request(request: OutgoingRequest): Promise<HttpOutcome> {
      const { origin, path } = split(request.url);
      if (closed) return Promise.resolve(failure('CLIENT_CLOSED', 'connect', false, origin));
      const pool = poolOf(origin);
      if (!pool) return Promise.resolve(failure('REQUEST_INVALID', 'send', false, origin));
      if (isFull(pool, limits)) return Promise.resolve(failure('POOL_EXHAUSTED', 'connect', false, origin, 'the queue is full'));
      const maxAnswerBytes = Math.min(request.maxAnswerBytes ?? Number.POSITIVE_INFINITY, limits.maxAnswerBytes);
      return new Promise((resolve) => admit(pool, new Exchange(origin, path, request, maxAnswerBytes, resolve), limits));
    },
    load() {
      let [running, waiting] = [0, 0];
      for (const pool of pools.values()) {
        running += pool.running;
        waiting += pool.waiting.size;
      }
      return { running, waiting };
    },
    setCredentials(credentials: Credentials): void {
      // First, for it throws when they name no CA: then what was in use stays.
      const fresh = createConnector(credentials, limits.connectTimeoutMs, options.serverName);
      const old = pools;
      pools = new Map();
      connector = fresh;
      for (const [origin, { pool, waiting }] of old) {
        const successor = waiting.size > 0 ? poolOf(origin) : undefined;
        const moving = [...waiting];
        waiting.clear();
        if (successor) for (const exchange of moving) admit(successor, exchange, limits);
        void pool.close();
      }
    },
    async close(): Promise<void> {
      closed = true;
      const last = [...pools.values()];
      for (const { waiting } of last) {
        for (const exchange of [...waiting]) exchange.settle(failure('CLIENT_CLOSED', 'connect', false, exchange.origin));
      }
      await Promise.all(last.map(({ pool }) => pool.close()));
    },
  };
}

function isFull(pool: OriginPool, limits: Limits): boolean {
  return pool.running >= limits.maxConnectionsPerOrigin && pool.waiting.size >= limits.maxQueuedPerOrigin;
}

function admit(pool: OriginPool, exchange: Exchange, limits: Limits): void {
  if (pool.running < limits.maxConnectionsPerOrigin) start(pool, exchange);
  else exchange.waitIn(pool.waiting);
}

function start(pool: OriginPool, exchange: Exchange): void {
  pool.running++;
  exchange.dispatchOn(pool.pool, () => {
    pool.running--;
    const [next] = pool.waiting;
    if (next) start(pool, next);
  });
}

function openPool(origin: string, limits: Limits, connect: ReturnType<typeof createConnector>): Pool {
  return new UndiciPool(origin, {
    connect,
    connections: limits.maxConnectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: LONGEST_IDLE_CONNECTION_MS,
    maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
  });
}

function dropIdle(pools: Map<string, OriginPool>): void {
  for (const [origin, { pool, running }] of pools) {
    if (running > 0) continue;
    pools.delete(origin);
    void pool.close();
  }
}

/** Splits without normalising: the path that is sent is byte for byte the one that the caller signed. */
function split(url: string): { origin: string; path: string } {
  const host = url.indexOf('://') + 3;
  const hash = url.indexOf('#', host);
  const end = hash < 0 ? url.length : hash;
  let path = host;
  while (path < end && url[path] !== '/' && url[path] !== '?') path++;
  const rest = url.slice(path, end);
  return { origin: url.slice(0, path), path: rest.startsWith('/') ? rest : `/${rest}` };
}

function isHttpOrigin(origin: string): boolean {
  if (!/^https?:\/\/[^@]+$/i.test(origin)) return false;
  return URL.canParse(origin);
}

/**
 * One request and its answer, from the queue to the last byte. It tells its outcome exactly once, and `released` once:
 * when the connection no longer works for it, which can be later (a time-out while the connection is still being made).
 *
 * A class, because undici wants one object per request with these methods, and objects of a class share them.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly origin: string;
  readonly path: string;
  readonly request: OutgoingRequest;
  /** True once it has an outcome. */
  settled = false;
  #dispatched = false;
  #queue: Set<Exchange> | undefined;
  #resolve: (outcome: HttpOutcome) => void;
  #released: () => void = () => {};
  #timer: NodeJS.Timeout;
  #maxAnswerBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  #requestSent = false;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #body: Gathered;

  constructor(origin: string, path: string, request: OutgoingRequest, maxAnswerBytes: number, resolve: (outcome: HttpOutcome) => void) {
    this.origin = origin;
    this.path = path;
    this.request = request;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#body = new Gathered(maxAnswerBytes);
    this.#resolve = resolve;
    this.#timer = setTimeout(onTimeout, Math.max(0, request.timeoutMs), this);
    this.#timer.unref();
  }

  /** Waits its turn in a queue, and leaves it when it starts or is given up. */
  waitIn(queue: Set<Exchange>): void {
    this.#queue = queue;
    queue.add(this);
  }

  /** Gives the request to a connection pool; `released` is called when the pool is done with it. */
  dispatchOn(dispatcher: Dispatcher, released: () => void): void {
    this.#queue?.delete(this);
    this.#dispatched = true;
    this.#released = released;
    const { method, headers, body } = this.request;
    dispatcher.dispatch({ path: this.path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 }, this);
  }

  settle(outcome: HttpOutcome): void {
    if (this.settled) return;
    this.settled = true;
    this.#queue?.delete(this);
    clearTimeout(this.#timer);
    this.#resolve(outcome);
  }

  timeOut(): void {
    if (this.settled) return;
    const after = `${this.request.timeoutMs} ms`;
    if (!this.#dispatched) this.settle(failure('POOL_EXHAUSTED', 'connect', false, this.origin, `waited ${after}`));
    else if (!this.#controller) this.settle(failure('CONNECT_TIMEOUT', 'connect', false, this.origin, after));
    else this.#abort(failure('ANSWER_TIMEOUT', this.#phase(), true, this.origin, after));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A time-out came first, so nothing may leave. And nothing may leave twice: should undici ever begin a request anew
    // after its connection broke, the first copy may have arrived.
    if (this.settled || this.#controller) {
      if (this.#controller) this.settle(failure('CONNECTION_LOST', 'send', true, this.origin));
      controller.abort(new Error('settled'));
      return;
    }
    this.#controller = controller;
  }

  onRequestSent(): void {
    this.#requestSent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = flatHeaders(headers);
    if (Number(this.#headers['content-length'] ?? 0) > this.#maxAnswerBytes && this.request.method !== 'HEAD') this.#tooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (!this.settled && !this.#body.add(chunk)) this.#tooLarge();
  }

  onResponseEnd(): void {
    this.settle({ kind: 'answer', status: this.#status, headers: this.#headers, body: this.#body.whole() });
    this.#released();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.settle(this.#controller ? failureAfterSending(error, this.#phase(), this.origin) : failureBeforeSending(error, this.origin));
    this.#released();
  }

  /** Whether the request was written whole; that it arrived is proven only by an answer. */
  #phase(): 'send' | 'answer' {
    return this.#requestSent || this.#status > 0 ? 'answer' : 'send';
  }

  #tooLarge(): void {
    this.#abort(failure('ANSWER_TOO_LARGE', 'answer', true, this.origin));
  }

  #abort(outcome: HttpOutcome): void {
    this.settle(outcome);
    this.#body.clear();
    this.#controller?.abort(new Error('settled'));
  }
}

function onTimeout(exchange: Exchange): void {
  exchange.timeOut();
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Readonly<Record<string, string>> {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Readonly<Record<string, string>>;
}

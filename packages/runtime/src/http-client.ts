import { createRequire } from 'node:module';
import type { Pool } from 'undici';
import type { Credentials } from './credentials.ts';
import type { HttpClientOptions, HttpOutcome, OutgoingRequest, PooledHttpClient } from './http.ts';
import { createConnector } from './http-connector.ts';
import { Exchange } from './http-exchange.ts';
import { failure } from './http-failure.ts';

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
  let connector = createConnector(options.credentials, limits.connectTimeoutMs);
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
      const fresh = createConnector(credentials, limits.connectTimeoutMs);
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

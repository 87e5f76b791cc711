import {
  type AlarmCode,
  type AlarmEntry,
  type Counter,
  every,
  type HttpOutcome,
  isAlarming,
  type OutgoingRequest,
  type PooledHttpClient,
  type Repeated,
  type Silence,
  type TransportCode,
  type World,
} from '@payment-manager/runtime';

export interface AnswerWatchDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  readonly side: 'hub' | 'core';
  /** Base URLs of that side; what follows one is a resource. */
  readonly baseUrls: readonly string[];
}

/** Whether hub or core answer, told from the calls that are made anyway. */
export interface AnswerWatch {
  /** To be used in place of the one that is watched. */
  readonly client: PooledHttpClient;
  /** The one that stands, if any. */
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

/** Calls of one resource that came to nothing, since its last answer. */
interface Failing extends Silence {
  /** When the first of them was begun, by the wall clock, for people. */
  readonly since: number;
  /** A transport code, or `HTTP 503`. */
  readonly last: string;
  /** The last one brought no answer at all, so that any answer to a probe ends it. */
  readonly silent: boolean;
  /** The last one did not even come to a connection. */
  readonly unconnected: boolean;
}

/** Who does not answer. */
export type AnswerAlarmCode = Extract<AlarmCode, 'HUB_NOT_ANSWERING' | 'CORE_NOT_ANSWERING'>;

const CODES = { hub: 'HUB_NOT_ANSWERING', core: 'CORE_NOT_ANSWERING' } as const satisfies Readonly<Record<'hub' | 'core', AnswerAlarmCode>>;

const FORGOTTEN_MS = 60_000;
const PROBE_EVERY_MS = 10_000;
/** Calls are repeated more often than that: what a look finds counts only where none has been made for so long. */
const IDLE_MS = 30_000;
const PROBE_TIMEOUT_MS = 5_000;

const BEFORE_SENDING: readonly string[] = ['dns', 'connect', 'tls'];

/** Failures of our own making, and answers that are only too large. */
const OUR_OWN: ReadonlySet<TransportCode> = new Set([
  'REQUEST_INVALID',
  'POOL_EXHAUSTED',
  'TOKEN_UNAVAILABLE',
  'CLIENT_CLOSED',
  'ANSWER_TOO_LARGE',
]);

/** A core's backend says no under 500 and may mean it; a hub never does. */
const failingStatus = {
  hub: (status: number) => status >= 500 && status !== 501,
  core: (status: number) => status >= 502 && status <= 504,
};

/**
 * Watches the calls of one side, resource by resource. The alarm begins when a resource has not answered three calls in a row for five
 * seconds, and ends with the first answer. Where nothing was asked for half a minute, a `GET /health` each ten seconds looks whether the side
 * is back: any answer shows that it is, also 404.
 */
export function watchAnswers(inner: PooledHttpClient, deps: AnswerWatchDeps): AnswerWatch {
  return new Watch(inner, deps);
}

/** A call of ours began then. */
interface Begun {
  readonly wall: number;
  readonly monotonic: number;
}

class Watch implements AnswerWatch {
  readonly client: PooledHttpClient;
  readonly #inner: PooledHttpClient;
  readonly #deps: AnswerWatchDeps;
  readonly #raised: Counter;
  readonly #bases: readonly string[];
  readonly #failing = new Map<string, Failing>();
  #standing: { readonly since: number } | undefined;
  #probing: Repeated | undefined;

  constructor(inner: PooledHttpClient, deps: AnswerWatchDeps) {
    this.#inner = inner;
    this.#deps = deps;
    this.#raised = deps.metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
    this.#bases = deps.baseUrls.map((url) => url.replace(/\/+$/, '')).sort((a, b) => b.length - a.length);
    this.client = {
      request: (request) => this.#request(request),
      load: () => inner.load(),
      setCredentials: (credentials) => inner.setCredentials(credentials),
      close: () => inner.close(),
    };
  }

  alarms(): readonly AlarmEntry[] {
    if (this.#standing === undefined) return [];
    const { side } = this.#deps;
    return [{ id: side, level: 'alarm', code: CODES[side], reason: reasonOf(this.#down()), since: this.#standing.since }];
  }

  stop(): void {
    this.#probing?.stop();
    this.#standing = undefined;
    this.#failing.clear();
  }

  async #request(request: OutgoingRequest): Promise<HttpOutcome> {
    const { clock, side } = this.#deps;
    const begun = { wall: clock.now(), monotonic: clock.monotonic() };
    const outcome = await this.#inner.request(request);
    if (this.#failing.size > 0 || verdictOf(side, outcome) === 'failed') this.#observe(keyOf(this.#bases, request.url), outcome, begun);
    return outcome;
  }

  #observe(key: string, outcome: HttpOutcome, begun: Begun): void {
    const verdict = verdictOf(this.#deps.side, outcome);
    if (verdict === 'ours') return;
    const known = this.#recent(this.#failing.get(key));
    if (verdict === 'answered') {
      this.#failing.delete(key);
      // who answers one call can be reached by all
      for (const [other, one] of this.#failing) if (one.unconnected && baseOf(other) === baseOf(key)) this.#failing.delete(other);
    } else
      this.#failing.set(key, {
        count: (known?.count ?? 0) + 1,
        since: known?.since ?? begun.wall,
        sinceMonotonic: known?.sinceMonotonic ?? begun.monotonic,
        lastMonotonic: this.#deps.clock.monotonic(),
        last: outcome.kind === 'failed' ? outcome.code : `HTTP ${outcome.status}`,
        silent: outcome.kind === 'failed',
        unconnected: outcome.kind === 'failed' && BEFORE_SENDING.includes(outcome.phase),
      });
    this.#review();
  }

  #review(): void {
    const { side, clock, timers, log } = this.#deps;
    const now = this.#down();
    if (this.#standing === undefined && now.length > 0) {
      this.#standing = { since: Math.min(...now.map(([, { since }]) => since)) };
      this.#raised.add(1, { code: CODES[side] });
      log.error(`alarm: the ${side} does not answer`, { code: CODES[side], reason: reasonOf(now) });
      this.#probing = every(PROBE_EVERY_MS, timers, () => this.#look());
    } else if (this.#standing !== undefined && now.length === 0) {
      log.warn(`the ${side} answers again`, { code: CODES[side], silentMs: clock.now() - this.#standing.since });
      this.#standing = undefined;
      this.#probing?.stop();
    }
  }

  #look(): void {
    for (const base of new Set(this.#idle().map(baseOf))) void this.#ask(base);
  }

  async #ask(base: string): Promise<void> {
    const outcome = await this.#inner.request({ method: 'GET', url: `${base}/health`, headers: {}, timeoutMs: PROBE_TIMEOUT_MS });
    if (this.#standing === undefined || verdictOf(this.#deps.side, outcome) !== 'answered') return;
    for (const key of this.#idle()) if (baseOf(key) === base) this.#failing.delete(key);
    this.#review();
  }

  #idle(): string[] {
    const now = this.#deps.clock.monotonic();
    return [...this.#failing].filter(([, one]) => one.silent && now - one.lastMonotonic >= IDLE_MS).map(([key]) => key);
  }

  #down(): [string, Failing][] {
    return [...this.#failing].filter(([, one]) => isAlarming(one));
  }

  /** What failed long ago, and was no alarm, says nothing of now. */
  #recent(one: Failing | undefined): Failing | undefined {
    return one !== undefined && (isAlarming(one) || this.#deps.clock.monotonic() - one.lastMonotonic < FORGOTTEN_MS) ? one : undefined;
  }
}

/** The base URL and the resource below it, `https://hub.example transfers`: no ids. */
function keyOf(bases: readonly string[], url: string): string {
  const base = bases.find((one) => url.startsWith(`${one}/`)) ?? new URL(url).origin;
  return `${base} ${url.slice(base.length + 1).split(/[/?]/)[0] ?? ''}`;
}

function baseOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' '));
}

function verdictOf(side: 'hub' | 'core', outcome: HttpOutcome): 'answered' | 'failed' | 'ours' {
  if (outcome.kind === 'failed') return OUR_OWN.has(outcome.code) ? 'ours' : 'failed';
  return failingStatus[side](outcome.status) ? 'failed' : 'answered';
}

function reasonOf(down: readonly (readonly [string, Failing])[]): string {
  const each = down.map(([key, { count, last }]) => `${key.replace(' ', '/')} (${count} calls, last ${last})`);
  return `No answer from ${each.join('; ')}.`;
}

import {
  type Breaker,
  CLOSED,
  cameBack,
  GATEWAY_STATUSES,
  letThrough,
  MODE_VALUES,
  modeOf,
} from '@payment-manager/mojaloop-connector/core-client';
import {
  type AlarmBoard,
  type AlarmEntry,
  alarmBoard,
  type Counter,
  every,
  FAILURES_IN_A_ROW,
  type Histogram,
  isAlarming,
  type Repeated,
  type Silence,
  type World,
} from '@payment-manager/runtime';
import type { Backend } from '../language/backend.ts';
import type { CallAnswer } from '../run/answer.ts';

/** What a look at a back end has found; `reason`: in words without a value. */
export type Probed = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Who looks at back ends. */
interface Looks {
  probe(name: string, deadline: number): Promise<Probed>;
}

export type ConditionDeps = Pick<World, 'clock' | 'timers' | 'log' | 'metrics'>;

/** How one back end is, for people. */
export interface ShownCondition {
  readonly name: string;
  /** `unknown`: it was not called as yet. */
  readonly answers: 'yes' | 'no' | 'unknown';
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Calls that are under way. */
  readonly calls: number;
  /** Since when it has not answered, and with what it failed last. */
  readonly silentSince?: number;
  readonly reason?: string;
}

/** A call of a back end that was made. `outcome`: as in the metric `pm_core_backend_call_seconds`. */
export interface MadeCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  readonly purpose: 'read' | 'money';
  readonly outcome: string;
}

/** What came of the calls that this process has made. */
export interface ShownCalls {
  /** How many came to what, since the start. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The last ones, the newest first. */
  readonly recent: readonly MadeCall[];
}

const RECENT_MAX = 20;

/** A back end that does not answer, or of which nothing was heard for so long, is looked at. */
const PROBE_EVERY_MS = 10_000;
const IDLE_MS = 30_000;
const PROBE_TIMEOUT_MS = 5_000;
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How the back ends of a process are, by name, through all versions of the connector: breakers, metrics, probes and the alarm. */
export class Conditions {
  readonly #deps: ConditionDeps;
  readonly #all = new Map<string, Condition>();
  readonly #board: AlarmBoard;
  readonly #raised: Counter;
  readonly #seconds: Histogram;
  #names: () => Iterable<string> = () => this.#all.keys();
  #probing: Repeated | undefined;

  constructor(deps: ConditionDeps) {
    const { metrics, clock } = deps;
    this.#deps = deps;
    this.#board = alarmBoard(clock);
    this.#raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
    this.#seconds = metrics.histogram(
      'pm_core_backend_call_seconds',
      'Calls of the back ends of a core connector, by back end and outcome',
      BUCKETS_SECONDS,
      ['backend', 'outcome'],
    );
    const gauge = (name: string, help: string, value: (one: ShownCondition) => number): void =>
      metrics.readGauge(name, help, ['backend'], () => this.shown().map((one) => ({ labels: { backend: one.name }, value: value(one) })));
    gauge('pm_core_backend_up', 'Does a back end of the core connector answer? 1: as far as is known', ({ answers }) =>
      Number(answers !== 'no'),
    );
    gauge(
      'pm_core_backend_breaker',
      'Circuit breaker before a back end: 0 closed, 1 half-open, 2 open',
      ({ breaker }) => MODE_VALUES[breaker],
    );
    gauge('pm_core_backend_calls', 'Calls of a back end that are under way', ({ calls }) => calls);
  }

  /** That of a back end; the same for each version of the connector. */
  of(name: string): Condition {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const made = new Condition(this.#deps.clock, {
      took: (seconds, outcome) => this.#seconds.observe(seconds, { backend: name, outcome }),
      changed: (one) => this.#review(name, one),
    });
    this.#all.set(name, made);
    return made;
  }

  /** Looks at those that do not answer, or that have a `health` and were not heard for a while. `current`: of the version with which payments begin. */
  watch(current: () => { readonly of: ReadonlyMap<string, Backend>; readonly backEnds: Looks }): void {
    const { timers, clock } = this.#deps;
    this.#names = () => current().of.keys();
    this.#probing = every(PROBE_EVERY_MS, timers, async () => {
      const { of, backEnds } = current();
      const now = clock.monotonic();
      // one that does not say how it is seen to be there is not asked while nothing is wrong
      const due = [...of].filter(([name, one]) =>
        this.of(name).isDue(now, one.kind === 'http' && one.health === undefined ? undefined : IDLE_MS),
      );
      await Promise.all(due.map(async ([name]) => this.of(name).probed(await backEnds.probe(name, clock.now() + PROBE_TIMEOUT_MS))));
    });
  }

  #review(name: string, one: Condition): void {
    const { log } = this.#deps;
    const id = `core/${name}`;
    const { silent, reason = '' } = one;
    if (silent === undefined) {
      if (this.#board.clear(id, 'CORE_NOT_ANSWERING') !== undefined) log.warn('a back end of the core answers again', { backend: name });
      return;
    }
    if (!isAlarming(silent)) return;
    const text = `the back end ${name} does not answer (${silent.count} calls): ${reason}`;
    if (this.#board.raise({ id, code: 'CORE_NOT_ANSWERING', reason: text, since: silent.since }) !== 'new') return;
    this.#raised.add(1, { code: 'CORE_NOT_ANSWERING' });
    log.error('alarm: a back end of the core does not answer', { code: 'CORE_NOT_ANSWERING', backend: name, reason });
  }

  alarms(): readonly AlarmEntry[] {
    return this.#board.alarms();
  }

  shown(): readonly ShownCondition[] {
    return [...this.#names()].map((name) => this.of(name).shown(name));
  }

  /** All of them in one line, e.g. `wallet answers; ledger does not answer (breaker open)`. */
  inWords(): string {
    const words = { yes: 'answers', no: 'does not answer', unknown: 'was not called yet' };
    return this.shown()
      .map(({ name, answers, breaker }) => `${name} ${words[answers]}${breaker === 'closed' ? '' : ` (breaker ${breaker})`}`)
      .join('; ');
  }

  stop(): void {
    this.#probing?.stop();
  }
}

interface Silent extends Silence {
  readonly since: number;
}

interface Told {
  took(seconds: number, outcome: string): void;
  changed(one: Condition): void;
}

/** How one back end is, as its calls and probes tell. */
export class Condition {
  readonly #clock: ConditionDeps['clock'];
  readonly #told: Told;
  #breaker: Breaker = CLOSED;
  #calls = 0;
  readonly #outcomes = new Map<string, number>();
  #recent: readonly MadeCall[] = [];
  #heardAt: number | undefined;
  #answered = false;
  silent: Silent | undefined;
  reason: string | undefined;

  constructor(clock: ConditionDeps['clock'], told: Told) {
    this.#clock = clock;
    this.#told = told;
  }

  /** May it be called now? False: most of the last calls failed, and it is given a rest. */
  passes(): boolean {
    const after = letThrough(this.#breaker, this.#clock.monotonic());
    if (after !== undefined) this.#breaker = after;
    return after !== undefined;
  }

  /** A call begins; what is given back is told of its end, without an answer where it threw. */
  begin(purpose: MadeCall['purpose']): (answer: CallAnswer | undefined) => void {
    const [at, begunAt] = [this.#clock.now(), this.#clock.monotonic()];
    this.#calls++;
    return (answer) => {
      this.#calls--;
      const tookMs = this.#clock.monotonic() - begunAt;
      const outcome = outcomeOf(answer);
      this.#told.took(tookMs / 1_000, outcome);
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
      this.#recent = [{ at, tookMs, purpose, outcome }, ...this.#recent.slice(0, RECENT_MAX - 1)];
      const verdict = verdictOf(answer);
      if (verdict !== 'ours') this.#note(verdict, begunAt);
    };
  }

  /** Should it be looked at? It does not answer, or was not heard for so long. */
  isDue(now: number, idleMs: number = Number.POSITIVE_INFINITY): boolean {
    return this.silent !== undefined || now - (this.#heardAt ?? 0) >= idleMs;
  }

  /** What a look has found. It counts for the alarm; the breaker is moved by calls alone, but for one that is open. */
  probed(found: Probed): void {
    const begunAt = this.#clock.monotonic();
    this.#note(
      found.ok ? { failed: false } : { failed: true, reason: found.reason },
      begunAt,
      modeOf(this.#breaker, begunAt) !== 'half-open',
    );
  }

  #note(verdict: { readonly failed: boolean; readonly reason?: string }, begunAt: number, probe = false): void {
    const now = this.#clock.monotonic();
    const { failed, reason } = verdict;
    if (!probe) this.#breaker = cameBack(this.#breaker, failed, begunAt, now);
    this.#heardAt = now;
    if (!failed) {
      this.#answered = true;
      this.silent = undefined;
      this.reason = undefined;
    } else {
      const { count = 0, since = this.#clock.now(), sinceMonotonic = begunAt } = this.silent ?? {};
      this.silent = { count: count + 1, since, sinceMonotonic, lastMonotonic: now };
      this.reason = reason;
    }
    this.#told.changed(this);
  }

  /** What came of its calls. */
  made(): ShownCalls {
    return { outcomes: Object.fromEntries(this.#outcomes), recent: this.#recent };
  }

  shown(name: string): ShownCondition {
    const mode = modeOf(this.#breaker, this.#clock.monotonic());
    const { silent, reason } = this;
    const answers = silent !== undefined && silent.count >= FAILURES_IN_A_ROW ? 'no' : this.#answered ? 'yes' : 'unknown';
    return {
      name,
      answers,
      breaker: mode,
      calls: this.#calls,
      ...(silent && { silentSince: silent.since }),
      ...(reason !== undefined && { reason }),
    };
  }
}

function verdictOf(answer: CallAnswer | undefined): 'ours' | { readonly failed: boolean; readonly reason?: string } {
  if (answer === undefined || (answer.kind === 'failed' && answer.own === true)) return 'ours';
  if (answer.kind === 'failed') return { failed: true, reason: answer.reason };
  if (answer.kind === 'answer' && GATEWAY_STATUSES.has(answer.status)) return { failed: true, reason: `HTTP ${answer.status}` };
  return { failed: false };
}

function outcomeOf(answer: CallAnswer | undefined): string {
  if (answer === undefined) return 'failed';
  if (answer.kind === 'failed') return answer.sent ? 'unknown' : 'not-sent';
  if (answer.kind === 'iso8583') return 'answered';
  return answer.kind === 'answer' ? `${Math.floor(answer.status / 100)}xx` : answer.state.toLowerCase();
}

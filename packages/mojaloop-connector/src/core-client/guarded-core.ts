import type { Party } from '@payment-manager/fspiop';
import type { AlarmCode, Counter, World } from '@payment-manager/runtime';
import { type Breaker, CLOSED, cameBack, letThrough, MODE_VALUES, modeOf } from './breaker.ts';
import { Bulkheads, CALL_KINDS, type CallKind } from './bulkheads.ts';
import type {
  CoreDoor,
  CoreNotification,
  CoreQuote,
  CoreQuoteRequest,
  CoreTransfer,
  CoreTransferRequest,
  CoreTransferState,
  MoneyOutcome,
  PartyKey,
  ReadOutcome,
  Refusal,
} from './core-door.ts';
import { refusal } from './core-outcome.ts';

/** A core that is not asked for more than it can do. */
export interface GuardedCore extends CoreDoor {
  /**
   * Why a new transfer should not be begun now, or undefined. Asked before anything is journalled: once the start of a call is,
   * the call is made (docs/money-rules.md, 1).
   */
  transferObjection(): Refusal | undefined;
  /** Calls that new work waits for, and that are under way, or waiting for their turn, for so long that it is the core that takes the time. */
  slowCalls(): number;
}

export interface GuardDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  readonly alarm: (code: AlarmCode, label: string, reason: string) => void;
  /** Calls at once, and calls of each kind that may wait for their turn. */
  readonly limits: { readonly coreCalls: number; readonly coreCallsWaiting: number };
}

/** What has a breaker: questions, and calls that new work begins. What is owed to the core has its own back-off instead. */
type Guarded = Exclude<CallKind, 'owed'>;
const GUARDED: readonly Guarded[] = ['party', 'quote', 'transfer'];

/** New work waits so long for its turn; then the core is too slow for it, and the payer is told. */
const PATIENCE_MS = 2_000;
/** While the first in line has waited so long, no further transfer is begun. */
const QUEUE_MS = 1_000;
/** From then on a call is slow. */
const SLOW_MS = 1_000;

/** Why a call was not made: most of the last ones failed, or too many wait. */
type NotMade = 'breaker' | 'bulkhead';

/**
 * Puts bulkheads and circuit breakers before a core: a core that is slow or down for one kind of call does not hold up the
 * others, new work is told at once, and what the core is owed (outcomes, questions after unknown calls) always has room.
 */
export function guardedCore(core: CoreDoor, deps: GuardDeps): GuardedCore {
  return new Guard(core, deps);
}

class Guard implements GuardedCore {
  readonly #core: CoreDoor;
  readonly #deps: GuardDeps;
  readonly #bulkheads: Bulkheads;
  readonly #breakers: Record<Guarded, Breaker> = { party: CLOSED, quote: CLOSED, transfer: CLOSED };
  readonly #refused: Counter;
  /** Since when, oldest first. */
  readonly #underWay = new Set<{ readonly since: number }>();

  constructor(core: CoreDoor, deps: GuardDeps) {
    const { clock, timers, metrics, limits } = deps;
    this.#core = core;
    this.#deps = deps;
    this.#bulkheads = new Bulkheads(clock, timers, limits.coreCalls, limits.coreCallsWaiting);
    const labels = ['operation', 'reason'] as const;
    this.#refused = metrics.counter('pm_core_refused_total', 'Calls of the core that were not made, by operation and reason', labels);
    metrics.readGauge('pm_core_breaker', 'Circuit breakers before the core: 0 closed, 1 half-open, 2 open', ['operation'], () =>
      GUARDED.map((operation) => ({ labels: { operation }, value: MODE_VALUES[this.#mode(operation)] })),
    );
    metrics.readGauge('pm_core_calls', 'Calls of the core now, under way or waiting for their turn', ['operation', 'state'], () =>
      CALL_KINDS.flatMap((operation) => {
        const { running, waiting } = this.#bulkheads.load(operation);
        return [
          { labels: { operation, state: 'running' }, value: running },
          { labels: { operation, state: 'waiting' }, value: waiting },
        ];
      }),
    );
  }

  async findParty(party: PartyKey, deadline: number, trace?: string): Promise<ReadOutcome<Party>> {
    if (!this.#passes('party')) return this.#notRead('party', 'breaker');
    return this.#call<ReadOutcome<Party>>(
      'party',
      this.#patience(deadline),
      () => this.#notRead('party', 'bulkhead'),
      () => this.#core.findParty(party, deadline, trace),
    );
  }

  async quote(request: CoreQuoteRequest, deadline: number, trace?: string): Promise<ReadOutcome<CoreQuote>> {
    // a price for what could not be taken helps nobody
    if (this.#mode('transfer') === 'open' || !this.#passes('quote')) return this.#notRead('quote', 'breaker');
    return this.#call<ReadOutcome<CoreQuote>>(
      'quote',
      this.#patience(deadline),
      () => this.#notRead('quote', 'bulkhead'),
      () => this.#core.quote(request, deadline, trace),
    );
  }

  transfer(request: CoreTransferRequest, key: string, deadline: number, trace?: string): Promise<MoneyOutcome<CoreTransfer>> {
    return this.#call<MoneyOutcome<CoreTransfer>>(
      'transfer',
      this.#patience(deadline),
      () => this.#notSent('transfer'),
      () => this.#core.transfer(request, key, deadline, trace),
    );
  }

  notify(notification: CoreNotification, key: string, deadline: number, trace?: string): Promise<MoneyOutcome<object>> {
    return this.#call<MoneyOutcome<object>>(
      'owed',
      this.#left(deadline),
      () => this.#notSent('owed'),
      () => this.#core.notify(notification, key, deadline, trace),
    );
  }

  ask(transferId: string, deadline: number, begunAt?: number, trace?: string): Promise<ReadOutcome<CoreTransferState>> {
    return this.#call<ReadOutcome<CoreTransferState>>(
      'owed',
      this.#left(deadline),
      () => this.#notRead('owed', 'bulkhead'),
      () => this.#core.ask(transferId, deadline, begunAt, trace),
    );
  }

  slowCalls(): number {
    const now = this.#deps.clock.monotonic();
    let slow = 0;
    for (const { since } of this.#underWay) {
      if (now - since < SLOW_MS) break;
      slow++;
    }
    return slow;
  }

  transferObjection(): Refusal | undefined {
    if (this.#bulkheads.waitedMs('transfer') > QUEUE_MS) return this.#notMade('transfer', 'bulkhead').refusal;
    return this.#passes('transfer') ? undefined : this.#notMade('transfer', 'breaker').refusal;
  }

  /** One call in its compartment; whether it was answered is told to the breaker: a core that answers, whatever it says, is there. */
  async #call<T extends { readonly kind: string; readonly silent?: true }>(
    kind: CallKind,
    patienceMs: number,
    noRoom: () => T,
    make: () => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#deps;
    const waits = { since: clock.monotonic() };
    if (kind !== 'owed') this.#underWay.add(waits);
    let leave: (() => void) | undefined;
    try {
      leave = await this.#bulkheads.enter(kind, patienceMs);
      if (leave === undefined) return noRoom();
      const begunAt = clock.monotonic();
      const outcome = await make();
      if (kind !== 'owed') this.#record(kind, outcome.silent === true, begunAt);
      return outcome;
    } finally {
      leave?.();
      this.#underWay.delete(waits);
    }
  }

  #mode(operation: Guarded): 'closed' | 'half-open' | 'open' {
    return modeOf(this.#breakers[operation], this.#deps.clock.monotonic());
  }

  #passes(operation: Guarded): boolean {
    const after = letThrough(this.#breakers[operation], this.#deps.clock.monotonic());
    if (after !== undefined) this.#breakers[operation] = after;
    return after !== undefined;
  }

  #record(operation: Guarded, failed: boolean, begunAt: number): void {
    const { clock, log, alarm } = this.#deps;
    const before = this.#breakers[operation];
    const after = cameBack(before, failed, begunAt, clock.monotonic());
    this.#breakers[operation] = after;
    if (before.openedAt === undefined && after.openedAt !== undefined)
      alarm('CORE_CALLS_FAILING', '', `most of the last calls of the core (${operation}) failed; new ones are refused for a while`);
    if (before.openedAt !== undefined && after.openedAt === undefined) log.info('core: answers again', { operation });
  }

  #notMade(operation: CallKind, reason: NotMade): { readonly refusal: Refusal; readonly reason: string } {
    this.#refused.add(1, { operation, reason });
    return reason === 'breaker'
      ? { refusal: refusal('2003', 'the DFSP does not answer now; try again later'), reason: 'the core does not answer: not called' }
      : { refusal: refusal('2003', 'the DFSP is too slow now; try again later'), reason: 'too many calls of the core wait: not called' };
  }

  #notRead(operation: CallKind, reason: NotMade) {
    return { kind: 'failed', ...this.#notMade(operation, reason) } as const;
  }

  #notSent(operation: CallKind) {
    return { kind: 'not-sent', ...this.#notMade(operation, 'bulkhead') } as const;
  }

  #left(deadline: number): number {
    return deadline - this.#deps.clock.now();
  }

  #patience(deadline: number): number {
    return Math.min(PATIENCE_MS, this.#left(deadline));
  }
}

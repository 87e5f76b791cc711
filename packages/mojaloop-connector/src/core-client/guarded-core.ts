import type { Party } from '@payment-manager/fspiop';
import type { Clock, Log, Metrics, Timers } from '@payment-manager/runtime';
import { type Breaker, CLOSED, cameBack, letThrough, modeOf } from './breaker.ts';
import { Bulkheads, CALL_KINDS, type CallKind } from './bulkheads.ts';
import type { CoreDoor, CoreQuote, CoreTransfer, CoreTransferState, MoneyOutcome, ReadOutcome, Refusal } from './core-door.ts';
import { refusal } from './core-refusal.ts';

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

export interface GuardDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly alarm: (code: string, label: string, reason: string) => void;
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

const MODE_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const;

/**
 * Puts bulkheads and circuit breakers before a core: a core that is slow or down for one kind of call does not hold up the
 * others, new work is told at once, and what the core is owed (outcomes, questions after unknown calls) always has room.
 */
export function guardedCore(core: CoreDoor, deps: GuardDeps): GuardedCore {
  const { clock, timers, log, metrics, limits } = deps;
  const bulkheads = new Bulkheads(clock, timers, limits.coreCalls, limits.coreCallsWaiting);
  const breakers: Record<Guarded, Breaker> = { party: CLOSED, quote: CLOSED, transfer: CLOSED };
  const refused = metrics.counter('pm_core_refused_total', 'Calls of the core that were not made, by operation and reason', [
    'operation',
    'reason',
  ]);
  metrics.readGauge('pm_core_breaker', 'Circuit breakers before the core: 0 closed, 1 half-open, 2 open', ['operation'], () =>
    GUARDED.map((operation) => ({ labels: { operation }, value: MODE_VALUE[modeOf(breakers[operation], clock.monotonic())] })),
  );
  metrics.readGauge('pm_core_calls', 'Calls of the core now, under way or waiting for their turn', ['operation', 'state'], () =>
    CALL_KINDS.flatMap((operation) => {
      const { running, waiting } = bulkheads.load(operation);
      return [
        { labels: { operation, state: 'running' }, value: running },
        { labels: { operation, state: 'waiting' }, value: waiting },
      ];
    }),
  );

  /** Since when, oldest first. */
  const underWay = new Set<{ readonly since: number }>();

  function passes(operation: Guarded): boolean {
    const after = letThrough(breakers[operation], clock.monotonic());
    if (after !== undefined) breakers[operation] = after;
    return after !== undefined;
  }

  function record(operation: Guarded, failed: boolean, begunAt: number): void {
    const before = breakers[operation];
    const after = cameBack(before, failed, begunAt, clock.monotonic());
    breakers[operation] = after;
    if (before.openedAt === undefined && after.openedAt !== undefined)
      deps.alarm('CORE_CALLS_FAILING', '', `most of the last calls of the core (${operation}) failed; new ones are refused for a while`);
    if (before.openedAt !== undefined && after.openedAt === undefined) log.info('core: answers again', { operation });
  }

  function notMade(operation: CallKind, reason: 'breaker' | 'bulkhead'): { readonly refusal: Refusal; readonly reason: string } {
    refused.add(1, { operation, reason });
    return reason === 'breaker'
      ? { refusal: refusal('2003', 'the DFSP does not answer now; try again later'), reason: 'the core does not answer: not called' }
      : { refusal: refusal('2003', 'the DFSP is too slow now; try again later'), reason: 'too many calls of the core wait: not called' };
  }
  const notRead = (operation: CallKind, reason: 'breaker' | 'bulkhead') => ({ kind: 'failed', ...notMade(operation, reason) }) as const;
  const notSent = (operation: CallKind) => ({ kind: 'not-sent', ...notMade(operation, 'bulkhead') }) as const;

  /** One call in its compartment; whether it was answered is told to the breaker: a core that answers, whatever it says, is there. */
  async function call<T extends { readonly kind: string; readonly silent?: true }>(
    kind: CallKind,
    patienceMs: number,
    noRoom: () => T,
    make: () => Promise<T>,
  ): Promise<T> {
    const waits = { since: clock.monotonic() };
    if (kind !== 'owed') underWay.add(waits);
    let leave: (() => void) | undefined;
    try {
      leave = await bulkheads.enter(kind, patienceMs);
      if (leave === undefined) return noRoom();
      const begunAt = clock.monotonic();
      const outcome = await make();
      if (kind !== 'owed') record(kind, outcome.silent === true, begunAt);
      return outcome;
    } finally {
      leave?.();
      underWay.delete(waits);
    }
  }

  const left = (deadline: number): number => deadline - clock.now();
  const patience = (deadline: number): number => Math.min(PATIENCE_MS, left(deadline));

  return {
    async findParty(party, deadline) {
      if (!passes('party')) return notRead('party', 'breaker');
      return call<ReadOutcome<Party>>(
        'party',
        patience(deadline),
        () => notRead('party', 'bulkhead'),
        () => core.findParty(party, deadline),
      );
    },
    async quote(request, deadline) {
      // a price for what could not be taken helps nobody
      const noTransfers = modeOf(breakers.transfer, clock.monotonic()) === 'open';
      if (noTransfers || !passes('quote')) return notRead('quote', 'breaker');
      return call<ReadOutcome<CoreQuote>>(
        'quote',
        patience(deadline),
        () => notRead('quote', 'bulkhead'),
        () => core.quote(request, deadline),
      );
    },
    transfer: (request, key, deadline) =>
      call<MoneyOutcome<CoreTransfer>>(
        'transfer',
        patience(deadline),
        () => notSent('transfer'),
        () => core.transfer(request, key, deadline),
      ),
    notify: (notification, key, deadline) =>
      call<MoneyOutcome<object>>(
        'owed',
        left(deadline),
        () => notSent('owed'),
        () => core.notify(notification, key, deadline),
      ),
    ask: (transferId, deadline) =>
      call<ReadOutcome<CoreTransferState>>(
        'owed',
        left(deadline),
        () => notRead('owed', 'bulkhead'),
        () => core.ask(transferId, deadline),
      ),
    slowCalls() {
      const now = clock.monotonic();
      let slow = 0;
      for (const { since } of underWay) {
        if (now - since < SLOW_MS) break;
        slow++;
      }
      return slow;
    },
    transferObjection() {
      if (bulkheads.waitedMs('transfer') > QUEUE_MS) return notMade('transfer', 'bulkhead').refusal;
      return passes('transfer') ? undefined : notMade('transfer', 'breaker').refusal;
    },
  };
}

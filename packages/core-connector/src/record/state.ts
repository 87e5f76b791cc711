import type { JournalEvent, PrunedEvent } from '@payment-manager/journal';
import type { CoreEvent, CoreExceptionCode, Ended, Side } from './events.ts';

/** An operation of the record. */
export interface OperationState {
  readonly begunAt: number;
  readonly hash: string;
  readonly version: string;
  readonly input: string;
  readonly deadline: number | undefined;
  readonly undoes: string | undefined;
  readonly ended: Ended | undefined;
  /** How often going over it failed, and when it last did. */
  readonly failures: number;
  readonly failedAt: number | undefined;
}

/** The code of a core that was never reached. */
const UNREACHABLE = '2003';

export type EffectStatus = 'started' | 'not-sent' | 'unknown' | 'pending' | 'ok' | 'refused' | 'reversed';

/** An effect of the record. */
export interface EffectState {
  readonly name: string;
  readonly operation: string;
  readonly kind: string;
  readonly status: EffectStatus;
  /** Since when. */
  readonly since: number;
  readonly attempt: number;
  readonly firstStartedAt: number;
  readonly startedAt: number;
  readonly deadline: number;
  readonly key: string;
  readonly amount: string | undefined;
  readonly sealed: string;
  /** When the core lets go of it, of a hold. */
  readonly expiresAt: number | undefined;
  /** How often the core was had to keep it for longer; how often that failed since the last time, and when it last did. */
  readonly renewals: number;
  readonly renewalFailures: number;
  readonly renewalFailedAt: number | undefined;
  /** A call before the last one may have been executed. */
  readonly unsettled: boolean;
  readonly quiet: boolean;
  /** When it was written that its quiet time is over; 0: it is not. */
  readonly quietAt: number;
  readonly keyEnded: boolean;
  /** The callback that is awaited of it. */
  readonly awaits: string | undefined;
  /** How often the core has called back, and whether it was not asked since. */
  readonly hints: number;
  readonly hinted: boolean;
  readonly asks: number;
  /** After the quiet time it was asked about and was not there, with no call since: it never will be, or the quiet time is too short. */
  readonly missed: boolean;
  readonly askedAt: number | undefined;
  readonly reversals: number;
  readonly reversedAt: number | undefined;
  readonly facts: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly reason: string | undefined;
}

export interface Exception {
  readonly code: CoreExceptionCode;
  readonly reason: string;
  readonly since: number;
  readonly effect: string | undefined;
}

/** The record that a payment has at the core. */
export interface CoreState {
  readonly transferId: string;
  readonly side: Side;
  /** Events up to now: what was worked out from a state counts only for that state. */
  readonly events: number;
  readonly operations: Readonly<Record<string, OperationState>>;
  /** The operation that goes on; a later one takes the place of one that has not ended. */
  readonly running: string | undefined;
  readonly effects: Readonly<Record<string, EffectState>>;
  readonly stuck: Exception | undefined;
  readonly exception: Exception | undefined;
}

/** Nobody knows yet what becomes of it. */
export function isOpen({ status }: EffectState): boolean {
  return status === 'started' || status === 'not-sent' || status === 'unknown' || status === 'pending';
}

/** What happened. */
export function applyCore(before: CoreState | undefined, event: CoreEvent): CoreState {
  if (event.type === 'operation-begun') return begun(before, event);
  // what pruning has left of it
  if ((event as JournalEvent).type === 'pruned') return unpruned(event as unknown as PrunedEvent<PrunedCore>);
  if (before === undefined) throw new Error(`a record at the core cannot begin with ${event.type}`);
  const state: CoreState = { ...before, events: before.events + 1 };
  switch (event.type) {
    case 'operation-failed': {
      const { failures } = operationOf(state, event.operation);
      return withOperation(state, event.operation, { failures: failures + 1, failedAt: event.at });
    }
    case 'operation-ended': {
      const ended = withOperation(state, event.operation, { ended: event.ended });
      const running = state.running === event.operation ? undefined : state.running;
      return { ...ended, running, stuck: undefined, exception: withoutHold(state) };
    }
    case 'stuck':
      return { ...state, stuck: { code: 'CORE_EFFECT_STUCK', reason: event.reason, since: event.at, effect: undefined } };
    case 'exception-raised':
      return { ...state, exception: { code: event.code, reason: event.reason, since: event.at, effect: event.effect } };
    case 'person-acted':
      return state;
    default:
      return effectEvent(state, event);
  }
}

function begun(before: CoreState | undefined, event: Extract<CoreEvent, { type: 'operation-begun' }>): CoreState {
  const operation: OperationState = {
    begunAt: event.at,
    hash: event.hash,
    version: event.version,
    input: event.input,
    deadline: event.deadline,
    undoes: event.undoes,
    ended: undefined,
    failures: 0,
    failedAt: undefined,
  };
  return {
    transferId: event.transferId,
    side: event.side,
    events: (before?.events ?? 0) + 1,
    operations: { ...before?.operations, [event.operation]: operation },
    running: event.operation,
    effects: before?.effects ?? {},
    stuck: before?.stuck,
    exception: before?.exception,
  };
}

/** That a hold will end does not matter any more once its payment has its outcome. */
function withoutHold({ exception }: CoreState): Exception | undefined {
  return exception?.code === 'CORE_HOLD_EXPIRES' ? undefined : exception;
}

type EffectEvent = Extract<CoreEvent, { effect: string }>;

function effectEvent(state: CoreState, event: Exclude<EffectEvent, { type: 'exception-raised' }>): CoreState {
  const { at } = event;
  const to = (change: Partial<EffectState>): CoreState => withEffect(state, event.effect, change);
  switch (event.type) {
    case 'effect-started':
      return started(state, event);
    case 'effect-ended': {
      const known: Partial<EffectState> =
        event.outcome === 'ok'
          ? { facts: event.facts }
          : event.outcome === 'refused'
            ? { code: event.code, message: event.message }
            : { reason: event.reason, code: event.by === 'not-sent' ? UNREACHABLE : undefined };
      const after = to({ ...known, status: event.outcome, since: at, unsettled: false });
      return { ...after, exception: state.exception?.effect === event.effect ? undefined : state.exception };
    }
    case 'effect-unknown':
      return to({ status: 'unknown', since: at, reason: event.reason, unsettled: true, quiet: false, hinted: false });
    case 'effect-not-sent':
      return to({ status: 'not-sent', since: at, reason: event.reason });
    case 'effect-pending':
      return to({ status: 'pending', since: at, facts: event.facts, unsettled: true, quiet: false });
    case 'effect-quiet':
      return to({ quiet: true, quietAt: at });
    case 'key-ended':
      return to({ keyEnded: true });
    case 'effect-asked': {
      const { asks, quiet, missed } = effectOf(state, event.effect);
      const { reason } = event;
      if (event.hinted === true) return to({ hinted: false, askedAt: at, reason });
      return to({ asks: asks + 1, missed: missed || (quiet && event.said === 'absent'), askedAt: at, reason });
    }
    case 'effect-hinted':
      return to({ hinted: true, hints: effectOf(state, event.effect).hints + 1 });
    case 'hold-renewed': {
      const { renewals } = effectOf(state, event.effect);
      return to({ expiresAt: event.until, renewals: renewals + 1, renewalFailures: 0, renewalFailedAt: undefined, reason: undefined });
    }
    case 'renewal-failed': {
      const { renewalFailures } = effectOf(state, event.effect);
      return to({ renewalFailures: renewalFailures + 1, renewalFailedAt: at, reason: event.reason });
    }
    case 'reversal-failed': {
      const { reversals } = effectOf(state, event.effect);
      return to({ reversals: reversals + 1, reversedAt: at, reason: event.reason });
    }
  }
}

/** Of an effect of which nothing has come back, and nothing was asked. */
const NOTHING_CAME = {
  unsettled: false,
  quiet: false,
  quietAt: 0,
  keyEnded: false,
  hints: 0,
  hinted: false,
  asks: 0,
  missed: false,
  askedAt: undefined,
  reversals: 0,
  reversedAt: undefined,
  renewals: 0,
  renewalFailures: 0,
  renewalFailedAt: undefined,
  facts: undefined,
  code: undefined,
  message: undefined,
  reason: undefined,
} as const;

function started(state: CoreState, event: Extract<CoreEvent, { type: 'effect-started' }>): CoreState {
  const { effect, attempt, deadline, at, first, proven } = event;
  if (first === undefined) {
    const again = { status: 'started', since: at, attempt, deadline, startedAt: at, quiet: false, missed: false } as const;
    return withEffect(state, effect, proven === true ? { ...again, unsettled: false } : again);
  }
  const made: EffectState = {
    name: effect,
    operation: event.operation,
    kind: first.kind,
    status: 'started',
    since: at,
    attempt,
    firstStartedAt: first.since ?? at,
    startedAt: at,
    deadline,
    key: first.key,
    amount: first.amount,
    sealed: first.sealed,
    expiresAt: first.expiresAt,
    awaits: first.awaits,
    ...NOTHING_CAME,
  };
  return { ...state, effects: { ...state.effects, [effect]: made } };
}

function operationOf(state: CoreState, name: string): OperationState {
  const found = state.operations[name];
  if (found === undefined) throw new Error(`the record has no operation ${name}`);
  return found;
}

function effectOf(state: CoreState, name: string): EffectState {
  const found = state.effects[name];
  if (found === undefined) throw new Error(`the record has no effect ${name}`);
  return found;
}

function withOperation(state: CoreState, name: string, change: Partial<OperationState>): CoreState {
  return { ...state, operations: { ...state.operations, [name]: { ...operationOf(state, name), ...change } } };
}

function withEffect(state: CoreState, name: string, change: Partial<EffectState>): CoreState {
  return { ...state, effects: { ...state.effects, [name]: { ...effectOf(state, name), ...change } } };
}

// ---- pruned

/** What must still be known of a record at the core when its events are gone: a repeat gets the old answer, and begins nothing. */
export interface PrunedCore {
  readonly transferId: string;
  readonly side: CoreState['side'];
  readonly operations: Readonly<
    Record<string, Pick<OperationState, 'begunAt' | 'hash' | 'version'> & Partial<Pick<OperationState, 'undoes' | 'ended'>>>
  >;
  readonly effects: Readonly<
    Record<string, Pick<EffectState, 'operation' | 'kind' | 'status' | 'since'> & Partial<Pick<EffectState, 'amount'>>>
  >;
}

/** The state that such a summary leaves. */
function unpruned({ version, summary }: PrunedEvent<PrunedCore>): CoreState {
  const { transferId, side, operations, effects } = summary;
  return {
    transferId,
    side,
    events: version,
    operations: mapped(operations, (operation) => ({
      input: '{}',
      deadline: undefined,
      undoes: undefined,
      ended: undefined,
      failures: 0,
      failedAt: undefined,
      ...operation,
    })),
    running: undefined,
    effects: mapped(effects, (effect, name) => ({ ...NOTHING_KNOWN, amount: undefined, ...effect, name })),
    stuck: undefined,
    exception: undefined,
  };
}

/** Members of an effect that nobody needs any more. */
const NOTHING_KNOWN = {
  attempt: 1,
  firstStartedAt: 0,
  startedAt: 0,
  deadline: 0,
  key: '',
  sealed: '',
  expiresAt: undefined,
  awaits: undefined,
  ...NOTHING_CAME,
  keyEnded: true,
} as const;

/** The same members, each made into another. */
export function mapped<A, B>(of: Readonly<Record<string, A>>, to: (one: A, name: string) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, to(one, name)]));
}

import { withContradiction } from '../transfer/contradiction.ts';
import { withPacket } from '../transfer/packet-once.ts';
import { withPerson } from '../transfer/person.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeStage, PayeeState } from './state.ts';

/** What an event makes of the state. The first event makes it. */
export function applyPayee(state: PayeeState | undefined, event: PayeeEvent): PayeeState {
  const fresh: Pick<PayeeState, 'quotedAt' | 'quoteCallbackSettled' | 'preparedAt' | 'core' | 'rung' | 'contradictions'> = {
    quotedAt: event.at,
    quoteCallbackSettled: false,
    preparedAt: 0,
    core: { attempt: 0, deadline: 0, startedAt: 0, asks: 0 },
    rung: 0,
    contradictions: [],
  };
  if (event.type === 'quote-requested')
    return { ...fresh, stage: 'quoting', quote: event.quote, quoteHash: event.hash, quoteAsked: event.asked };
  if (event.type === 'prepare-received') {
    const base = state ?? { ...fresh, quoteCallbackSettled: true };
    return {
      ...base,
      stage: 'calling-core',
      prepare: withPacket(event.prepare, state?.response),
      prepareHash: event.hash,
      prepareAsked: event.asked,
      preparedAt: event.at,
    };
  }
  if (event.type === 'pruned' || event.type === 'reported') return event.summary;
  if (state === undefined) throw new Error(`the first event of a quote cannot be ${event.type}`);
  return advance(state, event);
}

function advance(
  state: PayeeState,
  event: Exclude<PayeeEvent, { type: 'quote-requested' | 'prepare-received' | 'pruned' | 'reported' }>,
): PayeeState {
  switch (event.type) {
    case 'quote-answered':
      return { ...state, stage: 'quoted', response: event.response, coreQuote: event.coreQuote, sealedFulfilment: event.sealedFulfilment };
    case 'quote-refused':
      return { ...state, stage: 'quote-refused', quoteError: event.errorInformation };
    case 'quote-callback-settled':
      return { ...state, quoteCallbackSettled: true };
    case 'prepare-refused':
      return { ...state, stage: 'refused', refusal: event.errorInformation };
    case 'callback-settled': {
      const callback = { at: event.at, acknowledged: event.acknowledged };
      return { ...state, callback, stage: event.inTime === true ? 'acknowledged' : state.stage };
    }
    case 'hub-error-said':
      return {
        ...state,
        doubt: { at: state.doubt?.at ?? event.at, codes: [...(state.doubt?.codes ?? []), event.errorInformation.errorCode] },
      };
    case 'confirmation-asked':
      return { ...state, confirmation: { asked: event.nth + 1, askedAt: event.at } };
    case 'confirmation-ended':
      return { ...state, confirmation: { asked: 0, askedAt: event.at, ...state.confirmation, ended: true } };
    case 'hub-asked':
      return { ...state, rung: event.rung + 1, askedAt: event.at };
    case 'outcome-known':
      if (event.said === 'acknowledgement') return { ...state, stage: 'acknowledged' };
      return outcomeKnown(state, event);
    case 'exception-raised':
      return { ...state, exception: { code: event.code, reason: event.reason, since: event.at } };
    case 'contradicted':
      return { ...state, contradictions: withContradiction(state.contradictions, event) };
    case 'person-acted': {
      const next = { ...state, ...withPerson(state, event, state.contradictions.length) };
      return event.act.action === 'settle' ? rested(next) : next;
    }
    default:
      return advanceCore(state, event);
  }
}

type CoreEvent = Extract<PayeeEvent, { type: `core-${string}` | `notification-${string}` | `commit-${string}` | 'fulfil-decided' }>;

function advanceCore(state: PayeeState, event: CoreEvent): PayeeState {
  switch (event.type) {
    case 'core-transfer-started':
      return {
        ...state,
        stage: 'calling-core',
        core: { ...state.core, attempt: event.attempt, deadline: event.deadline, startedAt: event.at },
      };
    case 'core-transfer-ok': {
      const core = {
        ...state.core,
        did: event.mode,
        ...(event.homeTransactionId !== undefined && { homeTransactionId: event.homeTransactionId }),
      };
      const { exception: _solved, ...rest } = state;
      return { ...rest, core, stage: stageOfOutcome(state) ?? (event.late ? 'late' : state.stage) };
    }
    case 'core-transfer-refused': {
      const { exception: _solved, ...rest } = state;
      return { ...rest, stage: stageOfOutcome(state) ?? 'refused', refusal: event.errorInformation };
    }
    case 'core-transfer-unknown': {
      const { quiet: _before, ...core } = state.core;
      return {
        ...state,
        stage: 'core-unknown',
        core: { ...core, unknownAt: event.at, unknownSince: event.at, ...(event.forgotten && { forgotten: true }) },
      };
    }
    case 'commit-withdrawn': {
      const { notification: _never, ...rest } = state;
      return { ...rest, stage: 'late' };
    }
    case 'commit-held':
      return state.notification === undefined ? state : { ...state, notification: { ...state.notification, held: true } };
    case 'core-quiet':
      return { ...state, core: { ...state.core, quiet: true } };
    case 'core-said':
      return { ...state, coreSaid: { at: event.at, found: event.found } };
    case 'core-asked':
      return { ...state, core: { ...state.core, asks: event.attempt + 1, unknownAt: event.at } };
    case 'fulfil-decided': {
      const { type: _type, at: _at, ...fulfil } = event;
      return { ...state, stage: 'fulfilling', fulfil };
    }
    case 'notification-started': {
      const { attempt, at } = event;
      const resent = event.resent ?? state.notification?.resent;
      const stage = stageOfOutcome(state) ?? (resent ? state.stage : 'commit-first');
      const mayHaveRun = state.notification?.mayHaveRun;
      const notification = {
        attempt,
        state: event.state,
        status: 'started',
        at,
        ...(resent && { resent }),
        ...(mayHaveRun && { mayHaveRun }),
      } as const;
      return { ...state, stage, notification };
    }
    case 'notification-acknowledged':
      if (state.notification === undefined) return state;
      return {
        ...(state.exception?.code === 'CORE_NOT_TOLD' ? withoutException(state) : state),
        notification: { ...state.notification, status: 'acknowledged', at: event.at },
      };
    case 'notification-failed':
      return state.notification === undefined ? state : notificationFailed(state, state.notification, event);
  }
}

/** What a person has settled and the core refuses is the person's again: it rests, instead of being told for ever (ARCHITECTURE.md, promise 4). */
function notificationFailed(
  state: PayeeState,
  before: NonNullable<PayeeState['notification']>,
  event: Extract<PayeeEvent, { type: 'notification-failed' }>,
): PayeeState {
  const { attempt, at, reason, kind } = event;
  const notification = {
    ...before,
    attempt,
    status: 'failed',
    at,
    reason,
    ...(kind === 'unknown' && { mayHaveRun: true as const }),
  } as const;
  const failed: PayeeState = { ...state, notification };
  return state.settled !== undefined && kind === 'rejected' ? rested(failed) : failed;
}

/** The hub's final word. It settles an exception, except where the core is known to have done the contrary. */
function outcomeKnown(state: PayeeState, event: Extract<PayeeEvent, { type: 'outcome-known' }>): PayeeState {
  const { exception: _settled, doubt: _answered, ...rest } = state;
  const outcome = {
    state: event.state,
    at: event.at,
    completedTimestamp: event.completedTimestamp,
    ...(event.errorInformation !== undefined && { errorInformation: event.errorInformation }),
    ...(event.extensionList !== undefined && { extensionList: event.extensionList }),
  };
  // while the core's call is under way its answer is waited for; the outcome is kept
  const waits = state.stage === 'calling-core' || state.stage === 'core-unknown';
  return { ...rest, outcome, stage: waits ? state.stage : event.state === 'COMMITTED' ? 'committed' : 'aborted' };
}

/** Settled by a person: nothing waits for anybody, and nothing is told any more. */
function rested(state: PayeeState): PayeeState {
  const { exception: _settled, notification, ...rest } = state;
  if (notification === undefined) return rest;
  const { resent: _told, ...kept } = notification;
  return { ...rest, notification: kept };
}

function withoutException(state: PayeeState): PayeeState {
  const { exception: _settled, ...rest } = state;
  return rest;
}

function stageOfOutcome(state: PayeeState): PayeeStage | undefined {
  if (state.outcome === undefined) return undefined;
  return state.outcome.state === 'COMMITTED' ? 'committed' : 'aborted';
}

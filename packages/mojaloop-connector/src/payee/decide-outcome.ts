import { type ErrorInformation, formatDateTime } from '@payment-manager/fspiop';
import type { FinalState } from '../transfer/person.ts';
import { isFromBefore } from '../transfer/restored.ts';
import { NOTHING, type PayeeDecision } from './decision.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeInput } from './inputs.ts';
import { expirationOf } from './owed.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** The hub's COMMITTED or ABORTED, by PATCH or as the answer to our question. Only the hub's word counts (docs/money-rules.md, 5). */
export function finalWord(
  settings: PayeeSettings,
  state: PayeeState,
  input: Extract<PayeeInput, { type: 'final-word' }>,
  now: number,
): PayeeDecision {
  if (input.source !== settings.hubId) return stranger(input.source, `a final word (${input.state})`);
  if (state.prepare === undefined)
    return {
      events: [],
      alarm: { code: 'NOTIFICATION_WITHOUT_TRANSFER', reason: `the hub reports ${input.state} for a transfer that was not prepared` },
    };
  const { said, extensionList } = input;
  const completedTimestamp = input.completedTimestamp ?? formatDateTime(now);
  const event = { type: 'outcome-known', at: now, state: input.state, said, completedTimestamp } as const;
  return known(settings, state, extensionList === undefined ? event : { ...event, extensionList }, now);
}

/**
 * An error of the hub to us as payee, by PUT or by PATCH: 33xx ends the transfer; other codes do only when no fulfilment has left. After it
 * they are kept, and the hub is asked at once (docs/money-rules.md, 3).
 */
export function transferErrorSaid(
  settings: PayeeSettings,
  state: PayeeState,
  input: Extract<PayeeInput, { type: 'transfer-error' }>,
  now: number,
): PayeeDecision {
  const { errorInformation } = input;
  if (input.source !== settings.hubId) return stranger(input.source, `an error ${errorInformation.errorCode}`);
  if (state.prepare === undefined || state.outcome?.state === 'ABORTED' || state.stage === 'refused') return NOTHING;
  if (!endsTransfer(state, errorInformation, now)) return doubted(state, input, now);
  return known(
    settings,
    state,
    { type: 'outcome-known', at: now, state: 'ABORTED', said: 'error', completedTimestamp: formatDateTime(now), errorInformation },
    now,
  );
}

/** Codes kept of one transfer: the first has the hub asked already. */
const DOUBTS_KEPT = 5;

function doubted(
  state: PayeeState,
  { errorInformation, patched }: Extract<PayeeInput, { type: 'transfer-error' }>,
  now: number,
): PayeeDecision {
  const { errorCode } = errorInformation;
  if (state.fulfil !== undefined && state.outcome === undefined && state.settled === undefined) {
    const known = state.doubt?.codes ?? [];
    if (known.includes(errorCode) || known.length >= DOUBTS_KEPT) return NOTHING;
    return { events: [{ type: 'hub-error-said', at: now, said: patched === true ? 'patch-error' : 'error', errorInformation }] };
  }
  if (patched === true)
    return { events: [], alarm: { code: 'PATCH_ERROR', reason: `the hub reports error ${errorCode} for the fulfilment` } };
  return { events: [], alarm: { code: 'ERROR_AFTER_FULFIL', reason: `the hub says error ${errorCode}; this decides nothing` } };
}

function endsTransfer(state: PayeeState, error: ErrorInformation, now: number): boolean {
  if (error.errorCode.startsWith('33')) return true;
  if (state.fulfil !== undefined || state.core.forgotten === true) return false;
  // without our fulfilment the hub cannot commit: any word that is about the transfer itself ends it
  if (error.errorCode === '3208') return now >= expirationOf(state);
  return /^[345]/.test(error.errorCode) && error.errorCode !== '3106';
}

function known(
  settings: PayeeSettings,
  state: PayeeState,
  event: Extract<PayeeEvent, { type: 'outcome-known' }>,
  now: number,
): PayeeDecision {
  const says = event.state;
  const contradiction = (reason: string): PayeeDecision => {
    if (state.contradictions.some((known) => known.says === says)) return NOTHING;
    return { events: [{ type: 'contradicted', at: now, source: settings.hubId, says, reason }] };
  };
  if (state.outcome !== undefined) return state.outcome.state === says ? NOTHING : contradiction(`it said ${state.outcome.state} before`);
  if (state.settled !== undefined) {
    // the person has put the books right: the same word is kept, and nobody is told anything
    return state.settled.as === says ? { events: [event] } : contradiction(`a person resolved it as ${state.settled.as} before`);
  }
  if (state.stage === 'refused') return says === 'ABORTED' ? NOTHING : contradiction('this FSP refused the transfer');
  const isForgotten = state.core.forgotten === true;
  if (says === 'COMMITTED' && state.fulfil === undefined && !isForgotten) return contradiction('no fulfilment was sent');
  // the hub has our fulfilment, and that leaves when the core has done its part
  if (says === 'COMMITTED' && isForgotten && state.core.did === undefined) {
    const mode = settings.core.atPrepare;
    const did: PayeeEvent = { type: 'core-transfer-ok', at: now, mode, late: true };
    return { events: [did, event, ...outcomeEvents(settings, state, says, mode, now)] };
  }
  // while the core's own answer is awaited it is told nothing
  if (state.stage === 'calling-core') return { events: [event] };
  if (state.stage === 'core-unknown') return { events: [event, ...stillUnknown(settings, now)] };
  return { events: [event, ...outcomeEvents(settings, state, says, state.core.did, now)] };
}

/** The hub ended it while it is unknown what the core did. Will nobody ever tell: is neither an enquiry nor a release possible? */
export function stillUnknown({ core }: PayeeSettings, now: number): readonly PayeeEvent[] {
  if (core.transferAskable || core.notificationReadsState) return [];
  return [
    {
      type: 'exception-raised',
      at: now,
      code: 'CORE_OUTCOME_UNKNOWN',
      reason: 'nobody knows what the core did, and the hub aborted the transfer',
    },
  ];
}

/**
 * What follows from the outcome for the core, with the start of the call in the same append (docs/money-rules.md, 1). `did`: what the core
 * is known to have done. Not while the core's own answer is awaited: then nothing is told.
 */
export function outcomeEvents(
  settings: PayeeSettings,
  state: PayeeState,
  outcome: FinalState,
  did: PayeeState['core']['did'],
  now: number,
): readonly PayeeEvent[] {
  const tell = mayHaveBeenTold(settings, state) ? notTwice(outcome, now) : firstTold(outcome, now);
  const told = state.notification?.state;
  if (outcome === 'COMMITTED') return did === 'reserve' && told === undefined ? [tell] : [];
  const events: PayeeEvent[] = [];
  if (did === 'credit' || (told === 'COMMITTED' && state.notification?.status === 'acknowledged')) {
    events.push({
      type: 'exception-raised',
      at: now,
      code: 'CORE_CREDITED_HUB_ABORTED',
      reason: 'the core credited the payee, and the hub aborted the transfer',
    });
  } else if (told === 'COMMITTED') events.push(mayHaveCredited(now));
  // a core that was told COMMITTED is not told the contrary: a person decides
  if (did !== undefined && told === undefined && settings.core.notificationReadsState) events.push(tell);
  return events;
}

/** A tombstone of which the hub has said COMMITTED, of a core that reserves: whether the core has learnt it is forgotten. */
export function reportedEvents({ core }: PayeeSettings, { outcome, core: { did } }: PayeeState, now: number): readonly PayeeEvent[] {
  if (did !== 'reserve' || outcome?.state !== 'COMMITTED') return [];
  return [core.notificationRepeatable ? firstTold(outcome.state, now) : notTwice(outcome.state, now)];
}

function firstTold(state: 'COMMITTED' | 'ABORTED', now: number): PayeeEvent {
  return { type: 'notification-started', at: now, attempt: 1, state };
}

function notTwice(state: 'COMMITTED' | 'ABORTED', now: number): PayeeEvent {
  const reason = `the journal was put back to an older copy: the core may have been told ${state} before, and may not be told twice`;
  return { type: 'exception-raised', at: now, code: 'CORE_NOT_TOLD', reason };
}

/** Has a core that may not be told twice perhaps been told since the copy? What was reported as only held was not. (docs/money-rules.md, 1 and 8) */
function mayHaveBeenTold({ core, restored }: PayeeSettings, state: PayeeState): boolean {
  if (core.notificationRepeatable || state.reported === true) return false;
  return state.core.forgotten === true || isFromBefore(restored, state.quotedAt);
}

/** The core is quiet and the hub said ABORTED: what it may hold is released. */
export function releaseDue(settings: PayeeSettings, state: PayeeState, now: number): PayeeDecision {
  const { stage, core, outcome, settled } = state;
  if (stage !== 'core-unknown' || core.quiet !== true || outcome?.state !== 'ABORTED' || settled !== undefined) return NOTHING;
  if (mayHaveBeenTold(settings, state)) return state.exception?.code === 'CORE_NOT_TOLD' ? NOTHING : { events: [notTwice('ABORTED', now)] };
  const events: PayeeEvent[] = [{ type: 'notification-started', at: now, attempt: 1, state: 'ABORTED' }];
  // with transfers 1.0 it may have been told COMMITTED since the copy, before the hub was
  const mayHaveBooked = core.forgotten === true && state.prepareAsked?.version === '1.0';
  if (settings.core.atPrepare === 'credit' || mayHaveBooked) events.push(mayHaveCredited(now));
  return { events };
}

function mayHaveCredited(at: number): PayeeEvent {
  const reason = 'nobody knows whether the core credited the payee, and the hub aborted the transfer';
  return { type: 'exception-raised', at, code: 'CORE_MAY_HAVE_CREDITED', reason };
}

function stranger(source: string, what: string): PayeeDecision {
  return {
    events: [],
    alarm: { code: 'CALLBACK_FROM_STRANGER', reason: `${what} came from ${source}, which is not the hub; it was ignored`, peer: source },
  };
}

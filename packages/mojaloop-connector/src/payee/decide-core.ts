import type { CoreTransfer, MoneyOutcome } from '../core-client/core-door.ts';
import { fulfil, refused, startTransfer } from './core-events.ts';
import { outcomeEvents, stillUnknown } from './decide-outcome.ts';
import { heldCoreAsked } from './decide-telling.ts';
import { NOTHING, type PayeeDecision } from './decision.ts';
import type { PayeeEvent } from './events.ts';
import type { AskResult, PayeeInput } from './inputs.ts';
import { CORE_PROOF, expirationOf } from './owed.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** Calls that are proven not to have been sent, and calls of a repeatable core, are tried so often while there is time. */
const TRANSFER_ATTEMPTS = 4;

/** A prepare that the journal may have forgotten: neither executed nor refused; core, then hub are asked (docs/money-rules.md, 8). */
export function forgotten(settings: PayeeSettings, state: Pick<PayeeState, 'outcome' | 'exception'>, now: number): PayeeDecision {
  return unknown(settings, state, 'the journal was put back to an older copy, and may have forgotten it', now, true);
}

/** What became of the call that reserves or credits: the four outcomes of docs/money-rules.md, 1. */
export function coreTransferred(
  settings: PayeeSettings,
  state: PayeeState,
  { key, outcome, mayHaveRun }: Omit<Extract<PayeeInput, { type: 'core-transferred' }>, 'type'>,
  now: number,
): PayeeDecision {
  if (state.stage !== 'calling-core' || key !== `core:transfer:${state.core.attempt}`) return NOTHING;
  switch (outcome.kind) {
    case 'ok':
      return executed(settings, state, modeOf(settings, outcome.value), outcome.value, now);
    case 'rejected': {
      if (isRefused(settings, mayHaveRun === true || state.core.unknownAt !== undefined, outcome))
        return { events: [refused(outcome.refusal, now)] };
      const reason = `a repeat was refused (${outcome.refusal.code}), which says nothing about the call before`;
      return outcome.uncoded === true ? notKnown(settings, state, reason, now) : unknown(settings, state, reason, now);
    }
    case 'not-sent':
      return again(settings, state, now) ?? { events: [refused(outcome.refusal, now)] };
    case 'unknown':
      return notKnown(settings, state, outcome.reason, now);
  }
}

/** It may have been executed: called again where the core is declared repeatable. */
function notKnown(settings: PayeeSettings, state: PayeeState, reason: string, now: number): PayeeDecision {
  const repeated = settings.core.transferRepeatable ? again(settings, state, now) : undefined;
  if (repeated === undefined) return unknown(settings, state, reason, now);
  // the repeat does not make it known whether this one was executed: a repeat that is not sent proves nothing
  return { events: [{ type: 'core-transfer-unknown', at: now, reason }, ...repeated.events] };
}

/**
 * Is a refusal the end? Of a first call, yes. Once an earlier one may have been executed, only with a code, from a core that cannot be asked and is
 * declared to keep its refusals; 3106 says that it knows the transfer (docs/money-rules.md, 1).
 */
function isRefused(
  { core }: PayeeSettings,
  mayHaveRun: boolean,
  { refusal, uncoded }: Extract<MoneyOutcome<CoreTransfer>, { kind: 'rejected' }>,
): boolean {
  if (!mayHaveRun) return true;
  return uncoded !== true && !core.transferAskable && core.repeatKeepsRefusals && refusal.code !== '3106';
}

/** Another attempt, when the transfer still leaves time for one and the hub has not ended it. */
function again(settings: PayeeSettings, state: PayeeState, now: number): PayeeDecision | undefined {
  const { attempt } = state.core;
  if (attempt >= TRANSFER_ATTEMPTS || state.outcome !== undefined) return undefined;
  const expiration = expirationOf(state);
  if (expiration - now <= settings.clockSkewMs + settings.coreMinimumMs) return undefined;
  return { events: [startTransfer(settings, attempt + 1, expiration, now)] };
}

function unknown(
  settings: PayeeSettings,
  { outcome, exception: known }: Pick<PayeeState, 'outcome' | 'exception'>,
  reason: string,
  now: number,
  isForgotten = false,
): PayeeDecision {
  const event: PayeeEvent = { type: 'core-transfer-unknown', at: now, reason, ...(isForgotten && { forgotten: true }) };
  // the hub may have ended it meanwhile: then nothing is repeated any more
  if (settings.core.transferAskable || settings.core.transferRepeatable)
    return { events: [event, ...(outcome === undefined ? [] : stillUnknown(settings, now))] };
  const exception: PayeeEvent = {
    type: 'exception-raised',
    at: now,
    code: 'CORE_OUTCOME_UNKNOWN',
    reason: `the core may have executed the transfer: ${reason}`,
  };
  return known === undefined ? { events: [event, exception] } : { events: [event] };
}

function modeOf(settings: PayeeSettings, value: CoreTransfer): 'reserve' | 'credit' {
  if (value.transferState === 'COMMITTED') return 'credit';
  if (value.transferState === 'RESERVED') return 'reserve';
  return settings.core.atPrepare;
}

/** The core did what was asked. In time, the fulfilment leaves; too late, the hub is asked (docs/money-rules.md, 3). */
function executed(settings: PayeeSettings, state: PayeeState, mode: 'reserve' | 'credit', value: CoreTransfer, now: number): PayeeDecision {
  // a fulfilment may have left that we have forgotten: the hub knows
  const late = state.core.forgotten === true || now >= expirationOf(state) - settings.clockSkewMs;
  const done: PayeeEvent = {
    type: 'core-transfer-ok',
    at: now,
    mode,
    late,
    ...(value.homeTransactionId !== undefined && { homeTransactionId: value.homeTransactionId }),
  };
  // the hub ended it meanwhile: the core is told
  if (state.outcome !== undefined) return { events: [done, ...outcomeEvents(settings, state, state.outcome.state, mode, now)] };
  const alarm =
    value.fulfilment === undefined || late
      ? undefined
      : ({
          code: 'CORE_FULFILMENT_IGNORED',
          reason: "the core sent a fulfilment; only this FSP's own one, which matches the condition, is used",
        } as const);
  if (late) return { events: [done] };
  const commitFirst = mode === 'reserve' && state.prepareAsked?.version === '1.0';
  const next: PayeeEvent = commitFirst
    ? { type: 'notification-started', at: now, attempt: 1, state: 'COMMITTED' }
    : fulfil(mode === 'credit' ? 'COMMITTED' : 'RESERVED', value, now);
  return { events: [done, next], ...(alarm !== undefined && { alarm }) };
}

/** What the core says of a transfer whose outcome was unknown. */
export function coreAsked(settings: PayeeSettings, state: PayeeState, key: string, result: AskResult, now: number): PayeeDecision {
  if (state.stage === 'commit-first' && key === `core:held:${state.core.asks}`) return heldCoreAsked(state, result, now);
  if (state.stage !== 'core-unknown' || state.settled !== undefined) return NOTHING;
  // what the core says of its own is no word about a fulfilment that we may have sent and forgotten, unless the hub says that it is dead
  const decides = state.core.forgotten !== true || state.outcome?.state === 'ABORTED';
  const goesOn: PayeeDecision = { events: [{ type: 'core-asked', at: now, attempt: state.core.asks, found: 'not-found' }] };
  switch (result.kind) {
    case 'executed':
      return executed(
        settings,
        state,
        result.mode,
        result.homeTransactionId === undefined ? {} : { homeTransactionId: result.homeTransactionId },
        now,
      );
    case 'aborted':
      if (!decides) return goesOn;
      return { events: [refused({ code: '5105', description: 'the core aborted the transfer' }, now)] };
    case 'not-found':
      // "not found" proves "not executed" only in answer to a question after the deadline and a quiet time (docs/money-rules.md, 1)
      if (key.startsWith(CORE_PROOF) && decides)
        return { events: [refused({ code: '2001', description: 'the core did not execute the transfer' }, now)] };
      return goesOn;
    case 'pending':
      return { events: [{ type: 'core-asked', at: now, attempt: state.core.asks, found: 'pending' }] };
    case 'no-answer': {
      const asked: PayeeEvent = { type: 'core-asked', at: now, attempt: state.core.asks, found: 'no-answer' };
      if (state.core.asks < TRANSFER_ATTEMPTS || state.exception !== undefined) return { events: [asked] };
      return {
        events: [
          asked,
          { type: 'exception-raised', at: now, code: 'CORE_OUTCOME_UNKNOWN', reason: 'the core does not tell what became of the transfer' },
        ],
      };
    }
  }
}

/** What the core says to a person where nothing follows from it: kept, and shown. */
export function coreSaid(result: AskResult, now: number): PayeeDecision {
  return { events: [{ type: 'core-said', at: now, found: result.kind === 'executed' ? result.mode : result.kind }] };
}

import { ladderEnded } from '../transfer/ladder.ts';
import type { SendAction, SendOutcome } from '../transfer/message.ts';
import { withPacketOnce } from '../transfer/packet-once.ts';
import { isFromBefore } from '../transfer/restored.ts';
import type { Asked } from '../transfer/stored-messages.ts';
import { applyPayee } from './apply.ts';
import { quoteCallback, quoteError, quoteErrorCallback, transferCallback, transferError, transferStateCallback } from './callbacks.ts';
import { startTransfer } from './core-events.ts';
import { coreAsked, coreSaid, coreTransferred, forgotten } from './decide-core.ts';
import { finalWord, releaseDue, reportedEvents, transferErrorSaid } from './decide-outcome.ts';
import { PERSON_ASKS_CORE, personOnPayee } from './decide-person.ts';
import { coreTold } from './decide-telling.ts';
import { NOTHING, type PayeeDecision } from './decision.ts';
import type { PayeeEvent } from './events.ts';
import type { PayeeInput } from './inputs.ts';
import { expirationOf, questionKey, RESTORED, sealedFulfilmentOf } from './owed.ts';
import { objectionToPrepare, objectionToQuote } from './prepare-checks.ts';
import { reportedPayee } from './reported.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/** How often an answer to a question is tried: the one who asked may ask again. */
const COURTESY_ATTEMPTS = 3;

/** What an input means for a quote of ours and its transfer. Pure: time comes as `now`. */
export function decidePayee(settings: PayeeSettings, state: PayeeState | undefined, input: PayeeInput, now: number): PayeeDecision {
  if (state === undefined) return first(settings, input, now);
  if (state.reported === true && (input.type === 'prepare' || input.type === 'stray-prepare' || input.type === 'transfer-asked'))
    return NOTHING;
  if (state.stage === 'calling-core' && isFromBefore(settings.restored, state.core.startedAt))
    return afterRestore(settings, state, input, now);
  switch (input.type) {
    case 'reported':
      return NOTHING;
    case 'quote':
      // a quote from before a restore is not given again: it may have been spent
      if (isFromBefore(settings.restored, state.quotedAt)) return NOTHING;
      return quoteAgain(state, input, now);
    case 'quote-asked':
      if (isFromBefore(settings.restored, state.quotedAt)) return NOTHING;
      return courtesyOfQuote(state, input.asked, now);
    case 'prepare':
    case 'stray-prepare':
      return prepareReceived(settings, state, input, now);
    case 'transfer-asked':
      return transferAsked(settings, state, input.asked, now);
    case 'final-word':
      return finalWord(settings, state, input, now);
    case 'transfer-error':
      return transferErrorSaid(settings, state, input, now);
    case 'core-quoted':
      return coreQuoted(settings, state, input, now);
    case 'core-transferred':
      return coreTransferred(settings, state, input, now);
    case 'core-asked':
      if (input.key === PERSON_ASKS_CORE && (state.stage !== 'core-unknown' || state.settled !== undefined))
        return coreSaid(input.result, now);
      return coreAsked(settings, state, input.key, input.result, now);
    case 'core-told':
      return coreTold(settings, state, input, now);
    case 'person':
      return personOnPayee(settings, state, input, now);
    case 'sent':
      return sent(settings, state, input.key, input.outcome, now);
    case 'due':
      return due(settings, state, input.key, now);
    case 'interrupted':
      return interrupted(settings, state, input.key, now);
  }
}

/**
 * Whatever comes first to a call of the core from before a restore, nobody knows what became of the call, nor whether a fulfilment followed: that is written down
 * before the input is looked at, so that e.g. an error of the hub does not end what may have been fulfilled since the copy (docs/money-rules.md, 8).
 */
function afterRestore(settings: PayeeSettings, state: PayeeState, input: PayeeInput, now: number): PayeeDecision {
  const unknown = forgotten(settings, state, now);
  const after = unknown.events.reduce<PayeeState>(applyPayee, state);
  const { events, lazy: _durable, ...rest } = decidePayee(settings, after, input, now);
  const isDue = input.type === 'due' && input.key === RESTORED;
  return { ...rest, events: events.length > 0 || isDue ? [...unknown.events, ...events] : [] };
}

function first(settings: PayeeSettings, input: PayeeInput, now: number): PayeeDecision {
  if (input.type === 'quote') {
    const requested: PayeeEvent = {
      type: 'quote-requested',
      at: now,
      quote: input.quote,
      hash: input.hash,
      asked: input.asked,
      firstOfTransaction: input.firstOfTransaction,
    };
    const errorInformation = objectionToQuote(settings, input.quote, now);
    return { events: errorInformation === undefined ? [requested] : [requested, { type: 'quote-refused', at: now, errorInformation }] };
  }
  if (input.type === 'reported') {
    const summary = reportedPayee(settings, input, now);
    return { events: [{ type: 'reported', at: now, summary }, ...reportedEvents(settings, summary, now)] };
  }
  if (input.type === 'stray-prepare' && settings.restored?.()?.standing === true) {
    const received = prepareEvent(input, undefined, now);
    return { events: [received, ...forgotten(settings, {}, now).events] };
  }
  if (input.type === 'stray-prepare') {
    return {
      events: [prepareEvent(input, undefined, now), { type: 'prepare-refused', at: now, errorInformation: input.errorInformation }],
    };
  }
  return NOTHING;
}

// ---- the quote

function quoteAgain(state: PayeeState, input: Extract<PayeeInput, { type: 'quote' }>, now: number): PayeeDecision {
  if (input.hash === state.quoteHash) return state.quoteCallbackSettled ? courtesyOfQuote(state, input.asked, now) : NOTHING;
  return courtesy(
    'modified-quote',
    quoteError(input.quote.quoteId, input.asked, { errorCode: '3106', errorDescription: 'the quoteId was used with other content before' }),
    now,
  );
}

function courtesyOfQuote(state: PayeeState, asked: Asked, now: number): PayeeDecision {
  if (state.response !== undefined) return courtesy('quote', quoteCallback(state, asked), now);
  if (state.quoteError !== undefined) return courtesy('quote', quoteErrorCallback(state, asked), now);
  // still being priced: the one callback will come
  return NOTHING;
}

/** An answer that is not owed: tried a few times, and whoever wants it may ask again. */
export function courtesy(
  key: string,
  message: SendAction['message'],
  now: number,
  sealedFulfilment?: SendAction['sealedFulfilment'],
): PayeeDecision {
  const action: SendAction = {
    key: `courtesy:${key}`,
    type: 'send',
    repeatable: true,
    message,
    until: now + 30_000,
    attempts: COURTESY_ATTEMPTS,
  };
  return { events: [], courtesies: [sealedFulfilment === undefined ? action : { ...action, sealedFulfilment }] };
}

function coreQuoted(
  settings: PayeeSettings,
  state: PayeeState,
  input: Extract<PayeeInput, { type: 'core-quoted' }>,
  now: number,
): PayeeDecision {
  if (state.stage !== 'quoting') return NOTHING;
  const { result } = input;
  // it may have been answered since the copy, with another condition
  if (isFromBefore(settings.restored, state.quotedAt)) {
    const errorInformation = { errorCode: '2003', errorDescription: 'no quote is given now' };
    return { events: [{ type: 'quote-refused', at: now, errorInformation }] };
  }
  if (result.kind === 'refused') return { events: [{ type: 'quote-refused', at: now, errorInformation: result.errorInformation }] };
  return {
    events: [
      {
        type: 'quote-answered',
        at: now,
        response: result.response,
        coreQuote: result.coreQuote,
        sealedFulfilment: result.sealedFulfilment,
      },
    ],
  };
}

// ---- the prepare

function prepareReceived(
  settings: PayeeSettings,
  state: PayeeState,
  input: Extract<PayeeInput, { type: 'prepare' | 'stray-prepare' }>,
  now: number,
): PayeeDecision {
  const { prepare, asked } = input;
  if (state.prepare !== undefined) return prepareAgain(settings, state, input, now);
  const received = prepareEvent(input, state.response, now);
  // also when the mark is lifted: a quote from before may have been spent since the copy
  if (settings.restored?.()?.standing === true || isFromBefore(settings.restored, state.quotedAt))
    return { events: [received, ...forgotten(settings, state, now).events] };
  const errorInformation =
    input.type === 'stray-prepare' ? input.errorInformation : (objectionToPrepare(settings, state, prepare, asked, now) ?? input.objection);
  if (errorInformation !== undefined) return { events: [received, { type: 'prepare-refused', at: now, errorInformation }] };
  return { events: [received, startTransfer(settings, 1, expirationOf({ prepare }), now)] };
}

function prepareEvent(
  { prepare, hash, asked }: Extract<PayeeInput, { type: 'prepare' | 'stray-prepare' }>,
  quote: PayeeState['response'],
  at: number,
): PayeeEvent {
  return { type: 'prepare-received', at, prepare: withPacketOnce(prepare, quote), hash, asked };
}

/** A quote is spent by its first prepare; the same prepare again gets the same answer (docs/money-rules.md, 2). */
function prepareAgain(
  settings: PayeeSettings,
  state: PayeeState,
  input: Extract<PayeeInput, { type: 'prepare' | 'stray-prepare' }>,
  now: number,
): PayeeDecision {
  const { prepare, hash, asked } = input;
  const modified = (errorDescription: string) =>
    courtesy(`modified:${asked.source}`, transferError(prepare.transferId, asked, { errorCode: '3106', errorDescription }), now);
  if (prepare.transferId !== state.prepare?.transferId) return modified('the quote was used by another transfer');
  if (asked.source !== state.prepareAsked?.source) return modified('the transferId was used by another FSP');
  if (hash !== state.prepareHash) return modified('the transferId was used with other content before');
  // the hub may have lost the fulfil: it gets the very same again, while it can still use it
  if (state.stage === 'fulfilling' && state.callback !== undefined && now < expirationOf(state))
    return courtesy('fulfil', transferCallback(state, asked), now, sealedFulfilmentOf(state));
  // the one callback is still to come, or still owed
  const finished = state.callback !== undefined || state.outcome !== undefined;
  return finished ? stateTold(settings, state, asked, now) : NOTHING;
}

function transferAsked(settings: PayeeSettings, state: PayeeState, asked: Asked, now: number): PayeeDecision {
  if (state.prepare === undefined) return NOTHING;
  if (asked.source !== state.prepareAsked?.source && asked.source !== settings.hubId) {
    return courtesy(
      `stranger:${asked.source}`,
      transferError(state.prepare.transferId, asked, { errorCode: '3208', errorDescription: 'the transfer is not known' }),
      now,
    );
  }
  return stateTold(settings, state, asked, now);
}

function stateTold(settings: PayeeSettings, state: PayeeState, asked: Asked, now: number): PayeeDecision {
  const { message, withFulfilment } = transferStateCallback(state, asked, settings.hubId);
  return courtesy(`state:${asked.source}`, message, now, withFulfilment ? sealedFulfilmentOf(state) : undefined);
}

// ---- answers of our own sending, time, and what a dead process left behind

function sent(settings: PayeeSettings, state: PayeeState, key: string, outcome: SendOutcome, now: number): PayeeDecision {
  const acknowledged = outcome.kind === 'acknowledged';
  const { detail } = outcome;
  if ((key === 'send:quote' || key === 'send:quote-error') && !state.quoteCallbackSettled) {
    return { events: [{ type: 'quote-callback-settled', at: now, acknowledged, detail }], lazy: true };
  }
  if (key === 'send:error' && state.stage === 'refused' && state.callback === undefined) {
    return { events: [{ type: 'callback-settled', at: now, acknowledged, detail }], lazy: true };
  }
  if (key === 'send:fulfil' && state.stage === 'fulfilling' && state.callback === undefined)
    return fulfilSent(settings, state, acknowledged, detail, now);
  if (key === questionKey(state) && acknowledged) return { events: [{ type: 'hub-asked', at: now, rung: state.rung }] };
  return confirmationSent(state, key, acknowledged, now);
}

/** Lazily: the answer usually comes at once, and who forgot that it was asked asks again. */
function confirmationSent(state: PayeeState, key: string, acknowledged: boolean, now: number): PayeeDecision {
  const nth = state.confirmation?.asked ?? 0;
  if (!acknowledged || state.stage !== 'acknowledged' || key !== `send:confirm:${nth}`) return NOTHING;
  return { events: [{ type: 'confirmation-asked', at: now, nth }], lazy: true };
}

/**
 * The hub's 200 to a COMMITTED is a receipt where it comes before expiration - skew; a RESERVED waits for its notification; anything else is
 * a question (docs/money-rules.md, 3).
 */
function fulfilSent(settings: PayeeSettings, state: PayeeState, acknowledged: boolean, detail: string, now: number): PayeeDecision {
  const settled: PayeeEvent = { type: 'callback-settled', at: now, acknowledged, detail };
  if (!acknowledged || state.fulfil?.transferState !== 'COMMITTED') return { events: [settled], lazy: acknowledged };
  // a process that forgets it sends the same again
  if (now < expirationOf(state) - settings.clockSkewMs) return { events: [{ ...settled, inTime: true }], lazy: true };
  return { events: [settled] };
}

function due(settings: PayeeSettings, state: PayeeState, key: string, now: number): PayeeDecision {
  if (key === 'release') return releaseDue(settings, state, now);
  if (key === 'core:quiet') return state.stage === 'core-unknown' ? { events: [{ type: 'core-quiet', at: now }] } : NOTHING;
  if (key === 'end:ladder' && state.exception === undefined && state.outcome === undefined && state.settled === undefined) {
    return { events: [ladderEnded(state.rung, now)] };
  }
  if (key === 'end:confirm' && state.stage === 'acknowledged' && state.doubt === undefined && state.settled === undefined)
    return { events: [{ type: 'confirmation-ended', at: now }] };
  return NOTHING;
}

/** A call that was begun by a process that is gone, or that threw, is without an answer: unknown, like any other (docs/money-rules.md, 1). */
function interrupted(settings: PayeeSettings, state: PayeeState, key: string, now: number): PayeeDecision {
  const outcome = { kind: 'unknown', reason: 'the call was cut short' } as const;
  if (key.startsWith('core:transfer:')) return coreTransferred(settings, state, { key, outcome }, now);
  if (key.startsWith('core:notify:')) return coreTold(settings, state, { key, outcome }, now);
  return NOTHING;
}

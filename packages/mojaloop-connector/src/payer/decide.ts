import {
  type ErrorInformation,
  formatDateTime,
  onlyKnownMembers,
  type QuotesPostRequest,
  type TransfersPostRequest,
} from '@payment-manager/fspiop';
import { ladderEnded } from '../transfer/ladder.ts';
import { inquiry, type SendOutcome } from '../transfer/message.ts';
import { withPacketOnce } from '../transfer/packet-once.ts';
import { toFspiopParty } from '../transfer/party.ts';
import { applyPayer } from './apply.ts';
import { decideTransferError, decideTransferState, decideWhenFinal } from './decide-outcome.ts';
import { personOnPayer } from './decide-person.ts';
import { NOTHING, type PayerDecision } from './decision.ts';
import type { PayerEvent } from './events.ts';
import type { CallbackFrom, PayerInput } from './inputs.ts';
import { BEGIN_LADDER, mustBeAskedAbout, RESTORED } from './owed.ts';
import { isWithinFeeLimit, objectionToQuote } from './quote-checks.ts';
import { reportedPayer } from './reported.ts';
import { storedRequest } from './request-codec.ts';
import type { PayerSettings } from './settings.ts';
import { isFinal, type PayerState } from './state.ts';

/** What an input means for a payment that we make. Pure: time comes as `now`, ids come with the input. */
export function decidePayer(settings: PayerSettings, state: PayerState | undefined, input: PayerInput, now: number): PayerDecision {
  if (input.type === 'start') return start(settings, input, now);
  if (input.type === 'start-simple') {
    const { destination, prepare, hash, idempotencyKey } = input;
    const event = { type: 'simple-transfer-started', at: now, transferId: prepare.transferId, hash, destination, prepare } as const;
    return { events: [idempotencyKey === undefined ? event : { ...event, idempotencyKey }] };
  }
  if (input.type === 'reported')
    return state === undefined ? { events: [{ type: 'reported', at: now, summary: reportedPayer(input, now) }] } : NOTHING;
  if (state === undefined) return NOTHING;
  if (mustBeAskedAbout(settings, state)) return afterRestore(settings, state, input, now);
  switch (input.type) {
    case 'accept-party':
      return decideParty(settings, state, input.accept, now);
    case 'accept-quote':
      return decideQuote(settings, state, input.accept, now);
    case 'inquire':
      return inquire(settings, state, now);
    case 'person':
      return personOnPayer(settings, state, input, now);
    case 'confirm':
      return state.confirmation?.confirmed === true ? NOTHING : { events: [{ type: 'confirmation-asked', at: now, nonce: input.nonce }] };
    case 'party':
      return partyFound(settings, state, input.from, input.body.party, now);
    case 'party-error':
      if (state.stage !== 'lookup') return NOTHING;
      return mayAnswerLookup(settings, state, input.from) ? failed(now, input.errorInformation) : stranger(input.from, 'a party error');
    case 'quote':
      return quoteReceived(settings, state, input.from, input.body, now);
    case 'quote-error':
      if (state.stage !== 'quoting') return NOTHING;
      return counts(settings, state, input.from) ? failed(now, input.errorInformation) : stranger(input.from, 'a quote error');
    case 'transfer':
      if (!counts(settings, state, input.from)) return stranger(input.from, 'a transfer callback');
      return isFinal(state) ? decideWhenFinal(settings, state, input, now) : decideTransferState(state, input, now);
    case 'transfer-error':
      if (!counts(settings, state, input.from)) return stranger(input.from, 'a transfer error');
      return isFinal(state) ? decideWhenFinal(settings, state, input, now) : decideTransferError(settings, state, input, now);
    case 'sent':
      return sent(state, input.key, input.outcome, now);
    case 'due':
      return due(state, input.key, now);
    case 'interrupted':
      return NOTHING;
  }
}

/**
 * Whatever comes first to a payment from before a restore, nobody knows how far that had come: it is written down before the input is looked at, so that e.g.
 * a quote's answer that comes late does not end what may have been prepared since the copy (docs/money-rules.md, 8).
 */
function afterRestore(settings: PayerSettings, state: PayerState, input: PayerInput, now: number): PayerDecision {
  const at = Math.max(now, settings.restored?.()?.at ?? 0);
  const forgottenExpiration = at + seconds(state.request?.prepareExpirySeconds, settings.prepareLifetimeMs);
  const restored: PayerEvent = { type: 'restored', at, forgottenExpiration };
  const { events, lazy: _durable, ...rest } = decidePayer(settings, applyPayer(state, restored), input, now);
  const isDue = input.type === 'due' && input.key === RESTORED;
  return { ...rest, events: events.length > 0 || isDue ? [restored, ...events] : [] };
}

function start(settings: PayerSettings, input: Extract<PayerInput, { type: 'start' }>, now: number): PayerDecision {
  const { type: _type, request, ...facts } = input;
  const started: PayerEvent = { type: 'payment-started', at: now, ...facts, request: storedRequest(request) };
  if (input.request.skipPartyLookup !== true || input.request.to.fspId === undefined) return { events: [started] };
  return { events: [started, quoteRequested(settings, input, undefined, 'dfsp', now)] };
}

function failed(now: number, errorInformation: ErrorInformation, timeout = false): PayerDecision {
  return { events: [{ type: 'failed', at: now, errorInformation, timeout }] };
}

/** A callback counts only from the FSP that was asked, or from the hub (docs/money-rules.md, 5). */
function counts(settings: PayerSettings, state: PayerState, from: CallbackFrom): boolean {
  return from.source === settings.hubId || from.source === state.destination;
}

function stranger(from: CallbackFrom, what: string): PayerDecision {
  return {
    events: [],
    alarm: {
      code: 'CALLBACK_FROM_STRANGER',
      reason: `${what} came from ${from.source}, which was not asked; it was ignored`,
      peer: from.source,
    },
  };
}

// ---- the party

/** The hub, the FSP that was asked, or, where none was named, any FSP of which we hold a key (docs/money-rules.md, 5). */
function mayAnswerLookup(settings: PayerSettings, state: PayerState, from: CallbackFrom): boolean {
  if (from.source === settings.hubId) return true;
  const asked = state.request?.to.fspId;
  return asked === undefined ? from.sourceKnown : from.source === asked;
}

function partyFound(
  settings: PayerSettings,
  state: PayerState,
  from: CallbackFrom,
  party: Extract<PayerInput, { type: 'party' }>['body']['party'],
  now: number,
): PayerDecision {
  if (state.stage !== 'lookup' || state.request === undefined) return NOTHING;
  if (!mayAnswerLookup(settings, state, from)) return stranger(from, 'a party');
  const { request } = state;
  const info = party.partyIdInfo;
  if (
    info.partyIdType !== request.to.idType ||
    info.partyIdentifier !== request.to.idValue ||
    (info.partySubIdOrType ?? '') !== (request.to.idSubValue ?? '')
  ) {
    return failed(now, { errorCode: '3204', errorDescription: 'the party that was found is not the one that was asked for' });
  }
  // without fspId in the party its sender is the FSP, unless the hub sent it
  const fspId = info.fspId ?? (from.source === settings.hubId ? undefined : from.source);
  if (fspId === undefined) return failed(now, { errorCode: '3203', errorDescription: 'the party was found without its FSP' });
  const found = {
    type: 'party-found',
    at: now,
    party: { ...party, partyIdInfo: { ...info, fspId } },
    headers: from.headers,
  } as const satisfies PayerEvent;
  if (!settings.autoAcceptParty) return { events: [found] };
  return { events: [found, quoteRequested(settings, state, found.party, 'automatic', now)] };
}

function decideParty(settings: PayerSettings, state: PayerState, accept: boolean, now: number): PayerDecision {
  if (state.stage !== 'party-offered') return NOTHING;
  if (!accept) return { events: [{ type: 'aborted', at: now, reason: 'Payee rejected by backend' }] };
  return { events: [quoteRequested(settings, state, state.party, 'dfsp', now)] };
}

/** `party`: as it was found; undefined where the DFSP has skipped the look-up. */
function quoteRequested(
  settings: PayerSettings,
  { request, quoteId, transferId }: Pick<PayerState, 'request' | 'quoteId' | 'transferId'>,
  party: PayerState['party'],
  by: 'dfsp' | 'automatic',
  now: number,
): PayerEvent {
  if (request === undefined) throw new Error('a quote for a payment without a request');
  const payee = party ?? toFspiopParty(request.to, request.to.fspId ?? '');
  const quote: QuotesPostRequest = {
    quoteId,
    transactionId: transferId,
    payee,
    payer: toFspiopParty(request.from, settings.fspId),
    amountType: request.amountType,
    amount: { currency: request.currency, amount: request.amount },
    transactionType: {
      scenario: request.transactionType,
      initiator: request.initiator ?? 'PAYER',
      initiatorType: request.from.type ?? 'CONSUMER',
      ...(request.subScenario !== undefined && { subScenario: request.subScenario }),
      ...(request.refundInfo !== undefined && { refundInfo: request.refundInfo }),
    },
    expiration: formatDateTime(now + seconds(request.quoteExpirySeconds, settings.quoteRequestLifetimeMs)),
    ...(request.note !== undefined && { note: request.note }),
    ...extensions(request.quoteRequestExtensions),
  };
  const quoteRequest = onlyKnownMembers('POST /quotes', settings.versions.quotes, quote) as QuotesPostRequest;
  return { type: 'quote-requested', at: now, by, destination: payee.partyIdInfo.fspId ?? '', quoteRequest };
}

function seconds(value: number | undefined, otherwiseMs: number): number {
  return value === undefined ? otherwiseMs : value * 1_000;
}

function extensions(list: readonly { key: string; value: string }[] | undefined): {
  extensionList?: { extension: { key: string; value: string }[] };
} {
  return list === undefined || list.length === 0 ? {} : { extensionList: { extension: [...list] } };
}

// ---- the quote

function quoteReceived(
  settings: PayerSettings,
  state: PayerState,
  from: CallbackFrom,
  body: Extract<PayerInput, { type: 'quote' }>['body'],
  now: number,
): PayerDecision {
  if (state.stage !== 'quoting' || state.quoteRequest === undefined) return NOTHING;
  // the quote is the payee's own word: the hub cannot make one
  if (from.source !== state.destination) return stranger(from, 'a quote');
  const objection = objectionToQuote(settings, state.quoteRequest, body, now);
  if (objection !== undefined) return failed(now, objection);
  const received: PayerEvent = { type: 'quote-received', at: now, response: body, source: from.source, headers: from.headers };
  const isOffered = state.offersPrice === true || !settings.autoAcceptQuote;
  if (isOffered || !isWithinFeeLimit(settings.maxAutoAcceptFee, state.quoteRequest, body)) return { events: [received] };
  return { events: [received, quoteAccepted(settings, state, body, 'automatic', now)] };
}

function decideQuote(settings: PayerSettings, state: PayerState, accept: boolean, now: number): PayerDecision {
  if (state.stage !== 'quote-offered' || state.quoteResponse === undefined) return NOTHING;
  if (!accept) return { events: [{ type: 'aborted', at: now, reason: 'Quote rejected by backend' }] };
  if (Date.parse(state.quoteResponse.expiration) <= now)
    return failed(now, { errorCode: '3302', errorDescription: 'the quote expired before it was accepted' });
  return { events: [quoteAccepted(settings, state, state.quoteResponse, 'dfsp', now)] };
}

function quoteAccepted(
  settings: PayerSettings,
  { transferId, destination = '', request }: PayerState,
  quote: NonNullable<PayerState['quoteResponse']>,
  by: 'dfsp' | 'automatic',
  now: number,
): PayerEvent {
  if (request === undefined) throw new Error('a prepare without a quote');
  const prepare: TransfersPostRequest = {
    transferId,
    payeeFsp: destination,
    payerFsp: settings.fspId,
    amount: quote.transferAmount,
    ilpPacket: quote.ilpPacket,
    condition: quote.condition,
    expiration: formatDateTime(now + seconds(request.prepareExpirySeconds, settings.prepareLifetimeMs)),
    ...extensions(request.transferRequestExtensions),
  };
  return { type: 'quote-accepted', at: now, by, prepare: withPacketOnce(prepare, quote) };
}

// ---- questions, answers of our own sending, and time

/** An open payment is asked for at the hub. The GET is recorded first: it changes what the hub's errors prove (docs/money-rules.md, 4). */
function inquire(settings: PayerSettings, state: PayerState, now: number): PayerDecision {
  if (state.stage !== 'open') return NOTHING;
  return {
    // once is enough: that something was asked is what counts, and a DFSP that polls must not fill the record
    events: state.inquiredAt === undefined ? [{ type: 'inquired', at: now, by: 'dfsp' }] : [],
    courtesies: [inquiry(settings, state.transferId, now)],
  };
}

function sent(state: PayerState, key: string, outcome: SendOutcome, now: number): PayerDecision {
  if (key === 'send:lookup' && state.stage === 'lookup') return ended(outcome, now);
  if (key === 'send:quote' && state.stage === 'quoting') return ended(outcome, now);
  if (key === 'send:prepare' && state.stage === 'open') return prepareSent(outcome, now);
  if (key === `send:ask:${state.rung}` && state.stage === 'open' && outcome.kind === 'acknowledged')
    return { events: [{ type: 'hub-asked', at: now, rung: state.rung }] };
  return NOTHING;
}

/** No money is at stake before the prepare: a message that did not get through ends the payment. */
function ended(outcome: SendOutcome, now: number): PayerDecision {
  if (outcome.kind === 'acknowledged') return NOTHING;
  return failed(now, outcome.errorInformation, outcome.kind === 'given-up');
}

function prepareSent(outcome: SendOutcome, now: number): PayerDecision {
  const event: PayerEvent = { type: 'prepare-sent', at: now, outcome: outcome.kind, detail: outcome.detail };
  if (outcome.kind === 'acknowledged') return { events: [event], lazy: true };
  if (outcome.kind === 'refused')
    return { events: [event, { type: 'not-committed', at: now, errorInformation: outcome.errorInformation, said: 'hub', timeout: false }] };
  // proven that no byte ever left: nothing can have moved. Else the ladder asks.
  if (!outcome.mayHaveArrived)
    return {
      events: [event, { type: 'not-committed', at: now, errorInformation: outcome.errorInformation, said: 'never-left', timeout: true }],
    };
  return { events: [event] };
}

function due(state: PayerState, key: string, now: number): PayerDecision {
  if (key === 'end:lookup' && state.stage === 'lookup')
    return failed(now, { errorCode: '2004', errorDescription: 'no answer to the party look-up in time' }, true);
  if (key === 'end:quote' && state.stage === 'quoting')
    return failed(now, { errorCode: '2004', errorDescription: 'no answer to the quote request in time' }, true);
  if (key === 'end:party-offer' && state.stage === 'party-offered')
    return { events: [{ type: 'aborted', at: now, reason: 'The party was not accepted in time' }] };
  if (key === 'end:quote-offer' && state.stage === 'quote-offered')
    return { events: [{ type: 'aborted', at: now, reason: 'The quote was not accepted before it expired' }] };
  if (key === BEGIN_LADDER && state.stage === 'open' && state.inquiredAt === undefined)
    return { events: [{ type: 'inquired', at: now, by: 'ladder' }] };
  if (key === 'end:ladder' && state.stage === 'open' && state.exception === undefined) {
    return { events: [ladderEnded(state.rung, now)] };
  }
  return NOTHING;
}

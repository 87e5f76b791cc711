import type { Decision } from '@payment-manager/engine';
import { isFromBefore } from '@payment-manager/mojaloop-connector/core-client';
import type { SendEvent } from './events.ts';
import type { HoldEnd, MoneyEnd, SendAction, SendInput } from './inputs.ts';
import { EXPIRES, HELD_LATE, NO_PRICE, NOBODY_SAYS, notAfterOf, RESTORED } from './owed.ts';
import type { Offer, Seen, Why } from './payments.ts';
import type { SendSettings } from './settings.ts';
import { applySend, type SendState } from './state.ts';
import { isWithinLimit, objectionTo, totalOf } from './terms.ts';

export type SendDecision = Decision<SendEvent, SendAction>;
type Events = readonly SendEvent[];
const NOTHING: Events = [];

/** What an input means for a payment that our customer makes. */
export function decideSend(settings: SendSettings, state: SendState | undefined, input: SendInput, now: number): SendDecision {
  if (input.type === 'begin') return { events: state === undefined ? begin(input, now) : NOTHING };
  if (state === undefined) return { events: NOTHING };
  if (!mustBeAskedAbout(settings, state)) return { events: decide(settings, state, input, now) };
  // whatever comes first to a payment from before a restore, nobody knows how far that had come (docs/money-rules.md, 8)
  const restored: SendEvent = { type: 'restored', at: Math.max(now, settings.restored?.()?.at ?? 0) };
  const events = decide(settings, applySend(state, restored), input, now);
  const wanted = events.length > 0 || (input.type === 'due' && input.key === RESTORED);
  return { events: wanted ? [restored, ...events] : NOTHING };
}

/** Is it from before the last restore, unfinished, and that is not written down yet? */
export function mustBeAskedAbout({ restored }: SendSettings, { stage, begunAt, restoredAt }: SendState): boolean {
  return stage !== 'ended' && stage !== 'unheld' && isFromBefore(restored, restoredAt ?? begunAt);
}

function begin({ type: _type, byHomeId, ...begun }: Extract<SendInput, { type: 'begin' }>, at: number): Events {
  return [{ type: 'send-begun', at, ...begun, ...(byHomeId && { byHomeId }) } as SendEvent];
}

function decide(settings: SendSettings, state: SendState, input: Exclude<SendInput, { type: 'begin' }>, now: number): Events {
  switch (input.type) {
    case 'checked':
      return state.stage === 'checking' ? checked(input.checked, now) : NOTHING;
    case 'seen':
      return seen(settings, state, input, now);
    case 'decide':
      return state.stage === 'offered' ? customerSays(settings, state, input.accept, now) : NOTHING;
    case 'held':
      return state.stage === 'holding' ? held(settings, state, input.end, now) : NOTHING;
    case 'moved':
      return moved(state, input.end, now);
    case 'due':
      return due(settings, state, input.key, now);
    case 'done-by-hand':
      return state.exception === undefined ? NOTHING : [{ type: 'person-acted', at: now, by: input.by, reason: input.reason }];
    case 'interrupted':
      return NOTHING;
  }
}

function checked(said: Extract<SendInput, { type: 'checked' }>['checked'], at: number): Events {
  const { kind, ...what } = said;
  if (said.kind === 'refused') return [givenUp(at, said, false)];
  return [{ type: 'checked', at, ...what } as SendEvent];
}

function givenUp(at: number, { code, message }: Why, mayBeHeld: boolean, more: { timeout?: true; refused?: true } = {}): SendEvent {
  return { type: 'given-up', at, ...(code !== undefined && { code }), message, mayBeHeld, ...more };
}

// ---- what is seen of the payment

function seen(settings: SendSettings, state: SendState, { key, seen: what }: Extract<SendInput, { type: 'seen' }>, now: number): Events {
  if ('transferId' in what && what.transferId !== undefined && state.stage !== 'quoting' && what.transferId !== state.transferId)
    return NOTHING;
  switch (state.stage) {
    case 'quoting':
      return whileQuoting(settings, state, what, now);
    case 'offered':
    case 'accepting':
    case 'open':
      return goesOn(state, what, now);
    default:
      return key === 'reject' && state.rejects ? afterRejection(state, what, now) : NOTHING;
  }
}

function whileQuoting(settings: SendSettings, state: SendState, what: Seen, at: number): Events {
  if (what.kind === 'busy' || what.kind === 'no-answer') return NOTHING;
  const isNew = what.transferId !== undefined && what.transferId !== state.transferId;
  const known: Events = isNew ? [{ type: 'payment-known', at, transferId: what.transferId ?? '' }] : NOTHING;
  switch (what.kind) {
    case 'under-way':
      return known;
    case 'offered':
      return [...known, ...offered(settings, state, what.offer, at)];
    default:
      return [...known, ...goesOn(state, what, at)];
  }
}

function offered(settings: SendSettings, state: SendState, offer: Offer, at: number): Events {
  const event: SendEvent = { type: 'offered', at, offer };
  const objection = objectionTo(state, offer);
  if (objection !== undefined) return [event, givenUp(at, { code: '3100', message: objection }, false)];
  if (at >= notAfterOf(settings, state, offer)) return [event, tooLate(at, 'the price leaves no time to accept it', false)];
  if (!isWithinLimit(state, offer)) return [event];
  return [event, { type: 'accepted', at, by: 'limit', total: totalOf(state, offer).toString() }];
}

function tooLate(at: number, message: string, mayBeHeld: boolean): SendEvent {
  return givenUp(at, { code: '3302', message }, mayBeHeld);
}

/** Only proof ends it: silence and what the other side does not know any more are no end. */
function goesOn(state: SendState, what: Seen, at: number): Events {
  switch (what.kind) {
    case 'open':
      if (state.stage === 'accepting') return [{ type: 'taken', at }];
      // nobody but us accepts, and we have not
      return state.stage === 'open'
        ? NOTHING
        : [{ type: 'taken', at }, withoutHold(at, 'the price was accepted by somebody else, and nothing is held for it')];
    case 'committed': {
      const event: SendEvent = { type: 'committed', at };
      const after = applySend(state, event);
      return after.stage === 'unheld' ? [event, withoutHold(at, 'it has committed, and nothing was held for it')] : [event];
    }
    case 'not-committed': {
      const { kind: _kind, transferId: _id, ...why } = what;
      return [{ type: 'not-committed', at, ...why }];
    }
    default:
      return NOTHING;
  }
}

function withoutHold(at: number, reason: string): SendEvent {
  return { type: 'exception-raised', at, code: 'SEND_WITHOUT_HOLD', reason };
}

/** What came of refusing an offer that we gave up. That it goes on all the same is before a person: what was held is released. */
function afterRejection(state: SendState, what: Seen, at: number): Events {
  const over: SendEvent = { type: 'rejected', at };
  if ((what.kind !== 'open' && what.kind !== 'committed') || state.exception !== undefined) return [over];
  return [over, withoutHold(at, `it was given up here, and ${what.kind === 'open' ? 'accepted' : 'committed'} all the same`)];
}

// ---- the customer, and the hold

function customerSays(settings: SendSettings, state: SendState, accept: boolean, at: number): Events {
  const { offer } = state;
  if (offer === undefined) return NOTHING;
  if (!accept) return [givenUp(at, { message: 'the customer refused the price' }, false, { refused: true })];
  if (at >= notAfterOf(settings, state, offer)) return [tooLate(at, 'the price expired before it was accepted', false)];
  return [{ type: 'accepted', at, by: 'customer', total: totalOf(state, offer).toString() }];
}

/** The hold is there, or is not. That the price may be accepted now, and until when, is written with it. */
function held(settings: SendSettings, state: SendState, end: HoldEnd, at: number): Events {
  if (end.kind === 'refused') return [givenUp(at, end, end.begun)];
  const { offer } = state;
  const notAfter = offer === undefined ? at : notAfterOf(settings, state, offer);
  if (at >= notAfter) return [tooLate(at, 'the price expired before the money was held', true)];
  return [{ type: 'accepting', at, notAfter }];
}

function moved(state: SendState, end: MoneyEnd, at: number): Events {
  if (state.stage !== 'capturing' && state.stage !== 'releasing') return NOTHING;
  if (end === 'done') return [{ type: state.stage === 'capturing' ? 'captured' : 'released', at }];
  // a person, or an operation that undid itself, was first
  if (state.exception !== undefined) return NOTHING;
  const reason = state.stage === 'capturing' ? 'it has committed, and the hold was released' : 'no money moved, and the hold was captured';
  return [withoutHold(at, reason)];
}

// ---- time

function due(_settings: SendSettings, state: SendState, key: string, at: number): Events {
  if (key === NO_PRICE && state.stage === 'quoting')
    return [givenUp(at, { code: '2004', message: 'there was no price in time' }, false, { timeout: true })];
  if (key === EXPIRES && state.stage === 'offered')
    return [givenUp(at, { message: 'the price was not accepted in time' }, false, { refused: true })];
  if (key === HELD_LATE && state.stage === 'holding') return [tooLate(at, 'the price expired before the money was held', true)];
  if (key === NOBODY_SAYS && (state.stage === 'open' || state.stage === 'accepting') && state.exception === undefined)
    return [
      {
        type: 'exception-raised',
        at,
        code: 'SEND_OUTCOME_UNKNOWN',
        reason: 'nobody says how it ended; it is asked on, and the hold stays',
      },
    ];
  return NOTHING;
}

import { withContradiction } from '../transfer/contradiction.ts';
import { withPacket } from '../transfer/packet-once.ts';
import { type PersonActed, withPerson } from '../transfer/person.ts';
import type { PayerEvent } from './events.ts';
import type { PayerStage, PayerState } from './state.ts';

/** What an event makes of the state. The first event makes it. */
export function applyPayer(state: PayerState | undefined, event: PayerEvent): PayerState {
  if (event.type === 'payment-started') {
    return {
      transferId: event.transferId,
      quoteId: event.quoteId,
      simple: false,
      request: event.request,
      hash: event.hash,
      idempotencyKey: event.idempotencyKey,
      attempt: event.attempt,
      ...(event.offersPrice === true && { offersPrice: true as const }),
      trace: event.trace,
      startedAt: event.at,
      stage: 'lookup',
      stageAt: event.at,
      rung: 0,
      contradictions: [],
    };
  }
  if (event.type === 'simple-transfer-started') {
    return {
      transferId: event.transferId,
      quoteId: '',
      simple: true,
      request: undefined,
      hash: event.hash,
      idempotencyKey: event.idempotencyKey,
      attempt: undefined,
      trace: undefined,
      startedAt: event.at,
      stage: 'open',
      stageAt: event.at,
      destination: event.destination,
      prepare: event.prepare,
      preparedAt: event.at,
      rung: 0,
      contradictions: [],
    };
  }
  if (event.type === 'pruned' || event.type === 'reported') return event.summary;
  if (state === undefined) throw new Error(`the first event of a payment cannot be ${event.type}`);
  return advance(state, event);
}

function advance(
  state: PayerState,
  event: Exclude<PayerEvent, { type: 'payment-started' | 'simple-transfer-started' | 'pruned' | 'reported' }>,
): PayerState {
  const stage = (next: PayerStage) => ({ stage: next, stageAt: event.at });
  switch (event.type) {
    case 'party-found':
      return { ...state, ...stage('party-offered'), party: event.party, partyHeaders: event.headers };
    case 'quote-requested':
      return { ...state, ...stage('quoting'), destination: event.destination, quoteRequest: event.quoteRequest };
    case 'quote-received':
      return {
        ...state,
        ...stage('quote-offered'),
        quoteResponse: event.response,
        quoteResponseSource: event.source,
        quoteResponseHeaders: event.headers,
      };
    case 'quote-accepted':
      return { ...state, ...stage('open'), prepare: withPacket(event.prepare, state.quoteResponse), preparedAt: event.at };
    case 'prepare-sent':
      return { ...state, prepareSent: event.outcome };
    case 'fulfilled':
      return { ...settled(state), ...stage('completed'), fulfil: event.fulfil, fulfilHeaders: event.headers };
    case 'not-committed':
      return {
        ...settled(state),
        ...stage('failed'),
        errorInformation: event.errorInformation,
        timeout: event.timeout,
        neverLeft: event.said === 'never-left',
      };
    case 'failed':
      return { ...state, ...stage('failed'), errorInformation: event.errorInformation, timeout: event.timeout, neverLeft: true };
    case 'aborted':
      return { ...state, ...stage('aborted'), abortedReason: event.reason, neverLeft: true };
    case 'hub-asked':
      return { ...state, rung: event.rung + 1, askedAt: event.at };
    case 'inquired':
      return { ...state, inquiredAt: event.at };
    case 'restored':
      return {
        ...state,
        ...(state.stage === 'open' ? {} : stage('open')),
        restoredAt: event.at,
        ...(event.forgottenExpiration !== undefined && { forgottenExpiration: event.forgottenExpiration }),
      };
    case 'exception-raised':
      return { ...state, exception: { code: event.code, reason: event.reason, since: event.at } };
    case 'contradicted':
      return { ...state, contradictions: withContradiction(state.contradictions, event) };
    case 'confirmation-asked':
      return { ...state, confirmation: { nonce: event.nonce, askedAt: event.at, confirmed: false } };
    case 'confirmed':
      return state.confirmation === undefined ? state : { ...state, confirmation: { ...state.confirmation, confirmed: true } };
    case 'person-acted':
      return acted({ ...state, ...withPerson(state, event, state.contradictions.length) }, event);
  }
}

/**
 * A person's word ends an open payment, so that the DFSP's core gets an answer; a payment that has ended keeps its end. A GET that
 * a person asked for changes what the hub's errors prove, like any other.
 */
function acted(state: PayerState, event: PersonActed): PayerState {
  const { act, at } = event;
  if (act.action !== 'settle') return { ...state, inquiredAt: at };
  if (state.stage !== 'open') return state;
  if (act.as === 'COMMITTED') return { ...settled(state), stage: 'completed', stageAt: at, endedByPerson: true };
  const errorInformation = { errorCode: '5000', errorDescription: 'a person resolved the payment as ABORTED' };
  return { ...settled(state), stage: 'failed', stageAt: at, errorInformation, timeout: false, neverLeft: false, endedByPerson: true };
}

/** A final word of the hub settles an exception (docs/money-rules.md, 6). */
function settled(state: PayerState): PayerState {
  const { exception: _settled, endedByPerson: _person, ...rest } = state;
  return rest;
}

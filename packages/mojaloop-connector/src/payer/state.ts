import type {
  ErrorInformation,
  Party,
  QuotesIdPutResponse,
  QuotesPostRequest,
  TransfersIdPutResponse,
  TransfersPostRequest,
} from '@payment-manager/fspiop';
import { type ContradictedState, withContradiction } from '../transfer/contradiction.ts';
import type { Trace } from '../transfer/message.ts';
import type { PaymentRequest } from '../transfer/payer-door.ts';
import { type PersonActed, withPerson } from '../transfer/person.ts';
import type { PayerEvent } from './events.ts';

/**
 * lookup → party-offered → quoting → quote-offered → open → completed | failed; aborted from the offers.
 * From `open` on, a prepare exists and may have left: only proof ends the payment (docs/money-rules.md, 4).
 */
export type PayerStage = 'lookup' | 'party-offered' | 'quoting' | 'quote-offered' | 'open' | 'completed' | 'aborted' | 'failed';

export interface PayerState extends ContradictedState {
  readonly transferId: string;
  readonly quoteId: string;
  readonly simple: boolean;
  readonly request: PaymentRequest | undefined;
  readonly hash: string;
  readonly idempotencyKey: string | undefined;
  readonly attempt: number | undefined;
  readonly trace: Trace | undefined;
  readonly startedAt: number;
  readonly stage: PayerStage;
  /** When the stage was entered. */
  readonly stageAt: number;
  readonly party?: Party;
  readonly partyHeaders?: Record<string, string>;
  /** The FSP that we quote with and pay to. */
  readonly destination?: string;
  readonly quoteRequest?: QuotesPostRequest;
  readonly quoteResponse?: QuotesIdPutResponse;
  readonly quoteResponseSource?: string;
  readonly quoteResponseHeaders?: Record<string, string>;
  readonly prepare?: TransfersPostRequest;
  readonly preparedAt?: number;
  /** What became of sending the prepare, as far as it is known. */
  readonly prepareSent?: 'acknowledged' | 'refused' | 'given-up';
  readonly fulfil?: TransfersIdPutResponse;
  readonly fulfilHeaders?: Record<string, string>;
  readonly errorInformation?: ErrorInformation;
  readonly timeout?: boolean;
  /** True when the money cannot have moved because the prepare never left. */
  readonly neverLeft?: boolean;
  readonly abortedReason?: string;
  /** Questions of the ladder that the hub took, and when the last one was taken. */
  readonly rung: number;
  readonly askedAt?: number;
  /** A GET of ours may have left since then: the ladder's, or one that the DFSP or a person wanted. */
  readonly inquiredAt?: number;
  readonly exception?: { readonly code: string; readonly reason: string; readonly since: number };
  /** A person ended it while the hub was silent; the hub's own word, if it comes, takes the place of the person's. */
  readonly endedByPerson?: true;
  /** The journal was put back to an older copy then, when this payment was open: what it sent since the copy is not known. */
  readonly restoredAt?: number;
  /** Until then a prepare that the journal has forgotten may still arrive at the hub. */
  readonly forgottenExpiration?: number;
  /** A tombstone: the journal had forgotten it, and knows what was reported. */
  readonly reported?: { readonly amount: string; readonly currency: string; readonly homeTransactionId?: string };
  readonly confirmation?: { readonly nonce: number; readonly askedAt: number; readonly confirmed: boolean };
}

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
      return { ...state, ...stage('open'), prepare: event.prepare, preparedAt: event.at };
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

/** No message can move this payment's money any more. */
export function isFinal(state: PayerState): boolean {
  return state.stage === 'completed' || state.stage === 'failed' || state.stage === 'aborted';
}

/** Expiration of the prepare, milliseconds since the epoch; of one that we have forgotten, the latest that it may have. */
export function prepareExpiration(state: PayerState): number {
  const forgotten = state.forgottenExpiration ?? state.restoredAt;
  if (state.prepare === undefined && forgotten !== undefined) return forgotten;
  return Date.parse(state.prepare?.expiration ?? '');
}

import type { JournalEvent, PrunedEvent } from '@payment-manager/journal';
import type { PaymentRequest } from '@payment-manager/mojaloop-connector/payer';
import type { SendEvent, SendExceptionCode } from './events.ts';
import type { Offer, Why } from './payments.ts';

/** Where it stands. From `accepting` on the price may have been accepted: only proof ends it. */
export type SendStage =
  | 'checking'
  | 'quoting'
  | 'offered'
  | 'holding'
  | 'accepting'
  | 'open'
  | 'capturing'
  | 'releasing'
  /** Committed, and there is nothing to capture: a person has it. */
  | 'unheld'
  | 'ended';

/** A payment that our customer makes. */
export interface SendState {
  /** Absent once it was pruned. */
  readonly request: PaymentRequest | undefined;
  readonly homeTransactionId: string;
  readonly hash: string;
  readonly key: string;
  readonly maxFee: string | undefined;
  readonly trace: { readonly traceparent?: string; readonly tracestate?: string } | undefined;
  readonly begunAt: number;
  readonly stage: SendStage;
  readonly stageAt: number;
  readonly fee?: string;
  readonly facts?: string;
  readonly version?: string;
  readonly minimumMs?: number;
  readonly transferId?: string;
  readonly offer?: Offer;
  /** What is taken from the customer. */
  readonly total?: string;
  readonly notAfter?: number;
  /** Of the money between the DFSPs. */
  readonly outcome: 'none-yet' | 'unknown' | 'committed' | 'not-committed';
  /** Why it did not come to be. `refused`: by the customer, or not accepted in time. */
  readonly why?: Why & { readonly timeout?: true; readonly refused?: true };
  /** At the core. `asked`: it may be there. */
  readonly hold: 'none' | 'asked' | 'held' | 'captured' | 'released';
  /** What is on offer is still to be refused. */
  readonly rejects: boolean;
  readonly restoredAt?: number;
  readonly exception?: { readonly code: SendExceptionCode; readonly reason: string; readonly since: number };
}

/** What must still be known of one whose events are gone: a repeat gets the old answer. */
export type PrunedSend = Omit<SendState, 'request' | 'facts' | 'trace'>;

/** What happened. */
export function applySend(before: SendState | undefined, event: SendEvent): SendState {
  if (event.type === 'send-begun') return begun(event);
  if ((event as JournalEvent).type === 'pruned') {
    const { summary } = event as unknown as PrunedEvent<PrunedSend>;
    return { ...summary, request: undefined, trace: undefined };
  }
  if (before === undefined) throw new Error(`a payment of our customer cannot begin with ${event.type}`);
  return advance(before, event);
}

function begun({ at, request, hash, key, maxFee, trace }: Extract<SendEvent, { type: 'send-begun' }>): SendState {
  return {
    request,
    homeTransactionId: request.homeTransactionId,
    hash,
    key,
    maxFee,
    trace,
    begunAt: at,
    stage: 'checking',
    stageAt: at,
    outcome: 'none-yet',
    hold: 'none',
    rejects: false,
  };
}

function advance(state: SendState, event: Exclude<SendEvent, { type: 'send-begun' }>): SendState {
  const stage = (next: SendStage) => ({ stage: next, stageAt: event.at });
  switch (event.type) {
    case 'checked': {
      const { fee, facts, version, minimumMs } = event;
      return { ...state, ...stage('quoting'), fee, facts, version, minimumMs };
    }
    case 'payment-known':
      return { ...state, transferId: event.transferId };
    case 'offered':
      return { ...state, ...stage('offered'), offer: event.offer };
    case 'accepted':
      return { ...state, ...stage('holding'), total: event.total, hold: 'asked' };
    case 'accepting':
      return { ...state, ...stage('accepting'), hold: 'held', notAfter: event.notAfter, outcome: 'unknown' };
    case 'taken':
      return { ...state, ...stage('open'), outcome: 'unknown' };
    case 'given-up': {
      const { type: _type, at: _at, mayBeHeld, ...why } = event;
      const next = mayBeHeld ? 'releasing' : 'ended';
      const hold = mayBeHeld ? state.hold : 'none';
      return { ...state, ...stage(next), why, hold, outcome: 'not-committed', rejects: state.transferId !== undefined };
    }
    case 'committed':
      return { ...withoutException(state), ...stage(mayHold(state) ? 'capturing' : 'unheld'), outcome: 'committed' };
    case 'not-committed': {
      const { type: _type, at: _at, ...why } = event;
      return { ...withoutException(state), ...stage(mayHold(state) ? 'releasing' : 'ended'), why, outcome: 'not-committed' };
    }
    case 'captured':
      return { ...state, ...stage('ended'), hold: 'captured' };
    case 'released':
      return { ...state, ...stage('ended'), hold: 'released' };
    case 'rejected':
      return { ...state, rejects: false };
    case 'exception-raised':
      return { ...state, exception: { code: event.code, reason: event.reason, since: event.at } };
    case 'person-acted':
      return { ...withoutException(state), ...stage('ended'), rejects: false };
    case 'restored':
      return { ...state, ...stage('open'), outcome: 'unknown', rejects: false, restoredAt: event.at };
  }
}

/** The core may hold something for it; of what a restored journal has forgotten nobody knows. */
export function mayHold({ hold, restoredAt }: SendState): boolean {
  return hold === 'asked' || hold === 'held' || restoredAt !== undefined;
}

function withoutException({ exception: _settled, ...state }: SendState): SendState {
  return state;
}

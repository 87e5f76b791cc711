import type { ContradictedState } from '../transfer/contradiction.ts';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import type {
  StoredError,
  StoredFulfil,
  StoredParty,
  StoredPrepare,
  StoredQuote,
  StoredQuoteRequest,
  StoredTrace,
} from '../transfer/stored-messages.ts';
import type { StoredRequest } from './stored-request.ts';

/**
 * lookup → party-offered → quoting → quote-offered → open → completed | failed; aborted from the offers.
 * From `open` on, a prepare exists and may have left: only proof ends the payment (docs/money-rules.md, 4).
 */
export type PayerStage = 'lookup' | 'party-offered' | 'quoting' | 'quote-offered' | 'open' | 'completed' | 'aborted' | 'failed';

export interface PayerState extends ContradictedState {
  readonly transferId: string;
  readonly quoteId: string;
  readonly simple: boolean;
  readonly request: StoredRequest | undefined;
  readonly hash: string;
  readonly idempotencyKey: string | undefined;
  readonly attempt: number | undefined;
  /** Its price is never accepted without asking. */
  readonly offersPrice?: true;
  readonly trace: StoredTrace | undefined;
  readonly startedAt: number;
  readonly stage: PayerStage;
  /** When the stage was entered. */
  readonly stageAt: number;
  readonly party?: StoredParty;
  readonly partyHeaders?: Record<string, string>;
  /** The FSP that we quote with and pay to. */
  readonly destination?: string;
  readonly quoteRequest?: StoredQuoteRequest;
  readonly quoteResponse?: StoredQuote;
  readonly quoteResponseSource?: string;
  readonly quoteResponseHeaders?: Record<string, string>;
  readonly prepare?: StoredPrepare;
  readonly preparedAt?: number;
  /** What became of sending the prepare, as far as it is known. */
  readonly prepareSent?: 'acknowledged' | 'refused' | 'given-up';
  readonly fulfil?: StoredFulfil;
  readonly fulfilHeaders?: Record<string, string>;
  readonly errorInformation?: StoredError;
  readonly timeout?: boolean;
  /** True when the money cannot have moved because the prepare never left. */
  readonly neverLeft?: boolean;
  readonly abortedReason?: string;
  /** Questions of the ladder that the hub took, and when the last one was taken. */
  readonly rung: number;
  readonly askedAt?: number;
  /** A GET of ours may have left since then: the ladder's, or one that the DFSP or a person wanted. */
  readonly inquiredAt?: number;
  readonly exception?: { readonly code: ExceptionCode; readonly reason: string; readonly since: number };
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

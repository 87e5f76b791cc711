import type { PrunedEvent } from '@payment-manager/journal';
import type { Contradicted } from '../transfer/contradiction.ts';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import type { PrepareOfQuote } from '../transfer/packet-once.ts';
import type { PersonActed } from '../transfer/person.ts';
import type {
  StoredError,
  StoredFulfil,
  StoredParty,
  StoredPrepare,
  StoredQuote,
  StoredQuoteRequest,
  StoredTrace,
} from '../transfer/stored-messages.ts';
import type { PayerState } from './state.ts';
import type { StoredRequest } from './stored-request.ts';

/** What may happen in a payment that we make. All instants (`at`, `…By`) are milliseconds since the epoch. */
export type PayerEvent =
  | {
      type: 'payment-started';
      at: number;
      transferId: string;
      quoteId: string;
      request: StoredRequest;
      /** Of the request's content, for repeats (docs/money-rules.md, 2). */
      hash: string;
      idempotencyKey?: string;
      /** 1 for the first payment of a homeTransactionId; absent when such repeats are not looked for. */
      attempt?: number;
      /** Its price is offered, whatever may be accepted without asking. */
      offersPrice?: true;
      trace?: StoredTrace;
    }
  | {
      type: 'simple-transfer-started';
      at: number;
      transferId: string;
      hash: string;
      idempotencyKey?: string;
      destination: string;
      prepare: StoredPrepare;
    }
  | { type: 'party-found'; at: number; party: StoredParty; headers: Record<string, string> }
  | { type: 'quote-requested'; at: number; by: 'dfsp' | 'automatic'; destination: string; quoteRequest: StoredQuoteRequest }
  | { type: 'quote-received'; at: number; response: StoredQuote; source: string; headers: Record<string, string> }
  | { type: 'quote-accepted'; at: number; by: 'dfsp' | 'automatic'; prepare: PrepareOfQuote }
  /** What became of sending the prepare. Only `acknowledged` may come without being durable at once. */
  | { type: 'prepare-sent'; at: number; outcome: 'acknowledged' | 'refused' | 'given-up'; detail: string }
  | { type: 'fulfilled'; at: number; fulfil: StoredFulfil; source: string; headers: Record<string, string> }
  /** It is certain that the money does not move. */
  | { type: 'not-committed'; at: number; errorInformation: StoredError; said: 'hub' | 'payee' | 'never-left'; timeout: boolean }
  /** Ended before a prepare existed. */
  | { type: 'failed'; at: number; errorInformation: StoredError; timeout: boolean }
  | { type: 'aborted'; at: number; reason: string }
  /** The hub took a GET /transfers/{id} of the ladder. */
  | { type: 'hub-asked'; at: number; rung: number }
  /** A GET /transfers/{id} is about to leave: it changes what the hub's errors prove. `by`: who wants to know; before there was a ladder in it, the DFSP. */
  | { type: 'inquired'; at: number; by?: 'dfsp' | 'ladder' }
  | { type: 'exception-raised'; at: number; code: ExceptionCode; reason: string }
  /** A final word that contradicts the one that was taken. Kept, never followed (docs/money-rules.md, 5). */
  | Contradicted
  /** A repeat of the request asked for certainty that this failed attempt cannot move money any more (docs/money-rules.md, 2). */
  | { type: 'confirmation-asked'; at: number; nonce: number }
  | { type: 'confirmed'; at: number }
  /** The journal was put back to an older copy when this payment was open: how it went on since the copy is not known, and the hub is asked. */
  | { type: 'restored'; at: number; forgottenExpiration?: number }
  /** A payment that the journal had forgotten, as it was reported: its tombstone. */
  | { type: 'reported'; at: number; summary: PayerState }
  /** Stands for all events before it (`prunedPayer`). */
  | PrunedEvent<PayerState>
  | PersonActed;

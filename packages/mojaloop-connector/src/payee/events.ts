import type { PrunedEvent } from '@payment-manager/journal';
import type { Contradicted } from '../transfer/contradiction.ts';
import type { ExceptionCode } from '../transfer/exception-codes.ts';
import type { PrepareOfQuote } from '../transfer/packet-once.ts';
import type { PersonActed } from '../transfer/person.ts';
import type { Asked, StoredError, StoredExtensionList, StoredQuote, StoredQuoteRequest } from '../transfer/stored-messages.ts';
import type { PayeeState } from './state.ts';

/** What may happen to a quote of ours and to the transfer that spends it. `at` in milliseconds since the epoch. */
export type PayeeEvent =
  | {
      type: 'quote-requested';
      at: number;
      quote: StoredQuoteRequest;
      hash: string;
      asked: Asked;
      /** False when an earlier quote of the same source has the same transactionId (docs/money-rules.md, 2). */
      firstOfTransaction: boolean;
    }
  | { type: 'quote-answered'; at: number; response: StoredQuote; coreQuote: object; sealedFulfilment: string }
  | { type: 'quote-refused'; at: number; errorInformation: StoredError }
  | { type: 'quote-callback-settled'; at: number; acknowledged: boolean; detail: string }
  /** The prepare that spends the quote; or one that no quote belongs to, in a record of its own. */
  | { type: 'prepare-received'; at: number; prepare: PrepareOfQuote; hash: string; asked: Asked }
  | { type: 'prepare-refused'; at: number; errorInformation: StoredError }
  /** Durable before the first byte of the call leaves (docs/money-rules.md, 1). */
  | { type: 'core-transfer-started'; at: number; attempt: number; deadline: number }
  | { type: 'core-transfer-ok'; at: number; mode: 'reserve' | 'credit'; homeTransactionId?: string; late: boolean }
  | { type: 'core-transfer-refused'; at: number; errorInformation: StoredError }
  /** `forgotten`: the journal is an older copy, and may have forgotten that the core was called and a fulfilment sent. */
  | { type: 'core-transfer-unknown'; at: number; reason: string; forgotten?: true }
  | { type: 'core-asked'; at: number; attempt: number; found: 'not-found' | 'pending' | 'no-answer' }
  /** The core has had its quiet time since the call was over: what it does not know from now on, it did not execute. */
  | { type: 'core-quiet'; at: number }
  /** What the core answered to a question of a person's. */
  | { type: 'core-said'; at: number; found: 'reserve' | 'credit' | 'aborted' | 'not-found' | 'pending' | 'no-answer' }
  /** From here on the fulfilment is the hub's to know. The body lacks only the fulfilment, which stays sealed. */
  | {
      type: 'fulfil-decided';
      at: number;
      transferState: 'RESERVED' | 'COMMITTED';
      completedTimestamp: string;
      extensionList?: StoredExtensionList;
    }
  /** `inTime`: the hub took our COMMITTED before expiration - skew. A receipt, and no outcome (docs/money-rules.md, 3). */
  | { type: 'callback-settled'; at: number; acknowledged: boolean; detail: string; inTime?: true }
  /** The hub has an error about our fulfil that decides nothing: it is asked from now on (docs/money-rules.md, 3). */
  | { type: 'hub-error-said'; at: number; said: 'error' | 'patch-error'; errorInformation: StoredError }
  /** The hub took a question about an acknowledged COMMITTED. `nth` counts from 0. */
  | { type: 'confirmation-asked'; at: number; nth: number }
  /** The hub took all of them and did not answer: it stays acknowledged, until reconciliation asks. */
  | { type: 'confirmation-ended'; at: number }
  | {
      type: 'outcome-known';
      at: number;
      state: 'COMMITTED' | 'ABORTED';
      /** `acknowledgement`: as records had it when the hub's 200 was taken for its word; it counts as a receipt now. */
      said: 'patch' | 'answer' | 'error' | 'acknowledgement';
      completedTimestamp: string;
      errorInformation?: StoredError;
      /** What the hub said besides; the core is told of it. */
      extensionList?: StoredExtensionList;
    }
  | { type: 'notification-started'; at: number; attempt: number; state: 'COMMITTED' | 'ABORTED'; resent?: true }
  | { type: 'notification-acknowledged'; at: number; attempt: number }
  | { type: 'notification-failed'; at: number; attempt: number; kind: 'rejected' | 'not-sent' | 'unknown'; reason: string }
  /** Transfers 1.0: the time in which the core may be told COMMITTED first is over, and it has not booked: it is released when the hub has aborted. */
  | { type: 'commit-withdrawn'; at: number }
  /** The same, and nobody knows whether it has booked: it is told nothing more, and asked where it can be. */
  | { type: 'commit-held'; at: number }
  | { type: 'hub-asked'; at: number; rung: number }
  | { type: 'exception-raised'; at: number; code: ExceptionCode; reason: string }
  | Contradicted
  /** A transfer that the journal had forgotten, as it was reported: its tombstone. */
  | { type: 'reported'; at: number; summary: PayeeState }
  /** Stands for all events before it (`prunedPayee`). */
  | PrunedEvent<PayeeState>
  | PersonActed;

import type { Interrupted } from '@payment-manager/engine';
import type { ErrorInformation, QuotesIdPutResponse, QuotesPostRequest, TransfersPostRequest } from '@payment-manager/fspiop';
import type { CoreTransfer, MoneyOutcome } from '../core-client/core-door.ts';
import type { Due, Sent } from '../transfer/message.ts';
import type { PersonInput } from '../transfer/person.ts';
import type { Reported } from '../transfer/report-row.ts';
import type { Asked, StoredExtensionList } from '../transfer/stored-messages.ts';

/** What the core's price came to: a complete answer for the payer, or a refusal. */
export type QuoteResult =
  | { readonly kind: 'ok'; readonly response: QuotesIdPutResponse; readonly coreQuote: object; readonly sealedFulfilment: string }
  | { readonly kind: 'refused'; readonly errorInformation: ErrorInformation };

/** What the core says of a transfer whose outcome we do not know. */
export type AskResult =
  | { readonly kind: 'executed'; readonly mode: 'reserve' | 'credit'; readonly homeTransactionId?: string }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'not-found' }
  /** It goes on there, and whoever does it tells a person where one is needed. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'no-answer' };

export type PayeeInput =
  | {
      readonly type: 'quote';
      readonly quote: QuotesPostRequest;
      readonly hash: string;
      readonly asked: Asked;
      readonly firstOfTransaction: boolean;
    }
  | { readonly type: 'quote-asked'; readonly asked: Asked }
  | {
      readonly type: 'prepare';
      readonly prepare: TransfersPostRequest;
      readonly hash: string;
      readonly asked: Asked;
      /** Why the core should not be called for it now. */
      readonly objection?: ErrorInformation;
    }
  /** A prepare that belongs to no quote: refused in a record of its own. */
  | {
      readonly type: 'stray-prepare';
      readonly prepare: TransfersPostRequest;
      readonly hash: string;
      readonly asked: Asked;
      readonly errorInformation: ErrorInformation;
    }
  | { readonly type: 'transfer-asked'; readonly asked: Asked }
  /** `PATCH /transfers/{id}`, or the hub's answer to our question. */
  | {
      readonly type: 'final-word';
      readonly source: string;
      readonly said: 'patch' | 'answer';
      readonly state: 'COMMITTED' | 'ABORTED';
      readonly completedTimestamp?: string;
      readonly extensionList?: StoredExtensionList;
    }
  /** `PUT /transfers/{id}/error`, or with `patched` the same by PATCH. */
  | {
      readonly type: 'transfer-error';
      readonly source: string;
      readonly errorInformation: ErrorInformation;
      readonly patched?: true;
    }
  | { readonly type: 'core-quoted'; readonly key: string; readonly result: QuoteResult }
  /** `mayHaveRun`: the call before it, or the same call by a process that is gone, may have been executed. */
  | { readonly type: 'core-transferred'; readonly key: string; readonly outcome: MoneyOutcome<CoreTransfer>; readonly mayHaveRun?: true }
  | { readonly type: 'core-told'; readonly key: string; readonly outcome: MoneyOutcome<object>; readonly mayHaveRun?: true }
  | { readonly type: 'core-asked'; readonly key: string; readonly result: AskResult }
  | Reported
  | PersonInput
  | Sent
  | Due
  | Interrupted;

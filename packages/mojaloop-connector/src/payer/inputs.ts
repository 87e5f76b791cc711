import type { Interrupted } from '@payment-manager/engine';
import type {
  ErrorInformation,
  PartiesPutResponse,
  QuotesIdPutResponse,
  TransfersIdPutResponse,
  TransfersPostRequest,
} from '@payment-manager/fspiop';
import type { Due, Sent, Trace } from '../transfer/message.ts';
import type { PaymentRequest } from '../transfer/payer-door.ts';
import type { PersonInput } from '../transfer/person.ts';
import type { Reported } from '../transfer/report-row.ts';

/** A callback as it was received, from whom, and whether its sender is somebody we hold a key of. */
export interface CallbackFrom {
  readonly source: string;
  readonly sourceKnown: boolean;
  /** Harmless headers, to be shown to the DFSP. */
  readonly headers: Record<string, string>;
}

export type PayerInput =
  | {
      readonly type: 'start';
      readonly transferId: string;
      readonly quoteId: string;
      readonly request: PaymentRequest;
      readonly hash: string;
      readonly idempotencyKey?: string;
      readonly attempt?: number;
      readonly offersPrice?: true;
      readonly trace?: Trace;
    }
  | {
      readonly type: 'start-simple';
      readonly hash: string;
      readonly idempotencyKey?: string;
      readonly destination: string;
      readonly prepare: TransfersPostRequest;
    }
  | { readonly type: 'accept-party'; readonly accept: boolean }
  | { readonly type: 'accept-quote'; readonly accept: boolean }
  | { readonly type: 'inquire' }
  /** A repeat of the request wants to know for certain that this attempt failed. */
  | { readonly type: 'confirm'; readonly nonce: number }
  | { readonly type: 'party'; readonly from: CallbackFrom; readonly body: PartiesPutResponse }
  | { readonly type: 'party-error'; readonly from: CallbackFrom; readonly errorInformation: ErrorInformation }
  | { readonly type: 'quote'; readonly from: CallbackFrom; readonly body: QuotesIdPutResponse }
  | { readonly type: 'quote-error'; readonly from: CallbackFrom; readonly errorInformation: ErrorInformation }
  | { readonly type: 'transfer'; readonly from: CallbackFrom; readonly body: TransfersIdPutResponse }
  | { readonly type: 'transfer-error'; readonly from: CallbackFrom; readonly errorInformation: ErrorInformation }
  | Reported
  | PersonInput
  | Sent
  | Due
  | Interrupted;

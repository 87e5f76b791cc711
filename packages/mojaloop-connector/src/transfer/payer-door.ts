import type {
  ErrorInformation,
  Party,
  QuotesIdPutResponse,
  QuotesPostRequest,
  TransfersIdPutResponse,
  TransfersPostRequest,
} from '@payment-manager/fspiop';
import type { ExceptionCode } from './exception-codes.ts';

/**
 * What the outbound API may ask of the connector: the payer's flow behind one door. `dfsp-api/` turns HTTP into these
 * calls and answers of these calls into HTTP; it decides nothing about money.
 */
export interface PayerDoor {
  /** Starts a payment, or finds the one that this request already started (docs/money-rules.md, 2). Resolves when it comes to rest or the wait is over. */
  start(request: StartPayment): Promise<PaymentAnswer>;
  /** Accepts or refuses what is on offer. `undefined`: no such payment. */
  resume(transferId: string, decision: Decision): Promise<PaymentAnswer | undefined>;
  /** The state; an open payment is asked for at the hub first. For ids that are not ours the hub is asked, too. */
  inquire(transferId: string): Promise<PaymentAnswer | HelperAnswer<TransfersIdPutResponse>>;
  /** Waits until it has ended, for `waitMs` at most, and answers how it stands then; the hub is not asked because of it. `undefined`: no such payment. */
  watch(transferId: string, waitMs: number): Promise<PaymentAnswer | undefined>;
  /** `POST /simpleTransfers`: a prepare made by the DFSP, with all protection of a payment. */
  startSimple(request: StartSimpleTransfer): Promise<PaymentAnswer>;
  /** Reads through the hub; nothing is journalled. */
  findParty(key: { type: string; id: string; subId?: string }, destination?: string): Promise<HelperAnswer<{ party: Party }>>;
  quote(destination: string, body: QuotesPostRequest): Promise<HelperAnswer<QuotesIdPutResponse>>;
}

export type PaymentAnswer =
  /** The payment's state now; `waiting` false = it came to rest or ended, true = the wait ended before the payment did. */
  | { readonly kind: 'payment'; readonly payment: PayerView; readonly timedOut: boolean }
  /** Same key or homeTransactionId with other content (409). */
  | { readonly kind: 'conflict'; readonly message: string; readonly payment?: PayerView }
  /** Not accepted now (503 with Retry-After). */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number; readonly message: string };

export type HelperAnswer<T> =
  | { readonly kind: 'answered'; readonly body: T; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'error'; readonly errorInformation: ErrorInformation }
  | { readonly kind: 'timeout' }
  /** The request did not reach the hub, or it refused it; code and text for the DFSP. */
  | { readonly kind: 'failed'; readonly errorInformation: ErrorInformation };

export type Decision = { readonly acceptParty: boolean } | { readonly acceptQuote: boolean };

export interface StartPayment {
  /** The DFSP's request as validated (SDK `transferRequest`), and further members of the five scenarios. */
  readonly request: PaymentRequest;
  readonly idempotencyKey?: string;
  /** Its price is offered, whatever may be accepted without asking: somebody has something to do before. */
  readonly offersPrice?: boolean;
  readonly trace?: { readonly traceparent?: string; readonly tracestate?: string };
}

export interface StartSimpleTransfer {
  readonly fspId: string;
  readonly body: TransfersPostRequest;
  readonly idempotencyKey?: string;
}

/** SDK `transferParty`. */
export interface TransferParty {
  type?: 'CONSUMER' | 'AGENT' | 'BUSINESS' | 'DEVICE';
  idType: string;
  idValue: string;
  idSubValue?: string;
  displayName?: string;
  firstName?: string;
  middleName?: string;
  lastName?: string;
  dateOfBirth?: string;
  merchantClassificationCode?: string;
  fspId?: string;
  supportedCurrencies?: string[];
  kycInformation?: string;
  extensionList?: { key: string; value: string }[];
}

/** SDK `transferRequest`; `transactionType` takes all five scenarios, `refundInfo` besides. */
export interface PaymentRequest {
  homeTransactionId: string;
  from: TransferParty;
  to: TransferParty;
  amountType: 'SEND' | 'RECEIVE';
  currency: string;
  amount: string;
  transactionType: 'TRANSFER' | 'DEPOSIT' | 'WITHDRAWAL' | 'PAYMENT' | 'REFUND';
  subScenario?: string;
  /** Who starts the transaction; default PAYER. */
  initiator?: 'PAYER' | 'PAYEE';
  refundInfo?: { originalTransactionId: string; refundReason?: string };
  note?: string;
  quoteRequestExtensions?: { key: string; value: string }[];
  transferRequestExtensions?: { key: string; value: string }[];
  skipPartyLookup?: boolean;
  prepareExpirySeconds?: number;
  quoteExpirySeconds?: number;
  /** Accepted; a payment without currency conversion does not use them. */
  fxPrepareExpirySeconds?: number;
  fxQuoteExpirySeconds?: number;
}

/** A message as it went out or came in, with only harmless headers (no Authorization, no signature). */
export interface Seen<B> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: B;
}

/** Where a payment of ours stands: everything that the outbound API may show. Stages are explained in flows/payer. */
export interface PayerView {
  readonly transferId: string;
  readonly simple: boolean;
  readonly request?: PaymentRequest;
  readonly initiatedTimestamp: string;
  readonly stage: 'lookup' | 'party-offered' | 'quoting' | 'quote-offered' | 'open' | 'completed' | 'aborted' | 'failed';
  /** `unknown`: the prepare may have left and nobody has said yet how it ended. */
  readonly outcome: 'unknown' | 'committed' | 'not-committed' | 'none-yet';
  /** True when a person has to look; the reason is in `exception`. */
  readonly exception?: { readonly code: ExceptionCode; readonly reason: string };
  readonly getPartiesResponse?: Seen<{ party: Party }>;
  readonly quoteId?: string;
  readonly quoteRequest?: Seen<QuotesPostRequest>;
  readonly quoteResponse?: Seen<QuotesIdPutResponse>;
  readonly quoteResponseSource?: string;
  readonly prepare?: Seen<TransfersPostRequest>;
  readonly fulfil?: Seen<TransfersIdPutResponse>;
  readonly abortedReason?: string;
  readonly lastError?: PayerError;
  /** It failed, no prepare of it was ever made, and no word of the hub or of a person says otherwise. */
  readonly endedBeforeTransfer?: true;
}

export interface PayerError {
  /** 504 when the other side did not answer in time, else 500. */
  readonly httpStatusCode: 500 | 504;
  readonly errorInformation: ErrorInformation;
}

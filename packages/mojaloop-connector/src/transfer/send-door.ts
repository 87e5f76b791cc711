import type { PaymentRequest, TransferParty } from './payer-door.ts';

/**
 * A payment that the DFSP's own customer makes, the hold at the core included: what `/sendmoney` asks of whoever does it (the core connector).
 * `dfsp-api/` turns HTTP into these calls and their answers into HTTP.
 */
export interface SendDoor {
  /** Begins a payment, or finds the one that this request began (docs/money-rules.md, 2). Resolves when there is a price, an end, or the wait is over. */
  send(request: StartSend): Promise<SendAnswer>;
  /** The customer accepts or refuses the price. Undefined: no such payment. */
  decide(transferId: string, accept: boolean): Promise<SendAnswer | undefined>;
  /** How it stands; where the outcome is open it is asked for first. Undefined: no such payment. */
  ask(transferId: string): Promise<SendAnswer | undefined>;
}

export interface StartSend {
  readonly request: PaymentRequest;
  /** So much, our own fee included, it may cost the customer beyond what the payee gets, without asking them. Decimal text in the request's currency. */
  readonly maxFee?: string;
  readonly idempotencyKey?: string;
  readonly trace?: { readonly traceparent?: string; readonly tracestate?: string };
}

export type SendAnswer =
  /** `timedOut`: the wait was over before there was a price or an end. */
  | { readonly kind: 'payment'; readonly payment: SendView; readonly timedOut: boolean }
  /** The same key or homeTransactionId with other content (409). */
  | { readonly kind: 'conflict'; readonly message: string; readonly payment: SendView }
  /** Not accepted now (503 with Retry-After). */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number; readonly message: string };

/** Where such a payment stands: everything that may be shown. */
export interface SendView {
  /** The payment's id in the scheme; there once it has one. */
  readonly transferId?: string;
  readonly homeTransactionId: string;
  /** Absent once the payment was pruned. */
  readonly request?: PaymentRequest;
  readonly initiatedTimestamp: string;
  /** `open`: the price is accepted, or may be; only proof ends it. `completed`: the money is with the payee. `failed`, `aborted`: no money moves, and none will. */
  readonly stage: 'under-way' | 'quote-offered' | 'holding' | 'open' | 'completed' | 'aborted' | 'failed';
  readonly outcome: 'none-yet' | 'unknown' | 'committed' | 'not-committed';
  readonly payee?: TransferParty;
  readonly price?: SendPrice;
  /** Our own fee, and what is taken from the customer in all. */
  readonly fee?: string;
  readonly total?: string;
  /** The customer's money at the core. `unknown`: it may be held. */
  readonly hold: 'none' | 'unknown' | 'held' | 'captured' | 'released';
  /** `timeout`: the other side did not answer in time. */
  readonly error?: { readonly code?: string; readonly message: string; readonly timeout: boolean };
  readonly exception?: { readonly code: string; readonly reason: string };
}

/** Decimal text in the request's currency; the expiration is an FSPIOP DateTime. */
export interface SendPrice {
  readonly quoteId: string;
  readonly transferAmount: string;
  readonly payeeReceiveAmount?: string;
  readonly payeeFspFee?: string;
  readonly payeeFspCommission?: string;
  readonly expiration: string;
}

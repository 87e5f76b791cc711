import type { PaymentRequest, TransferParty } from '@payment-manager/mojaloop-connector/payer';

/**
 * A payment's way through the scheme, as the payer's flow drives it: over this process's own payments (`inProcessPayments`), or over the outbound
 * API of a Mojaloop SDK. Nothing here throws: what became of a call is a value. Every call may be repeated, at any time, by another
 * process, after a crash; only `accept` can move money, and five of it are one.
 */
export interface Payments {
  /** What stays unknown is asked about there, and is before a person there; false: the caller asks, and tells one. */
  readonly tellsPersons: boolean;
  /**
   * Begins a payment, or finds the one that was begun under the key; accepts the party, never the price, and answers what is known when there is a
   * price or the payment has ended, after `waitMs` at the latest. A repeat whose first is not known there may make another payment: without `accept`
   * neither moves money. Where the other side accepts prices by itself, it must be set not to.
   */
  start(payment: NewPayment, waitMs: number): Promise<Seen>;
  /** Accepts this offer and no other one. Answers `open` when it is taken, or how it ended where that comes first. Not begun from `notAfter` on (milliseconds since the epoch). */
  accept(transferId: string, offer: Offer, notAfter: number): Promise<Seen>;
  /** Refuses what is on offer. What was accepted before goes on: the answer says so (`open`, or how it ended). */
  reject(transferId: string): Promise<Seen>;
  /** Asks how it stands; where the outcome is open the hub is asked, too. */
  ask(transferId: string): Promise<Seen>;
  /** Waits for the outcome, for `waitMs` at most, and answers what is known then. Asks nobody where it is told by itself. */
  watch(transferId: string, waitMs: number): Promise<Seen>;
}

export interface NewPayment {
  /** The same for each repeat, 1 to 128 printable ASCII characters. */
  readonly key: string;
  readonly request: PaymentRequest;
  readonly trace?: { readonly traceparent?: string; readonly tracestate?: string };
}

/**
 * What is known of a payment. `not-committed` is a promise: no money moves, and none will (docs/money-rules.md, 4). Whatever promises neither that
 * nor `committed` is no end: a time-out, an answer that cannot be read, a payment that the other side does not know any more are `no-answer`.
 */
export type Seen =
  /** Not begun: too much at once, or the other side does not take payments now. The same again may be. */
  | { readonly kind: 'busy'; readonly message: string }
  /** It goes on, and has no price yet. */
  | { readonly kind: 'under-way'; readonly transferId: string }
  | { readonly kind: 'offered'; readonly transferId: string; readonly offer: Offer }
  /** Accepted; nobody knows yet how it ends. */
  | { readonly kind: 'open'; readonly transferId: string }
  | { readonly kind: 'committed'; readonly transferId: string }
  /** `code`: FSPIOP, of an error; absent: it was refused by us, or not accepted in time. `timeout`: no answer came in time. */
  | ({ readonly kind: 'not-committed'; readonly transferId?: string; readonly timeout?: true } & Why)
  | { readonly kind: 'no-answer'; readonly reason: string };

/** Why it ended: of an error an FSPIOP code, and at most 128 characters for the DFSP. */
export interface Why {
  readonly code?: string;
  readonly message: string;
}

/** A price, and whose. Amounts are decimal text, all in one currency. */
export interface Offer {
  readonly quoteId: string;
  readonly currency: string;
  readonly transferAmount: string;
  readonly payeeReceiveAmount?: string;
  readonly payeeFspFee?: string;
  readonly payeeFspCommission?: string;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
  /** The payee as the look-up completed it. */
  readonly payee: TransferParty;
}

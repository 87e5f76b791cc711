/**
 * A payment as the payer's core sees it. The hold stays until the Payment Manager says COMPLETED (captured), ABORTED or
 * ERROR_OCCURRED (released): these are the words that mean that money cannot move any more (docs/money-rules.md, 4).
 */
export type PaymentState =
  /** Held; the Payment Manager has been or is being called. */
  | 'PENDING'
  /** The payee's name is on offer. */
  | 'WAITING_FOR_PARTY_ACCEPTANCE'
  /** The price is on offer. */
  | 'WAITING_FOR_QUOTE_ACCEPTANCE'
  /** Captured. */
  | 'COMPLETED'
  /** Released. */
  | 'ABORTED'
  | 'ERROR_OCCURRED';

/** Decimal texts for money. */
export interface Payment {
  readonly paymentId: string;
  readonly account: string;
  readonly from: {
    readonly idType: string;
    readonly idValue: string;
    readonly displayName: string;
    readonly firstName: string;
    readonly lastName: string;
  };
  readonly to: { readonly idType: string; readonly idValue: string; readonly idSubValue?: string };
  readonly amountType: 'SEND' | 'RECEIVE';
  readonly amount: string;
  readonly currency: string;
  readonly note?: string;
  /** What is held now, or was. */
  readonly held: string;
  readonly state: PaymentState;
  /** The Payment Manager holds, captures and releases, by its connector: the core does nothing of that itself. */
  readonly bySendmoney?: true;
  /** Accept party and price without asking the customer. */
  readonly autoAccept: boolean;
  /** What the customer decided and the Payment Manager does not know yet. */
  readonly decision?: { readonly acceptParty: boolean } | { readonly acceptQuote: boolean };
  readonly transferId?: string;
  readonly payee?: { readonly name?: string; readonly fspId?: string };
  readonly transferAmount?: string;
  readonly payeeReceiveAmount?: string;
  readonly payeeFspFee?: string;
  readonly payeeFspCommission?: string;
  readonly error?: { readonly statusCode: string; readonly message: string };
  /** What happened when (wall clock, ms), the newest 100. */
  readonly steps: readonly { readonly at: number; readonly what: string }[];
}

const STEPS_MAX = 100;

/** True when no more can happen. */
export function isFinal(state: PaymentState): boolean {
  return state === 'COMPLETED' || state === 'ABORTED' || state === 'ERROR_OCCURRED';
}

/** True when the customer is asked something. */
export function isWaiting(state: PaymentState): boolean {
  return state === 'WAITING_FOR_PARTY_ACCEPTANCE' || state === 'WAITING_FOR_QUOTE_ACCEPTANCE';
}

/** The same payment with one more step. Equal steps in a row are kept once. */
export function withStep(payment: Payment, at: number, what: string): Payment {
  if (payment.steps.at(-1)?.what === what) return payment;
  return { ...payment, steps: [...payment.steps, { at, what }].slice(-STEPS_MAX) };
}

import type { FeeSchedule } from './fee-schedule.ts';

/** A customer of the demo bank, with an account per currency. */
export interface Customer {
  /** Short name, part of the account ids: `amara` has `amara:USD`. */
  readonly id: string;
  readonly displayName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth?: string;
  readonly type?: 'CONSUMER' | 'AGENT' | 'BUSINESS' | 'DEVICE';
  readonly identifiers: readonly { readonly idType: string; readonly idValue: string; readonly idSubValue?: string }[];
  /** Opening balance per currency, decimal text. */
  readonly accounts: Readonly<Record<string, string>>;
  /** A blocked customer can be found but not paid (5400). */
  readonly blocked?: boolean;
}

/** What a demo core is and does. */
export interface CoreSettings {
  readonly fspId: string;
  /** The template of `connectors/` by which the sandbox's Payment Manager reaches it. Absent: by its backend API, without a connector. */
  readonly connector?: 'fineract-savings' | 'rest-core';
  /** `reserve`: holds at POST /transfers and books at PUT /transfers/{id}. `credit`: books at POST /transfers. */
  readonly atPrepare: 'reserve' | 'credit';
  readonly fees: FeeSchedule;
  /**
   * True: the same transferId or Idempotency-Key gets the same answer and one effect. False: every call has its effect, as in
   * a bad core, so that a Payment Manager that repeats calls shows itself in the books.
   */
  readonly deduplicates: boolean;
  /** Made at the first start. */
  readonly customers: readonly Customer[];
  readonly quoteLifetimeMs: number;
  /** Longest wait for one answer of the Payment Manager. */
  readonly callTimeoutMs: number;
  /** First pause before an open payment is asked for again, or a call that failed is repeated; doubles up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** How long POST /payments and PUT /payments/{id} wait for the payment to come to rest. */
  readonly waitMs: number;
}

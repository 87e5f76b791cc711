import type { BusinessDaySettings } from '@payment-manager/runtime';
import type { PaymentQueries } from './queries.ts';

/** What the thread for questions is started with. */
export interface QueryStart {
  readonly folder: string;
  readonly businessDay: BusinessDaySettings;
}

export interface QueryAsked {
  readonly id: number;
  readonly question: keyof PaymentQueries;
  readonly values: readonly unknown[];
}

export interface QueryAnswer {
  readonly id: number;
  readonly value?: unknown;
  /** `missing`: there are no rows yet. `invalid`: the question makes no sense. */
  readonly failed?: { readonly kind: 'missing' | 'invalid' | 'failed'; readonly message: string };
}

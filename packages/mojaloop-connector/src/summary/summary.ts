import type { Attention } from '@payment-manager/journal';
import type { PayeeStage } from '../payee/state.ts';
import type { PayerStage } from '../payer/state.ts';

/**
 * How a payment stands, in few words. `pending`: it goes on, or its outcome is not known. `acknowledged`: the hub took our COMMITTED and has
 * not said how the transfer ended. `declined`: our customer did not want what was offered. `quoted`: a price that we gave, and no transfer yet.
 */
export type SummaryState = 'pending' | 'acknowledged' | 'completed' | 'failed' | 'declined' | 'quoted';

export type SummaryStage = PayerStage | PayeeStage;

export interface SummaryParty {
  /** E.g. `MSISDN`. */
  readonly type: string;
  /** Empty where the payment was pruned. */
  readonly id: string;
  /** As it is shown: the display name, else what there is of first, middle and last name. */
  readonly name?: string;
}

/** A payment in one line of a list, as its flow sees it. Personal data are in `payer` and `payee`. */
export interface PaymentSummary {
  readonly flow: 'payer' | 'payee';
  readonly stage: SummaryStage;
  readonly state: SummaryState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** FSP id of the other side, as far as it is known. */
  readonly peer?: string;
  /** Of the transfer, else as it was asked for. Decimal text; absent only where nothing of it is known. */
  readonly amount?: string;
  readonly currency?: string;
  /** What the payee's FSP takes, in the same currency. Decimal text. */
  readonly fee?: string;
  readonly transferId?: string;
  readonly transactionId?: string;
  readonly quoteId?: string;
  /** What the core of ours calls it. */
  readonly homeTransactionId?: string;
  readonly payer?: SummaryParty;
  readonly payee?: SummaryParty;
  /** Why it failed: FSPIOP's code, and the text of whoever said it. */
  readonly error?: { readonly code: string; readonly description: string };
  readonly attention: readonly Attention[];
}

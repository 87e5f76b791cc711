import type { Attention, JournalEvent } from '@payment-manager/journal';
import { applyPayee } from '../payee/apply.ts';
import type { PayeeEvent } from '../payee/events.ts';
import { payeeAttention } from '../payee/flow.ts';
import type { PayeeStage } from '../payee/state.ts';
import { applyPayer } from '../payer/apply.ts';
import type { PayerEvent } from '../payer/events.ts';
import { payerAttention } from '../payer/flow.ts';
import type { PayerStage } from '../payer/state.ts';
import { summaryOfPayee } from './summary-of-payee.ts';
import { summaryOfPayer } from './summary-of-payer.ts';

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

/** What of a record is read. */
export interface SummarisedRecord {
  readonly kind: string;
  readonly events: readonly JournalEvent[];
}

/**
 * A record of the journal as one line.
 *
 * @returns `undefined`: the record is no payment; `'unread'`: it is one, with an event of a kind that this version does not know
 */
export function paymentSummary({ kind, events }: SummarisedRecord): PaymentSummary | 'unread' | undefined {
  if (kind === 'payer') {
    const state = folded(events as unknown as readonly PayerEvent[], applyPayer);
    return state === undefined ? 'unread' : { ...summaryOfPayer(state), attention: payerAttention(state) };
  }
  if (kind !== 'payee') return undefined;
  const state = folded(events as unknown as readonly PayeeEvent[], applyPayee);
  return state === undefined ? 'unread' : { ...summaryOfPayee(state), attention: payeeAttention(state) };
}

/** Undefined: the flow made nothing of one of the events. */
function folded<S, E>(events: readonly E[], apply: (state: S | undefined, event: E) => S): S | undefined {
  let state: S | undefined;
  for (const event of events) {
    if (state === undefined && event !== events[0]) return undefined;
    try {
      state = apply(state, event);
    } catch {
      // the only error of `apply` is a first event that cannot be one
      return undefined;
    }
  }
  return state;
}

import type { JournalEvent } from '@payment-manager/journal';
import { applyPayee } from '../payee/apply.ts';
import type { PayeeEvent } from '../payee/events.ts';
import { payeeAttention } from '../payee/flow.ts';
import { applyPayer } from '../payer/apply.ts';
import type { PayerEvent } from '../payer/events.ts';
import { payerAttention } from '../payer/flow.ts';
import type { PaymentSummary } from './summary.ts';
import { summaryOfPayee } from './summary-of-payee.ts';
import { summaryOfPayer } from './summary-of-payer.ts';

export type * from './summary.ts';

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

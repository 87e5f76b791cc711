import type { Claim, JournalEvent } from '@payment-manager/journal';
import { applyPayee } from '../payee/apply.ts';
import type { PayeeEvent } from '../payee/events.ts';
import { payeeClaims } from '../payee/flow.ts';
import { prunedPayee } from '../payee/pruned.ts';
import type { PayeeState } from '../payee/state.ts';
import { applyPayer } from '../payer/apply.ts';
import type { PayerEvent } from '../payer/events.ts';
import { payerClaims } from '../payer/flow.ts';
import { prunedPayer } from '../payer/pruned.ts';
import type { PayerState } from '../payer/state.ts';

/** A record of a payment whose events are to be exported and pruned. */
export interface RetainedRecord {
  readonly kind: string;
  readonly events: readonly JournalEvent[];
}

/**
 * What must still be known of a payment when its events are gone, as `Journal.prune` wants it. Undefined: the record is no payment, or is to
 * stay: a COMMITTED that the hub has only acknowledged, and that neither reconciliation nor a person has asked about.
 */
export function pruningSummary({ kind, events }: RetainedRecord): object | undefined {
  if (kind === 'payer') {
    let state: PayerState | undefined;
    for (const event of events as unknown as readonly PayerEvent[]) state = applyPayer(state, event);
    return state && prunedPayer(state);
  }
  if (kind !== 'payee') return undefined;
  let state: PayeeState | undefined;
  for (const event of events as unknown as readonly PayeeEvent[]) state = applyPayee(state, event);
  if (state === undefined || (state.stage === 'acknowledged' && state.acted === undefined)) return undefined;
  return prunedPayee(state);
}

/** The claims that a payment's events took. */
export function claimsTaken({ kind, events }: RetainedRecord): readonly Claim[] {
  if (kind === 'payer') return (events as unknown as readonly PayerEvent[]).flatMap(payerClaims);
  return kind === 'payee' ? (events as unknown as readonly PayeeEvent[]).flatMap(payeeClaims) : [];
}

import { formatAmount } from '@payment-manager/fspiop';
import type { Reported } from '../transfer/report-row.ts';
import type { PayerState } from './state.ts';

/**
 * The tombstone of a payment that the journal has forgotten: a repeat is led to it, and gets the outcome. One whose money is only held is
 * open, and the hub is asked.
 */
export function reportedPayer({ row, before, attempt }: Reported, now: number): PayerState {
  const { transferId, state, amount, currency, homeTransactionId } = row;
  return {
    transferId,
    quoteId: '',
    simple: false,
    request: undefined,
    hash: '',
    idempotencyKey: undefined,
    attempt,
    trace: undefined,
    startedAt: before - 1,
    stage: state === 'COMMITTED' ? 'completed' : state === 'ABORTED' ? 'failed' : 'open',
    stageAt: now,
    restoredAt: Math.max(now, before),
    reported: { amount: formatAmount(amount), currency, ...(homeTransactionId !== undefined && { homeTransactionId }) },
    rung: 0,
    contradictions: [],
    ...(state === 'ABORTED' && {
      errorInformation: { errorCode: '5000', errorDescription: 'the transfer was aborted, as was reported after a restore' },
      neverLeft: false,
    }),
  };
}

import { formatAmount, formatDateTime } from '@payment-manager/fspiop';
import type { Reported } from '../transfer/report-row.ts';
import type { PayeeSettings } from './settings.ts';
import type { PayeeState } from './state.ts';

/**
 * The tombstone of a transfer that we received and have forgotten: a repeat of its prepare is led to it, and nothing is executed. Where the
 * core only holds the money, the hub is asked, and the core told. That the hub has COMMITTED says nothing of whether a core that reserves has
 * learnt it.
 */
export function reportedPayee(
  { fspId, core }: Pick<PayeeSettings, 'fspId' | 'core'>,
  { row, reportedBy, before }: Reported,
  now: number,
): PayeeState {
  const { transferId, state, amount, currency } = row;
  const at = formatDateTime(before);
  const did = state === 'ABORTED' ? undefined : state === 'RESERVED' ? 'reserve' : reportedBy === 'hub' ? core.atPrepare : 'credit';
  return {
    stage: state === 'COMMITTED' ? 'committed' : state === 'ABORTED' ? 'aborted' : 'late',
    reported: true,
    quotedAt: before - 1,
    quoteCallbackSettled: true,
    prepare: {
      transferId,
      payeeFsp: fspId,
      payerFsp: '',
      amount: { amount: formatAmount(amount), currency: currency as 'USD' },
      ilpPacket: '',
      condition: '',
      expiration: at,
    },
    preparedAt: now,
    core: { attempt: 0, deadline: 0, startedAt: 0, asks: 0, forgotten: true, ...(did !== undefined && { did }) },
    rung: 0,
    contradictions: [],
    ...(state !== 'RESERVED' && { outcome: { state, at: now, completedTimestamp: at } }),
  };
}

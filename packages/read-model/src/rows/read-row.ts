import type { Attention, ChangedRecord } from '@payment-manager/journal';
import { paymentSummary, type SummaryParty, type SummaryStage, type SummaryState } from '@payment-manager/mojaloop-connector/summary';

/** What many payments have in common: one number stands for all of it. */
export interface Facets {
  /** `out`: we pay, `in`: we are paid. */
  readonly direction: 'out' | 'in';
  /** `unread`: an event of a kind that this version does not know. */
  readonly stage: SummaryStage | 'unread';
  readonly state: SummaryState | 'unread';
  /** The gravest thing that a person should see of it. */
  readonly attention: '' | Attention['level'];
  /** FSP id of the other side; empty: not known. */
  readonly peer: string;
  /** Empty: not known. */
  readonly currency: string;
}

/** A payment as the read model keeps it. Personal data are in `payer` and `payee` alone. */
export interface ReadRow {
  /** The record's ordinal in the journal: what was begun later has a higher one. */
  readonly id: number;
  readonly facets: Facets;
  /** Milliseconds since the epoch, as all instants. */
  readonly startedAt: number;
  /** Time of the last event. */
  readonly updatedAt: number;
  /** The engine has still to do with it. */
  readonly open: boolean;
  readonly pruned: boolean;
  readonly transferId?: string;
  readonly transactionId?: string;
  readonly quoteId?: string;
  readonly homeTransactionId?: string;
  /** Decimal text. */
  readonly amount?: string;
  readonly fee?: string;
  readonly error?: { readonly code: string; readonly description: string };
  readonly payer?: SummaryParty;
  readonly payee?: SummaryParty;
  readonly attention: readonly Attention[];
}

const ERROR_TEXT_MAX = 128;

/** A record of the journal as a row; undefined: it is no payment. */
export function rowOf(record: ChangedRecord): ReadRow | undefined {
  const summary = paymentSummary(record);
  if (summary === undefined) return undefined;
  const { ordinal: id, updatedAt, open, pruned } = record;
  if (summary === 'unread') return { id, updatedAt, open, pruned, ...unread(record) };
  const { flow, stage, state, peer = '', currency = '', startedAt, error, attention, ...kept } = summary;
  const level = attention.some((one) => one.level === 'exception') ? 'exception' : (attention[0]?.level ?? '');
  return {
    id,
    updatedAt,
    open,
    pruned,
    startedAt,
    facets: { direction: flow === 'payer' ? 'out' : 'in', stage, state, attention: level, peer, currency },
    attention,
    ...kept,
    ...(error !== undefined && { error: { code: error.code, description: error.description.slice(0, ERROR_TEXT_MAX) } }),
  };
}

/** What the journal itself says of a payment whose events are not all known here: it is in no list missing. */
function unread({ kind, label, events, updatedAt }: ChangedRecord): Omit<ReadRow, 'id' | 'updatedAt' | 'open' | 'pruned'> {
  return {
    startedAt: events[0]?.at ?? updatedAt,
    facets: { direction: kind === 'payer' ? 'out' : 'in', stage: 'unread', state: 'unread', attention: '', peer: '', currency: '' },
    ...(label !== '' && { transferId: label }),
    attention: [],
  };
}

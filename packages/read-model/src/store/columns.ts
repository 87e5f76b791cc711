import type { SummaryParty } from '@payment-manager/mojaloop-connector/summary';
import type { NumberedRow } from '../rows/changes.ts';
import { packId, unpackId } from '../rows/packed-id.ts';
import type { Facets, ReadRow } from '../rows/read-row.ts';
import { type Answer, type Ask, FACET_COLUMNS } from './store.ts';
import { OPEN_FLAG, PRUNED_FLAG, SAME_ID_FLAG } from './tables.ts';

export const COLUMNS = [
  'id',
  'combo',
  'started_at',
  'updated_at',
  'flags',
  'transfer_id',
  'transaction_id',
  'quote_id',
  'home_id',
  'amount',
  'fee',
  'error',
  'error_text',
  'payer_type',
  'payer_id',
  'payer_name',
  'payee_type',
  'payee_id',
  'payee_name',
] as const;

export type ColumnValue = string | number | Uint8Array | null;

/** A row in the order of `COLUMNS`. */
export function columnsOf({ combo, row }: NumberedRow): ColumnValue[] {
  // often the same id twice: the second one needs no place
  const same = row.transactionId !== undefined && row.transactionId === row.transferId;
  const transactionId = same ? undefined : row.transactionId;
  const flags = (row.open ? OPEN_FLAG : 0) | (row.pruned ? PRUNED_FLAG : 0) | (same ? SAME_ID_FLAG : 0);
  return [
    row.id,
    combo,
    row.startedAt,
    row.updatedAt,
    flags,
    packed(row.transferId),
    packed(transactionId),
    packed(row.quoteId),
    row.homeTransactionId ?? null,
    row.amount ?? null,
    row.fee ?? null,
    row.error?.code ?? null,
    row.error?.description ?? null,
    ...partyColumns(row.payer),
    ...partyColumns(row.payee),
  ];
}

function partyColumns(party: SummaryParty | undefined): ColumnValue[] {
  return [party?.type ?? null, party?.id ?? null, party?.name ?? null];
}

function packed(id: string | undefined): Uint8Array | null {
  return id === undefined ? null : packId(id);
}

/** A stored row; what a person should see of it is in a table of its own. */
export function rowIn(answer: Answer, facets: Facets): ReadRow {
  const text = (name: string): string | undefined => (answer[name] as string | null) ?? undefined;
  const id = (name: string): string | undefined => (answer[name] === null ? undefined : unpackId(answer[name] as Uint8Array));
  const flags = Number(answer['flags']);
  const transferId = id('transfer_id');
  const [error, payer, payee] = [text('error'), partyIn(answer, 'payer'), partyIn(answer, 'payee')];
  const optional = {
    transferId,
    transactionId: (flags & SAME_ID_FLAG) === 0 ? id('transaction_id') : transferId,
    quoteId: id('quote_id'),
    homeTransactionId: text('home_id'),
    amount: text('amount'),
    fee: text('fee'),
    error: error === undefined ? undefined : { code: error, description: text('error_text') ?? '' },
    payer,
    payee,
  };
  return {
    id: Number(answer['id']),
    facets,
    startedAt: Number(answer['started_at']),
    updatedAt: Number(answer['updated_at']),
    open: (flags & OPEN_FLAG) !== 0,
    pruned: (flags & PRUNED_FLAG) !== 0,
    attention: [],
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<ReadRow>),
  };
}

function partyIn(answer: Answer, side: 'payer' | 'payee'): SummaryParty | undefined {
  const type = answer[`${side}_type`] as string | null;
  if (type === null) return undefined;
  const name = answer[`${side}_name`] as string | null;
  return { type, id: (answer[`${side}_id`] as string | null) ?? '', ...(name !== null && { name }) };
}

/**
 * Those of the rows with these ids that are there. Row and facets come from one statement: between two, a feeder may store a row with a new combination.
 *
 * @throws RangeError a row's combination is not in its table
 */
export async function readRows(ask: Ask, ids: readonly number[]): Promise<ReadonlyMap<number, NumberedRow>> {
  const found = new Map<number, NumberedRow>();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    // whole numbers of our own, so they may stand in the text
    const list = ids.slice(at, at + IDS_AT_ONCE).map((id) => Math.trunc(id));
    for (const answer of await ask(`${ROW_WITH_FACETS} WHERE id IN (${list.join()})`)) {
      const combo = Number(answer['combo']);
      const row = rowIn(answer, facetsIn(answer));
      found.set(row.id, { combo, row });
    }
  }
  return found;
}

const ROW_WITH_FACETS = `SELECT ${COLUMNS.join(', ')}, ${FACET_COLUMNS.join(', ')} FROM rm_payments LEFT JOIN rm_combos ON no = combo`;

function facetsIn(answer: Answer): Facets {
  if (answer['direction'] === null) throw new RangeError(`combination ${answer['combo']} is in a row and not in its table`);
  return Object.fromEntries(FACET_COLUMNS.map((name) => [name, answer[name]])) as unknown as Facets;
}

const IDS_AT_ONCE = 500;

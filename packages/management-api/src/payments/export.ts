import type { PaymentFilter, PaymentQueries, ReadRow } from '@payment-manager/read-model';
import { csvLine } from './csv.ts';
import { maskedParty, shownRow } from './shown-payment.ts';

const PAGE = 200;
const HEAD = [
  'row',
  'startedAt',
  'direction',
  'state',
  'peer',
  'currency',
  'amount',
  'fee',
  'payer',
  'payee',
  'transferId',
  'homeTransactionId',
  'errorCode',
  'errorDescription',
];

export interface ExportWish {
  readonly format: 'csv' | 'jsonl';
  /** Go on after this row. */
  readonly after: number | undefined;
  /** Ends when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** A file of any number of payments, a page at a time: nothing of it is held but that. */
export async function* exportPieces(
  queries: PaymentQueries,
  filter: PaymentFilter,
  { format, after, signal }: ExportWish,
): AsyncGenerator<string> {
  if (format === 'csv' && after === undefined) yield csvLine(HEAD);
  let below = after;
  while (!signal.aborted) {
    const page = await queries.list({ ...filter, limit: PAGE, ...(below !== undefined && { after: below }) });
    yield page.payments.map((row) => (format === 'csv' ? csvLine(cells(row)) : `${JSON.stringify(shownRow(row))}\n`)).join('');
    if (page.next === undefined) return;
    below = page.next;
  }
}

function cells({
  id,
  startedAt,
  facets,
  amount = '',
  fee = '',
  payer,
  payee,
  transferId = '',
  homeTransactionId = '',
  error,
}: ReadRow): readonly string[] {
  const { direction, state, peer, currency } = facets;
  const person = (party: ReadRow['payer']): string => {
    if (party === undefined) return '';
    const { type, id: number, name = '' } = maskedParty(party);
    return `${type} ${number} ${name}`.trim();
  };
  return [
    String(id),
    new Date(startedAt).toISOString(),
    direction,
    state,
    peer,
    currency,
    amount,
    fee,
    person(payer),
    person(payee),
    transferId,
    homeTransactionId,
    error?.code ?? '',
    error?.description ?? '',
  ];
}

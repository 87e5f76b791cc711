import type { PaymentFilter, PaymentQueries, ReadRow } from '@payment-manager/read-model';
import { csvLine } from './csv.ts';
import { maskedParty, shownRow } from './shown-payment.ts';
import { type Cell, SHEET_ROWS_MAX, xlsxPieces } from './xlsx.ts';

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
  readonly format: 'csv' | 'jsonl' | 'xlsx';
  /** Go on after this row. */
  readonly after: number | undefined;
  /** Ends when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** A file of any number of payments, a page at a time: nothing of it is held but that. */
export function exportPieces(queries: PaymentQueries, filter: PaymentFilter, wish: ExportWish): AsyncGenerator<string | Buffer> {
  const pages = pagesOf(queries, filter, wish);
  return wish.format === 'xlsx' ? xlsxPieces(sheetRows(pages)) : lines(pages, wish);
}

async function* lines(pages: AsyncIterable<readonly ReadRow[]>, { format, after }: ExportWish): AsyncGenerator<string> {
  if (format === 'csv' && after === undefined) yield csvLine(HEAD);
  for await (const rows of pages)
    yield rows.map((row) => (format === 'csv' ? csvLine(cells(row)) : `${JSON.stringify(shownRow(row))}\n`)).join('');
}

/** Of a sheet: its head, at most 1,000,000 payments, and what says so where there are more. */
export async function* sheetRows(
  pages: AsyncIterable<readonly ReadRow[]>,
  most = SHEET_ROWS_MAX,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  yield [HEAD];
  let left = most;
  for await (const rows of pages) {
    yield rows.slice(0, left).map((row) => cells(row).map((text, at) => (DECIMALS.has(HEAD[at] ?? '') ? { decimal: text } : text)));
    if (rows.length > left) {
      yield [[`There are more: a sheet has at most ${most} payments. Go on with after=${rows[left - 1]?.id}, or take CSV.`]];
      return;
    }
    left -= rows.length;
  }
}

const DECIMALS: ReadonlySet<string> = new Set(['row', 'amount', 'fee']);

async function* pagesOf(queries: PaymentQueries, filter: PaymentFilter, { after, signal }: ExportWish): AsyncGenerator<readonly ReadRow[]> {
  let below = after;
  while (!signal.aborted) {
    const page = await queries.list({ ...filter, limit: PAGE, ...(below !== undefined && { after: below }) });
    yield page.payments;
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

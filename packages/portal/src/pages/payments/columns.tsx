import type { ShownPayment } from '@payment-manager/management-api/types';
import type { ReactElement, ReactNode } from 'react';
import { keepHere, keptHere } from '../../browser/kept-here.ts';
import { valueStore } from '../../browser/value-store.ts';
import { PaymentState } from '../../components/payment-state.tsx';
import type { Formats } from '../../text/formats-in.ts';
import type { PaymentsTexts } from './texts/en.ts';

export type ColumnName = keyof PaymentsTexts['column'];

export interface Column {
  readonly name: ColumnName;
  /** Pixels that it has at least. */
  readonly least: number;
  /** What it takes of the space that is left, beside the others. */
  readonly share: number;
  readonly number?: boolean;
  readonly cell: (payment: ShownPayment, formats: Formats, now: number) => ReactNode;
}

/** Every column, in the order in which they stand. */
export const COLUMNS: readonly Column[] = [
  { name: 'time', least: 112, share: 0, cell: ({ startedAt }, { moment }, now) => moment(startedAt, now) },
  { name: 'state', least: 170, share: 0, cell: (payment) => <PaymentState payment={payment} /> },
  { name: 'payer', least: 130, share: 1.2, cell: ({ payer }) => <Person party={payer} /> },
  { name: 'payee', least: 130, share: 1.2, cell: ({ payee }) => <Person party={payee} /> },
  { name: 'peer', least: 90, share: 0.8, cell: ({ peer }) => peer },
  {
    name: 'amount',
    least: 136,
    share: 0,
    number: true,
    cell: ({ amount, currency }, formats) => (amount === undefined ? '' : formats.amount(amount, currency)),
  },
  {
    name: 'fee',
    least: 96,
    share: 0,
    number: true,
    cell: ({ fee, currency }, formats) => (fee === undefined ? '' : formats.amount(fee, currency)),
  },
  {
    name: 'error',
    least: 120,
    share: 1.2,
    cell: ({ error }) => error && <span title={error.description}>{`${error.code} ${error.description}`}</span>,
  },
  { name: 'transferId', least: 120, share: 1, cell: ({ transferId }) => <code title={transferId}>{transferId}</code> },
  { name: 'homeTransactionId', least: 110, share: 1, cell: ({ homeTransactionId }) => homeTransactionId },
  { name: 'updated', least: 112, share: 0, cell: ({ updatedAt }, { moment }, now) => moment(updatedAt, now) },
];

const DIRECTION_PX = 28;
const USUAL: readonly ColumnName[] = ['time', 'state', 'payer', 'payee', 'peer', 'amount', 'error'];

const chosen = valueStore<readonly ColumnName[]>(remembered());

function remembered(): readonly ColumnName[] {
  const kept = keptHere('payments.columns')?.split(',') ?? [];
  const names = COLUMNS.map(({ name }) => name).filter((name) => kept.includes(name));
  return names.length === 0 ? USUAL : names;
}

/** Tracks of a grid with these columns, the same in each row, and the width below which the list is scrolled. */
export function tracksOf(columns: readonly Column[]): { readonly tracks: string; readonly least: string } {
  const all = [{ least: DIRECTION_PX, share: 0 }, ...columns];
  return {
    tracks: all.map(({ least, share }) => (share === 0 ? `${least}px` : `minmax(${least}px, ${share}fr)`)).join(' '),
    least: `${all.reduce((sum, { least }) => sum + least, 0)}px`,
  };
}

/** The columns that somebody chose in this browser. */
export const useColumns = (): readonly Column[] => {
  const names = chosen.use();
  return COLUMNS.filter(({ name }) => names.includes(name));
};

/** Shows a column or hides it; one stays. */
export function toggleColumn(name: ColumnName): void {
  const before = chosen.get();
  const next = before.includes(name) ? before.filter((one) => one !== name) : [...before, name];
  if (next.length === 0) return;
  chosen.set(next);
  keepHere('payments.columns', next.join());
}

/** Name and number of a person, as far as they are shown. */
export function Person({ party }: { readonly party: ShownPayment['payer'] }): ReactElement | null {
  if (party === undefined) return null;
  const { name, id } = party;
  return (
    <>
      {name ?? id} {name !== undefined && id !== '' && <small>{id}</small>}
    </>
  );
}

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
  /** As CSS has it for a track of a grid. */
  readonly width: string;
  readonly number?: boolean;
  readonly cell: (payment: ShownPayment, formats: Formats, now: number) => ReactNode;
}

/** Every column, in the order in which they stand. */
export const COLUMNS: readonly Column[] = [
  { name: 'time', width: '112px', cell: ({ startedAt }, { moment }, now) => moment(startedAt, now) },
  { name: 'state', width: '150px', cell: (payment) => <PaymentState payment={payment} /> },
  { name: 'payer', width: 'minmax(130px, 1.2fr)', cell: ({ payer }) => <Person party={payer} /> },
  { name: 'payee', width: 'minmax(130px, 1.2fr)', cell: ({ payee }) => <Person party={payee} /> },
  { name: 'peer', width: 'minmax(90px, 0.8fr)', cell: ({ peer }) => peer },
  {
    name: 'amount',
    width: '136px',
    number: true,
    cell: ({ amount, currency }, formats) => (amount === undefined ? '' : formats.amount(amount, currency)),
  },
  {
    name: 'fee',
    width: '96px',
    number: true,
    cell: ({ fee, currency }, formats) => (fee === undefined ? '' : formats.amount(fee, currency)),
  },
  {
    name: 'error',
    width: 'minmax(120px, 1.2fr)',
    cell: ({ error }) => error && <span title={error.description}>{`${error.code} ${error.description}`}</span>,
  },
  { name: 'transferId', width: 'minmax(120px, 1fr)', cell: ({ transferId }) => <code title={transferId}>{transferId}</code> },
  { name: 'homeTransactionId', width: 'minmax(110px, 1fr)', cell: ({ homeTransactionId }) => homeTransactionId },
  { name: 'updated', width: '112px', cell: ({ updatedAt }, { moment }, now) => moment(updatedAt, now) },
];

const USUAL: readonly ColumnName[] = ['time', 'state', 'payer', 'payee', 'peer', 'amount', 'error'];

const chosen = valueStore<readonly ColumnName[]>(remembered());

function remembered(): readonly ColumnName[] {
  const kept = keptHere('payments.columns')?.split(',') ?? [];
  const names = COLUMNS.map(({ name }) => name).filter((name) => kept.includes(name));
  return names.length === 0 ? USUAL : names;
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

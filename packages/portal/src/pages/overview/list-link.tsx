import { Link } from '@tanstack/react-router';
import { createContext, type ReactElement, type ReactNode, useContext } from 'react';
import type { PaymentsSearch } from '../payments/payment-filter.ts';
import { listSearch, type OverviewPeriod, type OverviewSearch } from './overview-period.ts';

/** The period that the page shows. */
export const ShownPeriod = createContext<{ readonly search: OverviewSearch; readonly period: OverviewPeriod }>({
  search: {},
  period: 'today',
});

interface ListLinkProps {
  readonly chosen?: Omit<PaymentsSearch, 'period' | 'from' | 'to'>;
  readonly label?: string;
  readonly children: ReactNode;
}

/** A figure that leads to the payments behind it: the list with the same filter. */
export function ListLink({ chosen = {}, label, children }: ListLinkProps): ReactElement {
  const { search, period } = useContext(ShownPeriod);
  return (
    <Link to="/payments" search={listSearch(search, period, chosen)} aria-label={label}>
      {children}
    </Link>
  );
}

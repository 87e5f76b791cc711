import type { BusinessDays } from '@payment-manager/runtime/business-day';
import { PERIODS, type Period, spanOf } from './period.ts';

/** What stands in the address of the list. */
export interface PaymentsSearch {
  readonly q?: string;
  readonly direction?: string;
  /** One or several, with commas between. */
  readonly state?: string;
  readonly peer?: string;
  readonly currency?: string;
  readonly attention?: string;
  readonly error?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
}

/** As the management API takes it. */
export type FacetQuery = Readonly<Record<string, string | number | undefined>>;

/** The period of an address; default: any time. */
export function periodOf({ period }: PaymentsSearch): Period {
  return PERIODS.find((one) => one === period) ?? 'all';
}

/** Facets and period of an address, as the API is asked. What nobody could have chosen is left out. */
export function facetsOf(search: PaymentsSearch, now: number, days: BusinessDays): FacetQuery {
  const { direction, state, peer, currency, attention, error } = search;
  const span = spanOf(periodOf(search), now, days, search);
  return {
    direction: direction === 'out' || direction === 'in' ? direction : undefined,
    ...{ state, peer, currency, error },
    attention: attention === 'exception' || attention === 'alarm' ? attention : undefined,
    from: span.from,
    to: span.to,
  };
}

/** Whether anything is chosen besides the search. */
export function isFiltered({ q: _q, ...facets }: PaymentsSearch): boolean {
  return Object.values(facets).some((value) => value !== undefined);
}

/** What the search box found its words to be, as a filter of the list. */
export function searchFilter(as: 'id' | 'party' | 'name' | 'amount', q: string): FacetQuery {
  const typed = q.trim();
  if (as === 'amount') {
    const [currency] = /[A-Z]{3}/.exec(typed) ?? [];
    return { amount: typed.replace(/[^\d.]/g, ''), ...(currency !== undefined && { currency }) };
  }
  return { [as]: as === 'party' ? typed.replace(/[\s()+.-]/g, '') : typed };
}

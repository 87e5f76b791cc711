import type { BusinessDays } from '@payment-manager/runtime/business-day';
import type { PaymentsSearch } from '../payments/payment-filter.ts';
import { type PERIODS, spanOf } from '../payments/period.ts';

/** What stands in the address of the overview; the same words as in that of the list. */
export interface OverviewSearch {
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Periods that can be looked at: all that the list has and that begin some time. */
export const OVERVIEW_PERIODS = ['today', 'yesterday', 'week', 'month', 'custom'] as const satisfies readonly (typeof PERIODS)[number][];
export type OverviewPeriod = (typeof OVERVIEW_PERIODS)[number];

/** What is asked: a period, and where one as long begins with which it is compared. Milliseconds since the epoch. */
export interface AskedPeriod {
  readonly period: OverviewPeriod;
  readonly from: number;
  /** Absent: it is not over. */
  readonly to?: number;
  readonly against: number;
}

/** The period of an address; without one, or with dates that are none, today. It is compared with as many business days before it. */
export function askedPeriod(search: OverviewSearch, now: number, days: BusinessDays): AskedPeriod {
  const period = OVERVIEW_PERIODS.find((one) => one === search.period) ?? 'today';
  const span = spanOf(period, now, days, search);
  const { from = days.startOf(days.dayOf(now)) } = span;
  const over = span.to !== undefined && span.to <= now;
  const last = over && span.to !== undefined ? span.to - 1 : now;
  const first = days.dayOf(from);
  const against = days.startOf(first - Math.max(1, days.dayOf(last) - first + 1));
  return { period: span.from === undefined ? 'today' : period, from, ...(over && span.to !== undefined && { to: span.to }), against };
}

/** The address of the list with the same payments. */
export function listSearch(
  search: OverviewSearch,
  period: OverviewPeriod,
  chosen: Omit<PaymentsSearch, 'period' | 'from' | 'to'> = {},
): PaymentsSearch {
  const { from, to } = period === 'custom' ? search : {};
  return { period, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...chosen };
}

import { type BusinessDays, dateOfDay, dayNumber } from '@payment-manager/runtime/business-day';

/** How periods are called in the address. */
export const PERIODS = ['all', 'hour', 'today', 'yesterday', 'week', 'month', 'custom'] as const;
export type Period = (typeof PERIODS)[number];

export interface Span {
  /** Milliseconds since the epoch; absent: without an end at this side. */
  readonly from?: number;
  readonly to?: number;
}

const HOUR_MS = 3_600_000;

/** From when to when a period lasts, to the minute, so that the same question has the same name for a while. */
export function spanOf(
  period: Period,
  now: number,
  days: BusinessDays,
  custom: { readonly from?: string; readonly to?: string } = {},
): Span {
  const minute = Math.floor(now / 60_000) * 60_000;
  const today = days.dayOf(now);
  switch (period) {
    case 'all':
      return {};
    case 'hour':
      return { from: minute - HOUR_MS };
    case 'today':
      return { from: days.startOf(today) };
    case 'yesterday':
      return { from: days.startOf(today - 1), to: days.startOf(today) };
    case 'week':
      return { from: days.startOf(today - 6) };
    case 'month':
      return { from: days.startOf(today - 29) };
    case 'custom': {
      const from = dayOf(custom.from);
      const to = dayOf(custom.to);
      return { ...(from !== undefined && { from: days.startOf(from) }), ...(to !== undefined && { to: days.startOf(to + 1) }) };
    }
  }
}

/** The business day of today, as a field for dates has it. */
export const todayIn = (now: number, days: BusinessDays): string => dateOfDay(days.dayOf(now));

function dayOf(date: string | undefined): number | undefined {
  try {
    return date === undefined ? undefined : dayNumber(date);
  } catch {
    return undefined;
  }
}

import { type BusinessDaySettings, businessDays, type Clock, dayNumber } from '@payment-manager/runtime';
import type { Facets, ReadRow } from '../rows/read-row.ts';
import { type Asked, type Place, readCombos } from '../store/store.ts';
import { type ListQuery, listPayments, type PaymentPage, type QueryDeps } from './list.ts';
import { type Overview, overviewOf } from './overview.ts';
import type { Period } from './sums.ts';
import { type DayTotals, type Totals, type TotalsFilter, totalsByDay, totalsOf } from './totals.ts';

/** How the rows stand, as the tables say. */
export interface ReadModelCounts {
  readonly payments: number;
  /** Payments with an event of a kind that this version does not know. */
  readonly unread: number;
  /** While rows are made anew: how much is done, from 0 to 1. */
  readonly built?: number;
}

/**
 * What can be asked of the read model. Each question is answered within its time, or says how far it got. Rejects with FilterInvalid for a question
 * that makes no sense, and with DatabaseUnavailable.
 */
export interface PaymentQueries {
  list(query: ListQuery): Promise<PaymentPage>;
  /** One row by `ReadRow.id`. */
  payment(id: number): Promise<ReadRow | undefined>;
  totals(filter: TotalsFilter): Promise<Totals>;
  /** By business day, both days included; dates like `2026-11-24`. */
  totalsByDay(first: string, last: string, filter: Omit<TotalsFilter, 'from' | 'to'>): Promise<readonly DayTotals[]>;
  /** All figures of a period together, as somebody looks at them in the morning. */
  overview(period: Period): Promise<Overview>;
  counts(): Promise<ReadModelCounts>;
}

export interface QueriesDeps {
  readonly asked: Asked;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly businessDay: BusinessDaySettings;
  /** Default 250. */
  readonly budgetMs?: number;
}

const DEFAULT_BUDGET_MS = 250;

/** Questions on tables that can be asked. */
export function paymentQueries({ asked, clock, businessDay, budgetMs = DEFAULT_BUDGET_MS }: QueriesDeps): PaymentQueries {
  const { ask, dialect } = asked;
  const days = businessDays(businessDay);
  const combos = async (): Promise<ReadonlyMap<number, Facets>> => new Map(await readCombos(ask));
  const listing: QueryDeps = { ask, dialect, combos, clock, budgetMs };
  return {
    list: (query) => listPayments(listing, query),
    async payment(id) {
      const { payments } = await listPayments(listing, { limit: 1, after: id + 1 });
      return payments[0]?.id === id ? payments[0] : undefined;
    },
    totals: (filter) => totalsOf({ ask, combos, days }, filter),
    totalsByDay: (first, last, filter) => totalsByDay({ ask, combos, days }, dayNumber(first), dayNumber(last), filter),
    overview: (period) => overviewOf({ ask, combos, days }, period),
    async counts() {
      const { count, counts } = await totalsOf({ ask, combos, days }, {});
      const [row] = await ask('SELECT place FROM rm_place');
      const { building } = row === undefined ? {} : (JSON.parse(row['place'] as string) as Place);
      return {
        payments: count,
        unread: counts.stage['unread'] ?? 0,
        ...(building !== undefined && { built: building.ordinal / building.until }),
      };
    },
  };
}

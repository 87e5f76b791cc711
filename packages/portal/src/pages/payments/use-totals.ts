import type { Totals } from '@payment-manager/management-api/types';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import type { FacetQuery } from './payment-filter.ts';

/** Exact counts and sums of what the facets choose; the same question is asked once, whoever shows it. */
export function useTotals(facets: FacetQuery): UseQueryResult<Totals> {
  return useQuery({
    queryKey: ['payments', 'totals', JSON.stringify(facets)],
    queryFn: ({ signal }) => ask<Totals>('GET /payments/totals', { query: facets, signal }),
    meta: { live: 'slow' },
    placeholderData: keepPreviousData,
  });
}

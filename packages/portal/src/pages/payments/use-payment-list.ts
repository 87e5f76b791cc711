import type { FoundPage, ShownPage, ShownPayment } from '@payment-manager/management-api/types';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { type FacetQuery, searchFilter } from './payment-filter.ts';

const PAGE = 50;

export interface PaymentList {
  readonly rows: readonly ShownPayment[];
  /** New ones that are not shown yet, since somebody reads; `many`: more than a page. */
  readonly waiting: number | 'many';
  showWaiting(): void;
  readonly loading: boolean;
  readonly error: unknown;
  again(): void;
  /** Asks for older ones. */
  readonly more: (() => void) | undefined;
  readonly loadingMore: boolean;
  /** The time for the search was over: nothing before this instant was looked at. */
  readonly searchedBackTo: number | undefined;
  /** What the words in the box were taken for. */
  readonly foundAs: FoundPage['as'];
  /** All by which it is chosen, what was searched for with it. */
  readonly filter: FacetQuery;
}

/**
 * A list that grows at both ends: older ones when they are asked for, new ones above. While it is `held`, new ones wait, so that no row moves under the
 * hand; what changes in a row that is shown changes there at once.
 */
export function usePaymentList(facets: FacetQuery, q: string, held: boolean): PaymentList {
  const meaning = useMeaning(q);
  const filter = meaning.as === undefined ? facets : { ...facets, ...searchFilter(meaning.as, q) };
  const enabled = q === '' || meaning.as !== undefined;
  const key = JSON.stringify(filter);
  const [from, setFrom] = useState(0);
  const list = useInfiniteQuery({
    queryKey: ['payments', 'list', key, from],
    queryFn: ({ pageParam, signal }) => ask<ShownPage>('GET /payments', { query: { ...filter, limit: PAGE, after: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    enabled,
  });
  const newest = useQuery({
    queryKey: ['payments', 'newest', key],
    queryFn: ({ signal }) => ask<ShownPage>('GET /payments', { query: { ...filter, limit: PAGE }, signal }),
    enabled: enabled && list.isSuccess,
    meta: { live: true },
  });
  const listed = enabled ? (list.data?.pages.flatMap(({ payments }) => payments) ?? []) : [];
  const { rows, waiting, accept } = useMerged(listed, newest.data?.payments ?? [], key, held || list.isPlaceholderData);
  const last = list.data?.pages.at(-1);
  return {
    rows,
    waiting,
    showWaiting: () => (waiting === 'many' ? setFrom((before) => before + 1) : accept()),
    loading: (enabled && list.isPending) || meaning.pending,
    error: list.error ?? meaning.error,
    again: () => void list.refetch(),
    more: enabled && list.hasNextPage && !list.isFetchingNextPage && !list.isPlaceholderData ? () => void list.fetchNextPage() : undefined,
    loadingMore: list.isFetchingNextPage,
    searchedBackTo: last?.next === undefined ? undefined : last.searchedBackTo,
    foundAs: meaning.as,
    filter,
  };
}

function useMeaning(q: string): { readonly as: FoundPage['as']; readonly pending: boolean; readonly error: unknown } {
  const asked = useQuery({
    queryKey: ['payments', 'meaning', q],
    queryFn: ({ signal }) => ask<FoundPage>('GET /payments/search', { query: { q, limit: 1 }, signal }),
    enabled: q !== '',
  });
  return { as: q === '' ? undefined : asked.data?.as, pending: q !== '' && asked.isPending, error: asked.error };
}

/** New rows above those of the list, as far as they were taken; rows that changed, as they are now. */
function useMerged(listed: readonly ShownPayment[], newest: readonly ShownPayment[], key: string, held: boolean) {
  const [taken, setTaken] = useState({ key, to: 0 });
  const top = listed[0]?.id ?? 0;
  const fresh = newest.filter(({ id }) => id > top);
  const takenTo = taken.key === key ? taken.to : 0;
  const first = fresh[0]?.id ?? 0;
  const many = fresh.length === PAGE;
  useEffect(() => {
    if (!held && !many && first > takenTo) setTaken({ key, to: first });
  }, [held, many, first, takenTo, key]);
  const now = new Map(newest.map((row) => [row.id, row]));
  const shown = many ? [] : fresh.filter(({ id }) => id <= takenTo);
  return {
    rows: [...shown, ...listed.map((row) => now.get(row.id) ?? row)],
    waiting: many ? ('many' as const) : fresh.length - shown.length,
    accept: () => setTaken({ key, to: first }),
  };
}

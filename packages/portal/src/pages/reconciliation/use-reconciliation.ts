import type { KeptDifference, ListedDay, PullsAnswer, ShownDay, StatementSide } from '@payment-manager/management-api/types';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ask } from '../../api/ask.ts';
import { problemOf } from '../../api/problem.ts';

/** Days that were compared, the newest first. */
export function useDays() {
  return useQuery({
    queryKey: ['reconciliation', 'days'],
    queryFn: ({ signal }) => ask<{ readonly days: readonly ListedDay[] }>('GET /reconciliation/days', { signal }),
  });
}

/** One day; null: it was not compared yet. */
export function useDay(date: string) {
  return useQuery({
    queryKey: ['reconciliation', 'day', date],
    async queryFn({ signal }) {
      try {
        return await ask<ShownDay>('GET /reconciliation/days/:date', { params: { date }, signal });
      } catch (error) {
        if (problemOf(error).status === 404) return null;
        throw error;
      }
    },
  });
}

/** Whose statements can be pulled, and what came of it last for this day. */
export function usePulls(date: string) {
  return useQuery({
    queryKey: ['reconciliation', 'pulls', date],
    queryFn: ({ signal }) => ask<PullsAnswer>('GET /reconciliation/days/:date/pulls', { params: { date }, signal }),
  });
}

/** What is done with a day; afterwards it is asked for again. */
function useDone() {
  const client = useQueryClient();
  return { onSettled: () => client.invalidateQueries({ queryKey: ['reconciliation'] }) };
}

export interface Comparing {
  readonly statement?: string;
  readonly hubStatement?: string;
  readonly pull?: readonly StatementSide[];
  readonly askHub: boolean;
}

/** Compares a day. */
export function useCompare(date: string) {
  const done = useDone();
  return useMutation({
    mutationFn: (body: Comparing) => ask<ShownDay>('POST /reconciliation/days/:date', { params: { date }, body }),
    ...done,
  });
}

/** Records that differences are put right. */
export function useResolve(date: string) {
  const done = useDone();
  return useMutation({
    mutationFn: ({ some, reason }: { readonly some: readonly KeptDifference[]; readonly reason: string }) =>
      ask<ShownDay>('POST /reconciliation/days/:date/resolve', {
        params: { date },
        body: { differences: some.map(({ transferId, direction, code }) => ({ transferId, direction, code })), reason },
      }),
    ...done,
  });
}

/** Closes a day. */
export function useClose(date: string) {
  const done = useDone();
  return useMutation({
    mutationFn: (body: { readonly reason: string; readonly withDifferences: boolean }) =>
      ask('POST /reconciliation/days/:date/close', { params: { date }, body }),
    ...done,
  });
}

type Search = { readonly day?: string; readonly kind?: string; readonly all?: string };

/** Changes the address; without a value a name leaves it. */
export function useChoose(): (changed: Readonly<Partial<Record<keyof Search, string | undefined>>>) => void {
  const navigate = useNavigate({ from: '/reconciliation' });
  return (changed) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined && value !== '')),
    });
}

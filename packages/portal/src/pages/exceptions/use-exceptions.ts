import type { ShownExceptionDetail, ShownExceptions } from '@payment-manager/management-api/types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ask } from '../../api/ask.ts';
import type { ExceptionsSearch } from './exception-filter.ts';

const SHOWN = 200;
const ALL = 1_000;

/** What needs a person, kept up to date. */
export function useExceptions(all: boolean) {
  return useQuery({
    queryKey: ['exceptions', 'list', all],
    queryFn: ({ signal }) => ask<ShownExceptions>('GET /exceptions', { query: { limit: all ? ALL : SHOWN }, signal }),
    placeholderData: (before) => before,
    meta: { live: true },
  });
}

/** One of them, kept up to date. */
export function useException(id: string, flow: string | undefined) {
  return useQuery({
    queryKey: ['exceptions', 'one', id, flow],
    queryFn: ({ signal }) => ask<ShownExceptionDetail>('GET /exceptions/:id', { params: { id }, query: { flow }, signal }),
    meta: { live: true },
  });
}

/** Asks anew for everything that an action may have changed. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['exceptions'] });
}

/** Changes the address; without a value a name leaves it. `push`: the way back leads to what was there. */
export function useChoose(): (changed: Readonly<Partial<Record<keyof ExceptionsSearch, string | undefined>>>, push?: boolean) => void {
  const navigate = useNavigate({ from: '/exceptions' });
  return (changed, push = false) =>
    void navigate({
      replace: !push,
      resetScroll: false,
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined && value !== '')),
    });
}

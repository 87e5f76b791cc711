import type { SavedView } from '@payment-manager/management-api/types';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import { parseSearch, stringifySearch } from '../../app/search-words.ts';
import type { PaymentsSearch } from './payment-filter.ts';

const PAGE = 'payments';
const KEY = ['me', 'views'];

interface Views {
  readonly views: readonly SavedView[];
}

/** The other views with this one: one of the same name on the same page is replaced. */
export function withView(views: readonly SavedView[], name: string, search: PaymentsSearch): readonly SavedView[] {
  return [...withoutView(views, name), { name, page: PAGE, search: stringifySearch({ ...search }).slice(1) }];
}

/** The views without one of this page. */
export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((one) => one.page !== PAGE || one.name !== name);
}

/** What stands in the address for a view. */
export const searchOf = ({ search }: SavedView): PaymentsSearch => parseSearch(search);

/** One’s own views, kept at the server: they are there in every browser. */
export function useSavedViews() {
  const client = useQueryClient();
  const kept = useQuery({ queryKey: KEY, queryFn: () => ask<Views>('GET /me/views') });
  const keeping = useMutation({
    mutationFn: async (change: (views: readonly SavedView[]) => readonly SavedView[]) => {
      // another browser may have added some
      const { views } = await ask<Views>('GET /me/views');
      return ask<Views>('PUT /me/views', { body: { views: change(views) } });
    },
    onSuccess: (now) => client.setQueryData(KEY, now),
  });
  return { shown: kept.data?.views.filter(({ page }) => page === PAGE), error: kept.error ?? keeping.error, keeping };
}

import type { ShownRestored } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';

/** The mark of a journal that was put back to an older copy, as long as it stands; else undefined. */
export function useRestored(): (ShownRestored & { readonly at: number }) | undefined {
  const { data: mark } = useQuery({ queryKey: ['restored'], queryFn: () => ask<ShownRestored>('GET /restored'), meta: { live: 'slow' } });
  return mark?.at === undefined || mark.lifted !== undefined ? undefined : { ...mark, at: mark.at };
}

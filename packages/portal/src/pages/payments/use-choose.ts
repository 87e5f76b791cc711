import { useNavigate } from '@tanstack/react-router';
import type { PaymentsSearch } from './payment-filter.ts';

/** Changes the address of the list; without a value a name leaves it. */
export function useChoose(): (changed: Readonly<Partial<Record<keyof PaymentsSearch, string | undefined>>>) => void {
  const navigate = useNavigate({ from: '/payments' });
  return (changed) =>
    void navigate({
      replace: true,
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined && value !== '')),
    });
}

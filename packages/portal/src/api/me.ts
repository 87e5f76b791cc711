import type { Me, Permission } from '@payment-manager/management-api/types';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask } from './ask.ts';

/** Who is signed in. */
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => ask<Me>('GET /me'), staleTime: 60_000 });

/** Who is signed in; inside the shell somebody always is. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (data === undefined) throw new Error('nobody is signed in');
  return data;
}

/** Whether whoever is signed in may do something: hide what they may not. The server asks again. */
export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

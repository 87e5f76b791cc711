import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isSignedOut, ProblemError } from './problem.ts';

/** What was asked, kept for a while. Who is not signed in any more is told so once, through `signedOut`. */
export function makeQueryClient(signedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) signedOut();
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 2_000,
        gcTime: 300_000,
        retry: (failures, error) => failures < 2 && error instanceof ProblemError && (error.status === 0 || error.status === 503),
        retryDelay: 1_000,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { localPath } from './local-path.ts';

/** What follows a sign-in: nothing of before is kept, and the page that was wanted is opened. */
export function useEntered(): (next?: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (next) => {
    client.clear();
    router.history.replace(localPath(next));
  };
}

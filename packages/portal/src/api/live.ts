import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listen } from '../browser/network.ts';
import { after } from '../browser/page-clock.ts';
import { valueStore } from '../browser/value-store.ts';

export interface Live {
  /** `lost`: news do not come; what is shown may be old. */
  readonly state: 'begins' | 'live' | 'lost';
  /** How far the lists are behind the journal, milliseconds. */
  readonly behindMs: number;
}

const live = valueStore<Live>({ state: 'begins', behindMs: 0 });
const AGAIN_MS = 5_000;

/** How news come at the moment. */
export const useLive = (): Live => live.use();

/**
 * Listens to `/api/live` as long as the shell is there. What is asked with `meta: { live: true }` is asked again at each news; a list that somebody reads
 * takes its news through `useHeldList` instead, so that no row moves under the hand.
 */
export function useLiveNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    let stop = (): void => {};
    let ended = false;
    const refresh = (): void => void client.invalidateQueries({ predicate: ({ meta }) => meta?.['live'] === true });
    const begin = (): void => {
      stop = listen(
        '/api/live',
        {
          changed(data) {
            live.set({ state: 'live', behindMs: Number((JSON.parse(data) as { behindMs?: number }).behindMs ?? 0) });
            refresh();
          },
        },
        (isOpen, closedForGood) => {
          if (isOpen) return live.set({ ...live.get(), state: 'live' });
          live.set({ ...live.get(), state: 'lost' });
          // a browser tries again by itself, but not after a refusal
          if (closedForGood && !ended) stop = after(AGAIN_MS, begin);
        },
      );
    };
    begin();
    return () => {
      ended = true;
      stop();
    };
  }, [client]);
}

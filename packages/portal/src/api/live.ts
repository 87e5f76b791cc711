import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listen, whenOnline } from '../browser/network.ts';
import { after, atMostEach, pageIsHidden } from '../browser/page-clock.ts';
import { valueStore } from '../browser/value-store.ts';

export interface Live {
  /** `lost`: news do not come; what is shown may be old. */
  readonly state: 'begins' | 'live' | 'lost';
  /** How far the lists are behind the journal, milliseconds. */
  readonly behindMs: number;
}

const live = valueStore<Live>({ state: 'begins', behindMs: 0 });
const AGAIN_MS = 5_000;
/** On a busy day each second has news. */
const LISTS_MS = 2_000;
const SUMS_MS = 6_000;

/** How news come at the moment. */
export const useLive = (): Live => live.use();

/**
 * Listens to `/api/live` as long as the shell is there. What is asked with `meta: { live: true }` is asked again at news, with `live: 'slow'` less often; a list that somebody reads
 * takes its news through `useHeldList` instead, so that no row moves under the hand.
 */
export function useLiveNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    let stop = (): void => {};
    let ended = false;
    const refresh = (kind: true | 'slow'): void => {
      // nobody sees it; it is asked again when somebody does
      if (!pageIsHidden()) void client.invalidateQueries({ predicate: ({ meta }) => meta?.['live'] === kind });
    };
    const lists = atMostEach(LISTS_MS, () => refresh(true));
    const sums = atMostEach(SUMS_MS, () => refresh('slow'));
    const begin = (): void => {
      stop = listen(
        '/api/live',
        {
          changed(data) {
            live.set({ state: 'live', behindMs: Number((JSON.parse(data) as { behindMs?: number }).behindMs ?? 0) });
            lists.ask();
            sums.ask();
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
    // a stream notices late that its network is gone
    const unwatch = whenOnline((online) => {
      stop();
      if (online) begin();
      else live.set({ ...live.get(), state: 'lost' });
    });
    return () => {
      ended = true;
      lists.stop();
      sums.stop();
      unwatch();
      stop();
    };
  }, [client]);
}

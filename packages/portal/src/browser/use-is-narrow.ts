import { useSyncExternalStore } from 'react';

const NARROW = matchMedia('(max-width: 760px)');

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}

/** Whether the page is as narrow as a phone; as in the style sheets. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => NARROW.matches);

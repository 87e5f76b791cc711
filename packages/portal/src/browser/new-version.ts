import { now } from './page-clock.ts';

const KEPT = 'pm.reloaded';
const AGAIN_MS = 60_000;

/** A part of the page that is not there any more belongs to a version that was replaced: the page is loaded anew, at most once a minute. */
export function reloadForNewVersion(): void {
  addEventListener('vite:preloadError', () => {
    try {
      if (now() - Number(sessionStorage.getItem(KEPT) ?? 0) < AGAIN_MS) return;
      sessionStorage.setItem(KEPT, String(now()));
    } catch {
      // a browser that keeps nothing could load it without end
      return;
    }
    location.reload();
  });
}

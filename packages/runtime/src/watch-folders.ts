import { watch } from 'node:fs';
import type { Log } from './log.ts';
import type { Timer, Timers } from './time.ts';

/** Waits a moment after a notice, so that a writer can finish and several notices become one. */
const SETTLE_MS = 50;

/**
 * Calls `changed` soon after the file system gave notice of a change in one of the folders. Notices alone are not enough (network file
 * systems give none), so whoever watches polls besides. Folders are watched and not files, so that a swapped symbolic link (Kubernetes mounts
 * secrets like that) is noticed, too.
 */
export function watchFolders(
  folders: readonly string[],
  timers: Pick<Timers, 'after'>,
  log: Pick<Log, 'debug'>,
  changed: () => void,
): { stop(): void } {
  let settle: Timer | undefined;
  const notice = (): void => {
    settle?.cancel();
    settle = timers.after(SETTLE_MS, changed);
  };
  const watchers = [...new Set(folders)].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, notice);
      // Polling goes on, so a watcher that dies is no loss; an unheard error would end the process.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      log.debug('the file system gives no notice of changes here; polling only', { folder });
      return [];
    }
  });
  return {
    stop() {
      settle?.cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}

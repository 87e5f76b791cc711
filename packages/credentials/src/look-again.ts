import { watch } from 'node:fs';
import type { Log, Timer, Timers } from '@payment-manager/runtime';

/** Waits a moment after a notice, so that a writer can finish and several notices become one look. */
const settleMs = 50;

export interface LookAgain {
  /** Looks now (once more after a look that is under way) and resolves when that is done. */
  now(): Promise<void>;
  stop(): void;
}

/**
 * Looks at files again and again: every `pollMs`, and soon after the file system gave notice of a change in one of the
 * folders. Notices alone are not enough (network file systems give none), polling alone is slow. The folder is watched and
 * not the file, so that a swapped symbolic link (Kubernetes mounts secrets like that) is noticed, too.
 *
 * `look` must not throw; what it cannot read it keeps as it was. Looks never overlap.
 */
export function lookAgain(folders: readonly string[], pollMs: number, timers: Timers, log: Log, look: () => Promise<void>): LookAgain {
  let stopped = false;
  let poll: Timer | undefined;
  let settle: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  const now = (): Promise<void> => {
    running = running.then(() => (stopped ? undefined : look()));
    return running;
  };
  const schedule = (): void => {
    poll = timers.after(pollMs, () => {
      void now().then(() => {
        if (!stopped) schedule();
      });
    });
  };
  const notice = (): void => {
    settle?.cancel();
    settle = timers.after(settleMs, () => void now());
  };
  const watchers = [...new Set(folders)].flatMap((folder) => watchFolder(folder, notice, log));
  schedule();
  return {
    now,
    stop() {
      stopped = true;
      poll?.cancel();
      settle?.cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchFolder(folder: string, notice: () => void, log: Log) {
  try {
    const watcher = watch(folder, { persistent: false }, notice);
    // Polling goes on, so a watcher that dies is no loss; an unheard error would end the process.
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    log.debug('the file system gives no notice of changes here; polling only', { folder });
    return [];
  }
}

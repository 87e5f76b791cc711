import type { Timer, Timers } from './time.ts';

/** A look that is repeated. */
export interface Repeated {
  /** Looks now, once more after a look that is under way, and resolves when that is done. Never rejects. */
  now(): Promise<void>;
  /** A look that is under way is not waited for. */
  stop(): void;
}

/**
 * Looks again and again: `intervalMs` after the end of the look before, for the first time after the first interval. Looks never overlap. What
 * a look throws is its own to tell; it ends nothing.
 */
export function every(intervalMs: number, timers: Pick<Timers, 'after'>, look: () => unknown): Repeated {
  let stopped = false;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      if (!stopped) await look();
    } catch {
      // told by `look`
    }
  };
  const now = (): Promise<void> => {
    waiting ??= running.then(() => {
      waiting = undefined;
      running = once();
      return running;
    });
    return waiting;
  };
  const later = (): void => {
    timer = timers.after(intervalMs, () => void now().then(() => (stopped ? undefined : later())));
  };
  later();
  return {
    now,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

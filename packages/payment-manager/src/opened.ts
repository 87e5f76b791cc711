import type { World } from '@payment-manager/runtime';

/** What closing one thing may take, beyond what it is given to finish; and all of them together. Milliseconds. */
const CLOSE_EACH_MS = 2_000;
export const CLOSE_ALL_MS = 6_000;

interface Closer {
  /** For the log. */
  readonly what: string;
  close(): Promise<void> | void;
  /** It lets payments finish: what is left of the grace is its time, too. */
  readonly inGrace: boolean;
}

/** What a process has opened, in the order of opening. */
export class Opened {
  readonly #closers: Closer[] = [];

  push(what: string, close: Closer['close']): void {
    this.#closers.push({ what, close, inGrace: false });
  }

  /** What lets payments finish. Nothing else may use up the time that is meant for them. */
  pushInGrace(what: string, close: Closer['close']): void {
    this.#closers.push({ what, close, inGrace: true });
  }

  /**
   * Closes everything, from the end, in bounded time: `graceMs`, for those that let payments finish, and `CLOSE_ALL_MS`. A database or a core that
   * never answers keeps no process alive: what is stored is stored, and what is not was never acknowledged. What had to be left open is in the log.
   */
  async close({ clock, timers, log }: Pick<World, 'clock' | 'timers' | 'log'>, graceMs = 0): Promise<void> {
    const graceEndsMs = clock.monotonic() + graceMs;
    const endsMs = graceEndsMs + CLOSE_ALL_MS;
    const open: string[] = [];
    for (const { what, close, inGrace } of this.#closers.splice(0).reverse()) {
      const now = clock.monotonic();
      const withinMs = Math.min((inGrace ? Math.max(0, graceEndsMs - now) : 0) + CLOSE_EACH_MS, endsMs - now);
      const late = Promise.withResolvers<'late'>();
      const timer = timers.after(withinMs, () => late.resolve('late'));
      try {
        if ((await Promise.race([close(), late.promise])) === 'late') open.push(what);
      } catch (error) {
        log.error('not closed in good order', { what, reason: error instanceof Error ? error.message : String(error) });
      } finally {
        timer.cancel();
      }
    }
    if (open.length > 0) log.warn('still open at the end: it did not close in its time', { open: open.join(', ') });
  }
}

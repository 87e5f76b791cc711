import type { Timers } from '@payment-manager/runtime';
import type { Cell } from './cell.ts';

/** Those who wait for news of a record. */
export class Waits {
  readonly #timers: Timers;
  readonly #done: () => void;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** `done` is called at the end of each wait. */
  constructor(timers: Timers, done: () => void) {
    this.#timers = timers;
    this.#done = done;
  }

  /**
   * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is over,
   * or nobody is to wait any more: then undefined.
   */
  watch<S, I, T>(cell: Cell<S, I>, look: (state: S) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const now = cell.state === undefined ? undefined : look(cell.state);
    if (now !== undefined || cell.state === undefined || this.#ended) return Promise.resolve(now);
    return new Promise((resolve) => {
      const end = (answer: T | undefined) => {
        timer.cancel();
        cell.watchers.delete(watcher);
        this.#waiting.delete(giveUp);
        this.#done();
        resolve(answer);
      };
      const watcher = (state: S) => {
        const answer = look(state);
        if (answer !== undefined) end(answer);
      };
      const giveUp = () => end(undefined);
      const timer = this.#timers.after(timeoutMs, giveUp);
      cell.watchers.add(watcher);
      this.#waiting.add(giveUp);
    });
  }

  /** After whoever brought the news has got its answer: the hub's message is acknowledged before the DFSP hears of it. */
  tell<S, I>(cell: Cell<S, I>): void {
    if (cell.watchers.size === 0) return;
    this.#timers.soon(() => {
      for (const watcher of cell.state === undefined ? [] : [...cell.watchers]) watcher(cell.state as S);
    });
  }

  /** Every wait ends with what is known now, and none is begun any more: the process leaves. */
  end(): void {
    this.#ended = true;
    for (const giveUp of [...this.#waiting]) giveUp();
  }
}

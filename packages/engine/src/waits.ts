import type { Timers } from '@payment-manager/runtime';

/** What can be waited for: a record, as far as its state matters. */
interface Watched<S> {
  readonly state: S | undefined;
  readonly watchers: Set<(state: S) => void>;
}

/** Those who wait for a change of a record. */
export class Waits<S, R extends Watched<S>> {
  readonly #timers: Timers;
  readonly #done: (record: R) => void;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** `done` is called at the end of each wait. */
  constructor(timers: Timers, done: (record: R) => void) {
    this.#timers = timers;
    this.#done = done;
  }

  /**
   * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is over,
   * or nobody is to wait any more: then undefined.
   */
  watch<T>(record: R, look: (state: S) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const now = record.state === undefined ? undefined : look(record.state);
    if (now !== undefined || record.state === undefined || this.#ended) return Promise.resolve(now);
    return new Promise((resolve) => {
      const end = (answer: T | undefined) => {
        timer.cancel();
        record.watchers.delete(watcher);
        this.#waiting.delete(giveUp);
        this.#done(record);
        resolve(answer);
      };
      const watcher = (state: S) => {
        const answer = look(state);
        if (answer !== undefined) end(answer);
      };
      const giveUp = () => end(undefined);
      const timer = this.#timers.after(timeoutMs, giveUp);
      record.watchers.add(watcher);
      this.#waiting.add(giveUp);
    });
  }

  /** After whoever brought the change has got its answer: the hub's message is acknowledged before the DFSP hears of it. */
  wake(record: R): void {
    if (record.watchers.size === 0) return;
    this.#timers.soon(() => {
      const { state } = record;
      if (state !== undefined) for (const watcher of [...record.watchers]) watcher(state);
    });
  }

  /** Every wait ends with what is known now, and none is begun any more: the process leaves. */
  end(): void {
    this.#ended = true;
    for (const giveUp of [...this.#waiting]) giveUp();
  }
}

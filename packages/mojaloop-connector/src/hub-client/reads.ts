import type { Received } from '@payment-manager/fspiop';
import type { Timers } from '@payment-manager/runtime';

/** A callback that answers a question which is nobody's record. */
export interface ReadAnswer extends Pick<Received, 'operation' | 'source' | 'destination' | 'date' | 'body'> {
  /** Milliseconds for which it has been passed on between replicas. */
  readonly ageMs?: number;
}

/**
 * Questions to the hub that are nobody's record: a look-up for the DFSP, a bare quote, the state of a transfer that is not
 * ours. Whoever asks waits here for the callback; a crash loses the question, and the DFSP asks again.
 */
export class Reads<T> {
  readonly #waiting = new Map<string, Set<(answer: T) => boolean>>();
  readonly #timers: Timers;
  readonly #max: () => number;
  #count = 0;

  /** `max` is asked at each use: it may change while the product runs. */
  constructor(timers: Timers, max: () => number) {
    this.#timers = timers;
    this.#max = max;
  }

  get full(): boolean {
    return this.#count >= this.#max();
  }

  /** What is waited for. */
  topics(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /**
   * Resolves with the first answer on the topic that `accept` takes, or undefined when the time is over. Begin to wait before
   * you ask.
   */
  wait(
    topic: string,
    timeoutMs: number,
    accept: (answer: T) => boolean,
  ): { readonly answer: Promise<T | undefined>; readonly cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const listeners = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, listeners);
    const end = (answer: T | undefined) => {
      if (!listeners.delete(listener)) return;
      this.#count--;
      if (listeners.size === 0 && this.#waiting.get(topic) === listeners) this.#waiting.delete(topic);
      timer.cancel();
      resolve(answer);
    };
    const listener = (answer: T) => {
      if (!accept(answer)) return false;
      end(answer);
      return true;
    };
    listeners.add(listener);
    this.#count++;
    const timer = this.#timers.after(timeoutMs, () => end(undefined));
    return { answer: promise, cancel: () => end(undefined) };
  }

  /** True when somebody waited for it. */
  answer(topic: string, answer: T): boolean {
    let taken = false;
    for (const listener of [...(this.#waiting.get(topic) ?? [])]) taken = listener(answer) || taken;
    return taken;
  }
}

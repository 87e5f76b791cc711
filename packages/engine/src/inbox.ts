import { type Claim, JournalUnavailable, type StoredRecord } from '@payment-manager/journal';
import type { Input, Interrupted } from './flow.ts';

/** Inputs that may wait for one record; a flood on one id must not fill the memory (promise 7). */
const QUEUE_MAX = 10_000;

/** An input, and who waits for what comes of it. */
interface Waiting<T, R> {
  readonly input: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** Whose inputs they are. */
interface Taker<T, R> {
  /** Takes an input. The next one comes when this is over. */
  take(input: T): Promise<R>;
  /** Whoever waited has been told. */
  taken(result: R): void;
  /** The same, after `take` rejected. The next input comes when this is over. */
  failed(input: T, error: unknown): Promise<void> | undefined;
  /** No input is left. */
  idle(): void;
}

/** Hands over one input at a time. */
export class Inbox<T, R> {
  readonly #queue: Waiting<T, R>[] = [];
  readonly #taker: Taker<T, R>;
  #busy = false;

  constructor(taker: Taker<T, R>) {
    this.#taker = taker;
  }

  /** An input is being taken, or the inbox is held. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Answers what came of the input. Rejects with JournalUnavailable when too many wait. */
  put(input: T): Promise<R> {
    if (this.#queue.length >= QUEUE_MAX)
      return Promise.reject(new JournalUnavailable(`more than ${QUEUE_MAX} messages wait for one payment`));
    return new Promise((resolve, reject) => {
      this.#queue.push({ input, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  /** Everything that waits; it is not taken any more. */
  empty(): Waiting<T, R>[] {
    return this.#queue.splice(0);
  }

  /** No input is taken until the work is over. Only while it is not busy. */
  async hold(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    await work();
    this.#busy = false;
    if (this.#queue.length > 0) void this.#run();
    else this.#taker.idle();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    // begin in a turn of its own, so that a caller's synchronous code ends first
    await undefined;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        const result = await this.#taker.take(next.input);
        next.resolve(result);
        this.#taker.taken(result);
      } catch (error) {
        next.reject(error);
        const recovery = this.#taker.failed(next.input, error);
        if (recovery !== undefined) await recovery;
      }
    }
    this.#busy = false;
    this.#taker.idle();
  }
}

/** What `create` and `input` came to. */
export type Delivery<S> =
  | { readonly kind: 'taken'; readonly recordId: string; readonly state: S }
  /** Another record holds a claim that this one needs; nothing was stored. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly recordId: string }
  /** No such record, or it could not be made because it exists. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'exists'; readonly recordId: string };

/** What only replicas have: the record was changed by another one, or (with `record`) came to belong to us. No input of a flow. */
export class Changed {
  readonly type = 'changed by another replica';
  readonly record: StoredRecord | undefined;

  constructor(record?: StoredRecord) {
    this.record = record;
  }
}

/** What a record takes, one at a time. */
export type AnyInput<I> = I | Interrupted | Changed;

/** Answers of actions, and interruptions, bear the action's key. */
export function isActionAnswer(input: Input): input is Input & { key: string } {
  return 'key' in input && typeof (input as { key?: unknown }).key === 'string';
}

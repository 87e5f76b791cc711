import type { Operation } from '@payment-manager/fspiop';
import type { Clock } from '@payment-manager/runtime';
import type { Sender } from '../hub-client/sender.ts';

/** What the other side does next with an answer of ours. */
export type FollowUp = 'quote' | 'prepare';

/**
 * How long a place is kept. Who pays without asking anybody is back well within, however busy hub and payer are; a person who thinks about
 * an offer is not, and is new work then.
 */
const KEEP_MS = 1_000;
/** What counts as lately, in places. */
const LATELY = 64;

/**
 * Places of payments that were let in and are with the other side now: they are under way, though nothing here shows it. They count by how
 * many were taken lately: who only looks up takes no room.
 */
export class Expected {
  readonly #clock: Clock;
  /** Until when, oldest first. */
  readonly #until: number[] = [];
  /** Of the places that were kept lately, the share that was taken. */
  #taken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How much of the limit they take. */
  get count(): number {
    this.#expire();
    return Math.round(this.#until.length * this.#taken);
  }

  keep(): void {
    this.#expire();
    this.#until.push(this.#clock.monotonic() + KEEP_MS);
  }

  /** Whoever comes takes the oldest place: whose it was need not be known. False when there is none. */
  take(): boolean {
    this.#expire();
    if (this.#until.shift() === undefined) return false;
    this.#taken += (1 - this.#taken) / LATELY;
    return true;
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (; (this.#until[0] ?? Number.POSITIVE_INFINITY) <= now; this.#until.shift()) this.#taken -= this.#taken / LATELY;
  }
}

const FOLLOW_UP: { readonly [operation in Operation]?: FollowUp } = { 'PUT /parties': 'quote', 'PUT /quotes': 'prepare' };

/** A sender that tells which answers leave that are followed by another message of the same payment. */
export function tellingFollowUps(sender: Sender, expect: (what: FollowUp) => void): Sender {
  return {
    send(action, context) {
      const next = FOLLOW_UP[action.message.operation];
      if (next !== undefined) expect(next);
      return sender.send(action, context);
    },
  };
}

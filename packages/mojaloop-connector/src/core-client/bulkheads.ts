import type { Clock, Timers } from '@payment-manager/runtime';

/** What calls of the core are for; each kind has room that the others cannot take. */
export type CallKind = 'party' | 'quote' | 'transfer' | 'owed';

/** In the order in which they get what is free: what is owed first, then what the scheme holds money for. */
export const CALL_KINDS: readonly CallKind[] = ['owed', 'transfer', 'quote', 'party'];

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
}

interface Compartment {
  running: number;
  readonly waiting: Set<Waiting>;
}

/**
 * Divides the calls that the core may get at once: an eighth for each kind, and one half for whoever comes first. So a kind
 * that the core answers slowly never takes more than five eighths, and the others go on.
 */
export class Bulkheads {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #own: number;
  readonly #shared: number;
  readonly #waitingMax: number;
  readonly #compartments: Readonly<Record<CallKind, Compartment>>;

  /** `calls`: at once, over all kinds. `waitingMax`: calls that may wait, for each kind. */
  constructor(clock: Clock, timers: Timers, calls: number, waitingMax: number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#own = Math.floor(calls / 8);
    this.#shared = calls - CALL_KINDS.length * this.#own;
    this.#waitingMax = waitingMax;
    const empty = (): Compartment => ({ running: 0, waiting: new Set() });
    this.#compartments = { party: empty(), quote: empty(), transfer: empty(), owed: empty() };
  }

  /** Resolves with what ends the call's stay when there is room, and with undefined when there was none for `patienceMs`. */
  enter(kind: CallKind, patienceMs: number): Promise<(() => void) | undefined> {
    const compartment = this.#compartments[kind];
    if (compartment.waiting.size === 0 && this.#hasRoom(compartment)) return Promise.resolve(this.#admit(compartment));
    if (patienceMs <= 0 || compartment.waiting.size >= this.#waitingMax) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        since: this.#clock.monotonic(),
        enter: () => {
          timer.cancel();
          compartment.waiting.delete(waiting);
          resolve(this.#admit(compartment));
        },
      };
      const timer = this.#timers.after(patienceMs, () => {
        compartment.waiting.delete(waiting);
        resolve(undefined);
      });
      compartment.waiting.add(waiting);
    });
  }

  /** How long the first in line has been waiting, milliseconds; 0 when nobody waits. */
  waitedMs(kind: CallKind): number {
    const [first] = this.#compartments[kind].waiting;
    return first === undefined ? 0 : this.#clock.monotonic() - first.since;
  }

  load(kind: CallKind): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.#compartments[kind];
    return { running, waiting: waiting.size };
  }

  #hasRoom(compartment: Compartment): boolean {
    return compartment.running < this.#own || this.#inShared() < this.#shared;
  }

  #inShared(): number {
    return CALL_KINDS.reduce((sum, kind) => sum + Math.max(0, this.#compartments[kind].running - this.#own), 0);
  }

  #admit(compartment: Compartment): () => void {
    compartment.running++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      compartment.running--;
      this.#next();
    };
  }

  /** What became free goes to those who wait. */
  #next(): void {
    for (const kind of CALL_KINDS) {
      const compartment = this.#compartments[kind];
      if (compartment.waiting.size === 0) continue;
      for (const waiting of compartment.waiting) {
        if (!this.#hasRoom(compartment)) break;
        waiting.enter();
      }
    }
  }
}

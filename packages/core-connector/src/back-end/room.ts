import type { Clock, Timers } from '@payment-manager/runtime';

/** How much a back end is given to do: so many calls at once, and so many a second. Who finds no room in time was not sent. */
export class Room {
  readonly #inFlight: number;
  readonly #everyMs: number;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #waiting: Set<() => void> = new Set();
  #running = 0;
  #nextAt = 0;

  constructor(limits: { readonly inFlight: number; readonly perSecond: number | undefined }, clock: Clock, timers: Timers) {
    this.#inFlight = limits.inFlight;
    this.#everyMs = limits.perSecond === undefined ? 0 : 1_000 / limits.perSecond;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Resolves when there is room: what is to be called at the end. Undefined: there was none within the time. */
  async enter(patienceMs: number): Promise<(() => void) | undefined> {
    const endsAt = this.#clock.monotonic() + patienceMs;
    if (this.#running < this.#inFlight) this.#running++;
    else if (!(await this.#turn(patienceMs))) return undefined;
    const at = Math.max(this.#clock.monotonic(), this.#nextAt);
    if (at >= endsAt) return this.#leaveNow();
    this.#nextAt = at + this.#everyMs;
    if (at > this.#clock.monotonic()) await new Promise<void>((resolve) => this.#timers.after(at - this.#clock.monotonic(), resolve));
    return () => this.#leave();
  }

  #turn(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const next = (): void => {
        timer.cancel();
        resolve(true);
      };
      const timer = this.#timers.after(patienceMs, () => {
        this.#waiting.delete(next);
        resolve(false);
      });
      this.#waiting.add(next);
    });
  }

  #leaveNow(): undefined {
    this.#leave();
    return undefined;
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running--;
    else {
      // the place is handed on, so that nobody who comes now takes it
      this.#waiting.delete(next);
      next();
    }
  }
}

/**
 * Time as a dependency. Nothing outside `runtime` reads a clock or sets a timer by itself, so that the simulator can
 * run the same code on a virtual clock (architecture, "Rooms").
 */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. Stored deadlines use this one (docs/money-rules.md, 6). */
  now(): number;
  /** Milliseconds that only ever grow; for measuring durations and for running deadlines. */
  monotonic(): number;
}

/** A timer that was set; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Sets timers. `afterMs` below zero counts as zero. A real timer never keeps the process alive by itself. */
export interface Timers {
  after(afterMs: number, run: () => void): Timer;
  /** Runs when everything that can go on now has gone on, e.g. answers that are ready have been written. No time passes. */
  soon(run: () => void): void;
}

import type { Clock, Random, Timers } from '@payment-manager/runtime';
import type { PlannedPayment } from './traffic-mix.ts';

/** What became of a payment: its last state, `refused` by the core before it began, or `unknown` where nobody said it in time. */
export type Outcome = 'COMPLETED' | 'ABORTED' | 'ERROR_OCCURRED' | 'PENDING' | 'refused' | 'unknown';

export interface TrafficDeps {
  /** Makes one payment, with its faults, and tells how it ended. Never rejects. */
  pay(planned: PlannedPayment): Promise<Outcome>;
  next(): PlannedPayment;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Pick<Timers, 'after'>;
  readonly random: Pick<Random, 'fraction'>;
  /** Payments a second, on average. */
  readonly rate: number;
  readonly seconds: number;
  /** Resolves when no more are to be begun. */
  readonly stopped: Promise<unknown>;
  /** Told each few seconds. */
  tell(so: Made): void;
}

/** What was made so far. */
export interface Made {
  readonly elapsedMs: number;
  readonly begun: number;
  readonly underWay: number;
  /** They would have been too many at once: the sandbox did not keep up. */
  readonly heldBack: number;
  /** By what was planned, then by what became of it. */
  readonly outcomes: ReadonlyMap<string, ReadonlyMap<Outcome, number>>;
}

const UNDER_WAY_MAX = 200;
const TELL_MS = 5_000;
/** What is under way at the end may end in this time. */
const ENDING_MS = 75_000;

/** Begins payments at random instants until the time is over or it is stopped, then waits for those that are under way. */
export async function runTraffic(deps: TrafficDeps): Promise<Made> {
  const { clock, timers, rate, seconds, random } = deps;
  const beganAt = clock.monotonic();
  const outcomes = new Map<string, Map<Outcome, number>>();
  const running = new Set<Promise<void>>();
  let [begun, heldBack, ended, toldAt] = [0, 0, false, beganAt];
  const so = (): Made => ({ elapsedMs: clock.monotonic() - beganAt, begun, underWay: running.size, heldBack, outcomes });
  void deps.stopped.then(() => {
    ended = true;
  });
  const begin = (): void => {
    if (running.size >= UNDER_WAY_MAX) {
      heldBack++;
      return;
    }
    const planned = deps.next();
    begun++;
    const one = deps.pay(planned).then((outcome) => {
      running.delete(one);
      const of = outcomes.get(planned.kind) ?? new Map<Outcome, number>();
      outcomes.set(planned.kind, of.set(outcome, (of.get(outcome) ?? 0) + 1));
    });
    running.add(one);
  };
  const pause = (ms: number): Promise<unknown> =>
    Promise.race([deps.stopped, new Promise<void>((resolve) => void timers.after(ms, resolve))]);
  // customers do not pay at the beat of a clock: pauses are exponential, and what a slow machine missed is caught up
  for (let due = 0; !ended && due < seconds * 1_000; due += (-Math.log(1 - random.fraction()) * 1_000) / rate) {
    const wait = due - (clock.monotonic() - beganAt);
    if (wait > 0) await pause(wait);
    if (ended) break;
    begin();
    if (clock.monotonic() - toldAt >= TELL_MS) {
      toldAt = clock.monotonic();
      deps.tell(so());
    }
  }
  let over = false;
  const last = timers.after(ENDING_MS, () => {
    over = true;
  });
  while (running.size > 0 && !over) await Promise.race([...running, new Promise<void>((resolve) => void timers.after(1_000, resolve))]);
  last.cancel();
  return so();
}

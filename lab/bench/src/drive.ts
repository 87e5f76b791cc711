import type { Clock, Timers } from '@payment-manager/runtime';
import { NotAccepted } from '@payment-manager/sandbox';
import { Failures } from './failures.ts';

/** A load to be put on the measured processes. */
export interface Load {
  /** Payments under way at once. */
  readonly concurrency: number;
  /** Ends after so many payments, or after so long, whichever comes first. */
  readonly payments: number | undefined;
  readonly ms: number | undefined;
}

/** What a load came to. */
export interface Driven {
  readonly payments: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** Of each completed payment, ascending. */
  readonly latenciesMs: readonly number[];
  /** Why payments failed, and how many. */
  readonly failures: Readonly<Record<string, number>>;
}

/** A payment that was refused so often for load has failed. */
const ATTEMPTS_MAX = 30;

/** Makes a payment; one that is refused for load comes again when it was told to, as a good DFSP does. */
export function comingAgain(pay: () => Promise<void>, timers: Timers): () => Promise<void> {
  return async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await pay();
      } catch (error) {
        if (!(error instanceof NotAccepted) || error.comeAgainMs === undefined || attempt === ATTEMPTS_MAX) throw error;
        const wait = error.comeAgainMs;
        await new Promise<void>((resolve) => void timers.after(wait, resolve));
      }
    }
  };
}

/** Makes payments one after the other on each of `concurrency` lanes. `pay` rejects when its payment did not complete. */
export async function drive(pay: () => Promise<void>, load: Load, clock: Clock): Promise<Driven> {
  const latenciesMs: number[] = [];
  const failures = new Failures();
  const startedAt = clock.monotonic();
  let begun = 0;
  const goesOn = (): boolean =>
    (load.payments === undefined || begun < load.payments) && (load.ms === undefined || clock.monotonic() - startedAt < load.ms);
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      begun++;
      const from = clock.monotonic();
      try {
        await pay();
        latenciesMs.push(clock.monotonic() - from);
      } catch (error) {
        failures.add(error);
      }
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, lane));
  return {
    payments: begun,
    failed: begun - latenciesMs.length,
    elapsedMs: clock.monotonic() - startedAt,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
    failures: failures.byReason,
  };
}

/** The value below which `share` (0 to 1) of ascending values lie; 0 of none. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0;
}

import type { World } from '@payment-manager/runtime';
import { Declined, NotAccepted } from '@payment-manager/sandbox';
import { Failures } from './failures.ts';

/** A load that comes as the world comes: so many a second, by chance, however many are under way. */
export interface Offer {
  readonly what: 'pay' | 'look-up';
  readonly perSecond: number;
  readonly ms: number;
}

/** What became of it. */
export interface Offered {
  readonly offered: number;
  /** Completed. */
  readonly accepted: number;
  /** Answered 503 with Retry-After, at whatever step. */
  readonly refused: number;
  /** Told by an error callback, or by the hub in its stead, that the other side cannot take it now. */
  readonly declined: number;
  /** Everything else: it was begun, and did not complete; or there was no proper answer. */
  readonly failed: number;
  /** Of the completed ones, from beginning to end, ascending. */
  readonly latenciesMs: readonly number[];
  /** Of the refusing answers, from the request to the answer, ascending. */
  readonly refusalsMs: readonly number[];
  readonly failures: Readonly<Record<string, number>>;
}

export interface OfferDeps extends Pick<World, 'clock' | 'timers' | 'random'> {}

/** FSPIOP: service currently unavailable; destination communication error, as a hub tells it whose question was not taken. */
export const NOT_TAKEN: ReadonlySet<string> = new Set(['2003', '1001']);

/** Offers a load and resolves when all of it has ended. The times between beginnings are exponentially distributed (a Poisson process). */
export function offer(begin: () => Promise<void>, load: Offer, { clock, timers, random }: OfferDeps): Promise<Offered> {
  const latenciesMs: number[] = [];
  const refusalsMs: number[] = [];
  const failures = new Failures();
  let offered = 0;
  let declined = 0;
  const one = async (): Promise<void> => {
    offered++;
    const from = clock.monotonic();
    try {
      await begin();
      latenciesMs.push(clock.monotonic() - from);
    } catch (error) {
      if (error instanceof NotAccepted && error.comeAgainMs !== undefined) refusalsMs.push(error.afterMs);
      else if (error instanceof Declined && NOT_TAKEN.has(error.code)) declined++;
      else failures.add(error);
    }
  };
  const gap = (): number => (-Math.log(1 - random.fraction()) / load.perSecond) * 1_000;
  return new Promise((resolve) => {
    const running: Promise<void>[] = [];
    const end = clock.monotonic() + load.ms;
    let next = clock.monotonic() + gap();
    const tick = (): void => {
      for (const now = clock.monotonic(); next <= now && next < end; next += gap()) running.push(one());
      if (next < end) timers.after(Math.max(1, next - clock.monotonic()), tick);
      else void Promise.all(running).then(() => resolve(result()));
    };
    const result = (): Offered => ({
      offered,
      accepted: latenciesMs.length,
      refused: refusalsMs.length,
      declined,
      failed: failures.count,
      latenciesMs: latenciesMs.sort((a, b) => a - b),
      refusalsMs: refusalsMs.sort((a, b) => a - b),
      failures: failures.byReason,
    });
    tick();
  });
}

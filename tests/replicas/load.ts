import { setTimeout as pause } from 'node:timers/promises';
import { beginPayment } from '../scheme/payments.ts';
import type { ReplicaGroup } from './replica-group.ts';

/** Payments that are begun one after the other, whatever becomes of them. */
export interface Load {
  /** Ids of the payer's core. */
  readonly begun: readonly string[];
  /** Begins no more. */
  stop(): Promise<void>;
}

/** Has the payer's core begin so many payments per second. */
export function startLoad({ core, coreUrl }: ReplicaGroup, perSecond: number): Load {
  const begun: string[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    const from = performance.now();
    while (!stopped) {
      begun.push(await beginPayment({ core, coreUrl }, { amount: '0.5' }));
      await pause(Math.max(0, (begun.length * 1_000) / perSecond - (performance.now() - from)));
    }
  };
  const running = run();
  return {
    begun,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

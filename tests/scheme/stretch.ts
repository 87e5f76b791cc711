import { slownessNow } from '@payment-manager/runtime/test-machine';

/** Configured times have largest values. */
const MOST_STRETCHED = 8;
let most = 1;

/** How many times longer than at rest the times of a process that is configured now are to be. */
export async function stretchNow(): Promise<number> {
  const stretch = Math.min(await slownessNow(), MOST_STRETCHED);
  most = Math.max(most, stretch);
  return stretch;
}

/**
 * The longest stretch of anything that this file of tests has configured. A process keeps the times that it started with: who waits for it
 * waits as many times longer, also when the machine has become quick again since.
 */
export function stretchedBy(): number {
  return most;
}

import type { Timers } from '@payment-manager/runtime';

/** A held message goes on after this time even when no other one comes by. */
const HOLD_MS_MAX = 10_000;

/** Messages held back so that others overtake them. */
export interface HeldMessages {
  /** Resolves after `overtaken(operation)` was called, or after 10 s. */
  hold(operation: string): Promise<void>;
  /** Another message of this kind went by: those held go on. */
  overtaken(operation: string): void;
}

/** Makes an empty holding place. */
export function heldMessages(timers: Timers): HeldMessages {
  const held = new Map<string, Set<() => void>>();
  return {
    hold: (operation) =>
      new Promise((resolve) => {
        const waiting = held.get(operation) ?? new Set();
        held.set(operation, waiting);
        const release = (): void => {
          timer.cancel();
          waiting.delete(release);
          resolve();
        };
        const timer = timers.after(HOLD_MS_MAX, release);
        waiting.add(release);
      }),
    overtaken(operation) {
      for (const release of [...(held.get(operation) ?? [])]) release();
    },
  };
}

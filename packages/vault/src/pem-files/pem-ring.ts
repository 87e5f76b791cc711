import { type Doing, stepTo } from '../keys/key-state.ts';
import { type Ring, type RingKey, stateOf } from '../keys/ring.ts';
import type { PemKey } from './pem-group.ts';

/**
 * What a ring becomes when its files hold these keys: they are in use, and what was in use before and is not among them retires. Only those that were in use until now retire, so that never more than one value verifies beside the newest. No keys:
 * nothing is left. The same keys again: the same ring.
 */
export function ringOf(before: Ring, keys: readonly PemKey[], now: number, doing: Doing): Ring {
  const inUse = before.filter((key) => stateOf(key) === 'active');
  if (textOf(inUse) === textOf(keys)) return before;
  const active = keys.map((key): RingKey => ({ ...key, history: [stepTo('active', now, doing)] }));
  if (keys.length === 0) return [];
  const retiring = inUse
    .filter(({ id }) => !keys.some((key) => key.id === id))
    .map((key): RingKey => ({ ...key, history: [...key.history, stepTo('retiring', now, doing)] }));
  return [...retiring, ...active];
}

/** A ring when its overlap is over. */
export function withoutRetiring(ring: Ring): Ring {
  return ring.filter((key) => stateOf(key) !== 'retiring');
}

function textOf(keys: readonly (PemKey & Partial<RingKey>)[]): string {
  return JSON.stringify(keys.map(({ history: _, ...key }) => key));
}

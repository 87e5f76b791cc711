import type { Doing, Environment, KeyAlgorithm, KeyRecord, OwnPurpose } from '@payment-manager/vault';

/** Who does all this, in the history of keys. */
export const BY = 'connection-manager-client';

/** Our keys of one purpose, sorted out. */
export interface KeysInPlay {
  readonly active: KeyRecord | undefined;
  /** The one that is on its way. */
  readonly pending: KeyRecord | undefined;
  /** Keys that will never be used: made twice, or for something that is not wanted any more. */
  readonly surplus: readonly KeyRecord[];
  /** Keys that were in use before, and how long they stay. */
  readonly retiring: readonly KeyRecord[];
}

/**
 * Sorts our keys out. Of several on their way the one that the server knows goes on, else the newest: that is the same for everybody who
 * looks.
 */
export function inPlay(
  keys: readonly KeyRecord[],
  isKnown: (key: KeyRecord) => boolean,
  isWanted: (key: KeyRecord) => boolean,
): KeysInPlay {
  const waiting = keys.filter(({ state }) => state === 'pre-active');
  const wanted = waiting.filter(isWanted);
  const pending = wanted.findLast(isKnown) ?? wanted.at(-1);
  return {
    active: keys.find(({ state }) => state === 'active'),
    pending,
    surplus: waiting.filter((key) => key !== pending),
    retiring: keys.filter(({ state }) => state === 'retiring'),
  };
}

/** Those whose overlap is over, and when the next one is. */
export function overAt(keys: readonly KeyRecord[], overlapMs: number, now: number): { over: readonly KeyRecord[]; next: number } {
  const end = ({ since }: KeyRecord): number => since + overlapMs;
  const over = keys.filter((key) => end(key) <= now);
  return { over, next: Math.min(Number.POSITIVE_INFINITY, ...keys.filter((key) => !over.includes(key)).map(end)) };
}

/** The earliest of several instants, as a member of a decision; none where there is none. */
export function dueAt(...instants: readonly number[]): { dueAt?: number } {
  const first = Math.min(Number.POSITIVE_INFINITY, ...instants);
  return first === Number.POSITIVE_INFINITY ? {} : { dueAt: first };
}

/** A step in the life of one of our keys. */
export type KeyAction =
  | { readonly do: 'generate'; readonly why: string }
  | { readonly do: 'activate'; readonly keyId: string }
  | { readonly do: 'destroy'; readonly keyId: string; readonly why: string };

/** Takes a step in the life of a key. */
export async function actOnKey(keys: Environment['keys'], purpose: OwnPurpose, algorithm: KeyAlgorithm, action: KeyAction): Promise<void> {
  if (action.do === 'generate') await keys.generate(purpose, doing(action.why), algorithm);
  else if (action.do === 'activate') await keys.activate(purpose, action.keyId, doing('ready'));
  else await keys.move(purpose, action.keyId, 'destroyed', doing(action.why));
}

/** Destroys keys, as actions. */
export function destroying(keys: readonly KeyRecord[], why: string): KeyAction[] {
  return keys.map(({ id }) => ({ do: 'destroy', keyId: id, why }));
}

/** Who does something, and what for. */
export function doing(why: string): Doing {
  return { by: BY, why };
}

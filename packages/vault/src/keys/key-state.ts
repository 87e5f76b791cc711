/**
 * The life of a key, after NIST SP 800-57 part 1 (section 7): *pre-active*: made, not in use yet; *active*: in use; *retiring*:
 * its successor is in use, and what it signed still counts (the standard's "deactivated"); *compromised*: somebody else may have it;
 * *destroyed*: of our own keys the private part is gone, of others' keys we trust them no more.
 */
export type KeyState = 'pre-active' | 'active' | 'retiring' | 'compromised' | 'destroyed';

/** Whose key it is decides what may happen to it. */
export type KeyOwner = 'own' | 'other';

/**
 * A key of our own never comes back. Somebody else's may: a hub that takes its change of CA back, a peer that returns. A compromised
 * one never does; and that a destroyed key had been compromised may turn out later.
 */
const NEXT: Readonly<Record<KeyOwner, Readonly<Record<KeyState, readonly KeyState[]>>>> = {
  own: {
    'pre-active': ['active', 'compromised', 'destroyed'],
    active: ['retiring', 'compromised'],
    retiring: ['compromised', 'destroyed'],
    compromised: ['destroyed'],
    destroyed: ['compromised'],
  },
  other: {
    'pre-active': ['active', 'compromised', 'destroyed'],
    active: ['retiring', 'compromised', 'destroyed'],
    retiring: ['active', 'compromised', 'destroyed'],
    compromised: [],
    destroyed: ['active', 'compromised'],
  },
};

/** Whether that transition is legal. */
export function mayBecome(owner: KeyOwner, from: KeyState, to: KeyState): boolean {
  return NEXT[owner][from].includes(to);
}

/** One step in the life of a key: since when it is in that state, who did it, and why. */
export interface KeyStep {
  readonly state: KeyState;
  /** Wall clock, milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

/** Who does something to a key, and what for; both are kept with the key, so they must be harmless. */
export interface Doing {
  /** A person's or a component's name, such as `renewal`. */
  readonly by: string;
  readonly why: string;
}

/** A step as it is kept: texts of one line and bounded length. */
export function stepTo(state: KeyState, at: number, { by, why }: Doing): KeyStep {
  return { state, at, by: oneLine(by), why: oneLine(why) };
}

function oneLine(text: string): string {
  return text.replace(/[^\P{C}]/gu, ' ').slice(0, 200);
}

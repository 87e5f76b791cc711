/**
 * Chance by label: a number in [0, 1) that depends on the seed and on what it is asked about, and on nothing else. So when the
 * shrinker takes one fault away, all other decisions stay as they were; a stream of random numbers would shift them all.
 */
export type Chance = (label: string) => number;

/** Chance for one seed. Not for secrets. */
export function chanceOf(seed: number): Chance {
  return (label) => {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (let at = 0; at < label.length; at++) hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193);
    // FNV alone hardly spreads the last characters; this is the finaliser of MurmurHash3
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `least` to `most`, both included. */
export function between(chance: Chance, label: string, least: number, most: number): number {
  return least + Math.floor(chance(label) * (most - least + 1));
}

/** One of the options. @throws RangeError when there are none */
export function oneOf<T>(chance: Chance, label: string, options: readonly T[]): T {
  const index = Math.floor(chance(label) * options.length);
  if (index >= options.length) throw new RangeError(`no options for ${label}`);
  return options[index] as T;
}

/** Ordinals are dense: a bit for each costs an eighth of a megabyte for a million records. */
const [blockBits, blockMask] = [16, 0xffff];

/** A set of ordinals (whole numbers from 0). */
export interface OrdinalSet {
  add(ordinal: number): void;
  has(ordinal: number): boolean;
}

/** An empty set. */
export function ordinalSet(): OrdinalSet {
  const blocks = new Map<number, Uint32Array>();
  return {
    add(ordinal) {
      const block = Math.floor(ordinal / 2 ** blockBits);
      let words = blocks.get(block);
      if (!words) {
        words = new Uint32Array(2 ** blockBits / 32);
        blocks.set(block, words);
      }
      const bit = ordinal & blockMask;
      words[bit >> 5] = (words[bit >> 5] as number) | (1 << (bit & 31));
    },
    has(ordinal) {
      const bit = ordinal & blockMask;
      return (((blocks.get(Math.floor(ordinal / 2 ** blockBits))?.[bit >> 5] ?? 0) >> (bit & 31)) & 1) === 1;
    },
  };
}

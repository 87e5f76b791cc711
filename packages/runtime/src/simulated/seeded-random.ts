import type { Random } from '../random.ts';

/**
 * Randomness that is the same for the same seed: for tests and simulations, never for secrets. The generator is
 * xorshift128 by Marsaglia, seeded through splitmix32 so that near seeds give far sequences.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const mixed = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [mixed(), mixed(), mixed(), mixed() || 1];
  const next = (): number => {
    const t = a ^ (a << 11);
    [a, b, c] = [b, c, d];
    d = (d ^ (d >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return d;
  };
  const bytes = (length: number): Uint8Array => {
    const out = Buffer.alloc(length);
    for (let at = 0; at < length; at++) out[at] = next() & 0xff;
    return out;
  };
  return {
    bytes,
    fraction: () => next() / 2 ** 32,
    uuid() {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(raw).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}

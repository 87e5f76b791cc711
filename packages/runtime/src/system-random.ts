import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from './random.ts';

/** The machine's random source: strong for ids and bytes, quick and weak for `fraction` (jitter). */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  bytes: (length: number) => randomBytes(length),
  fraction: () => Math.random(),
};

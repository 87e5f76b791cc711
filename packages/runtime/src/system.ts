import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { Random } from './random.ts';

export * from './system-time.ts';

/** Asking the system for few bytes costs as much as for many. */
const POOL_BYTES = 4_096;
const POOLED_MAX = 32;
const pool = { bytes: Buffer.alloc(POOL_BYTES), at: POOL_BYTES };

/** So many of the pool's bytes, which are nowhere any more but in the hands of who asked. */
function pooled(length: number): Buffer {
  if (pool.at + length > POOL_BYTES) {
    randomFillSync(pool.bytes);
    pool.at = 0;
  }
  const given = Buffer.from(pool.bytes.subarray(pool.at, pool.at + length));
  pool.bytes.fill(0, pool.at, pool.at + length);
  pool.at += length;
  return given;
}

/** The machine's random source: strong for ids and bytes, quick and weak for `fraction` (jitter). */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  bytes: (length: number) => (length > POOLED_MAX ? randomBytes(length) : pooled(length)),
  fraction: () => Math.random(),
};

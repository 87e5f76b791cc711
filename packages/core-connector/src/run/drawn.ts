import { createHash } from 'node:crypto';
import type { ValueObject } from '../expression/value.ts';

/**
 * What differs at every call and may not differ at a repeat: drawn with the start of an effect, and journalled with its request. The
 * numbers are made of the payment and the effect, so that they need no source of randomness and no counter.
 *
 * | name | what it is |
 * |---|---|
 * | `startedAt` | the instant, `2026-01-31T23:59:59.123Z` |
 * | `localDate` | its date in UTC, `2026-01-31` |
 * | `transmission` | its date and time as ISO 8583 has them (DE7, UTC), `0131235959` |
 * | `stan` | six digits, not all zero (DE11) |
 * | `rrn` | twelve digits (DE37): year, day of the year and hour, then the STAN |
 */
export function draw(transferId: string, effect: string, now: number): ValueObject {
  const at = new Date(now);
  const startedAt = at.toISOString();
  const digest = createHash('sha256').update(`${transferId}\n${effect}`).digest();
  const stan = String((digest.readUInt32BE(0) % 999_999) + 1).padStart(6, '0');
  const dayOfYear = Math.floor((now - Date.UTC(at.getUTCFullYear(), 0)) / 86_400_000) + 1;
  const hour = startedAt.slice(11, 13);
  return Object.assign(Object.create(null), {
    startedAt,
    localDate: startedAt.slice(0, 10),
    transmission: `${startedAt.slice(5, 7)}${startedAt.slice(8, 10)}${hour}${startedAt.slice(14, 16)}${startedAt.slice(17, 19)}`,
    stan,
    rrn: `${startedAt.slice(3, 4)}${String(dayOfYear).padStart(3, '0')}${hour}${stan}`,
  });
}

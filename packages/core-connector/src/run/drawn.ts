import { createHash } from 'node:crypto';
import { emptyObject, type ValueObject } from '../expression/value.ts';
import type { Draw } from '../language/iso8583/draws.ts';
import type { Drawn } from './render-iso8583.ts';

/**
 * What differs at every call and may not differ at a repeat: drawn with the start of an effect, and journalled with its request. The
 * numbers are made of the payment and the effect, so that they need no source of randomness and no counter. STAN and RRN together are of one
 * effect: of 1,000,000 in a day two are alike once in 200 days, where a STAN within the RRN would be alike 20,000 times each day.
 *
 * | name | what it is |
 * |---|---|
 * | `startedAt` | the instant, `2026-01-31T23:59:59.123Z` |
 * | `localDate` | its date in UTC, `2026-01-31` |
 * | `transmission` | its date and time as ISO 8583 has them (DE7, UTC), `0131235959` |
 * | `stan` | six digits, not all zero (DE11) |
 * | `rrn` | twelve digits (DE37): the year's last digit, the day of the year, and eight digits that do not follow from the STAN |
 */
export function draw(transferId: string, effect: string, now: number): ValueObject {
  const at = new Date(now);
  const startedAt = at.toISOString();
  const digest = createHash('sha256').update(`${transferId}\n${effect}`).digest();
  const stan = String((digest.readUInt32BE(0) % 999_999) + 1).padStart(6, '0');
  const dayOfYear = Math.floor((now - Date.UTC(at.getUTCFullYear(), 0)) / 86_400_000) + 1;
  const hour = startedAt.slice(11, 13);
  return emptyObject({
    startedAt,
    localDate: startedAt.slice(0, 10),
    transmission: `${startedAt.slice(5, 7)}${startedAt.slice(8, 10)}${hour}${startedAt.slice(14, 16)}${startedAt.slice(17, 19)}`,
    stan,
    rrn: `${startedAt.slice(3, 4)}${String(dayOfYear).padStart(3, '0')}${String(digest.readUInt32BE(4) % 100_000_000).padStart(8, '0')}`,
  });
}

/** What stands in a field of a message: `date` (MMDD), `time` (hhmmss) and `dateTime` (YYMMDDhhmmss) are those of a zone. */
export function drawnText(what: Draw, drawn: Pick<Drawn, 'startedAt' | 'stan' | 'rrn' | 'transmission'>, zone: string): string {
  if (what === 'stan' || what === 'rrn' || what === 'transmission') return drawn[what];
  const { year, month, day, hour, minute, second } = partsIn(zone, Date.parse(drawn.startedAt));
  const date = `${month}${day}`;
  const time = `${hour}${minute}${second}`;
  return what === 'date' ? date : what === 'time' ? time : `${year}${date}${time}`;
}

/** Formats by their zones: a connector has few, and each is made once. */
const ZONES = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError when there is no such zone. */
export function partsIn(zone: string, at: number): Readonly<Record<string, string>> {
  const known = ZONES.get(zone) ?? new Intl.DateTimeFormat('en-GB', { ...TWO_DIGITS, timeZone: zone, hourCycle: 'h23' });
  ZONES.set(zone, known);
  return Object.fromEntries(known.formatToParts(at).map(({ type, value }) => [type, value]));
}

const DIGITS = '2-digit' as const;
const TWO_DIGITS = { year: DIGITS, month: DIGITS, day: DIGITS, hour: DIGITS, minute: DIGITS, second: DIGITS } as const;

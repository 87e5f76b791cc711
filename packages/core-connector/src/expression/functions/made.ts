import { createHash } from 'node:crypto';
import type { Decimal } from '../decimal.ts';
import { TEXT } from '../shape.ts';
import { EvaluationFailed } from '../value.ts';
import { plain, type RegisteredFunction } from './registered.ts';
import { whole } from './text.ts';

const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';
/** Fewer characters than these would give two payments one reference too soon: 12 are 60 bits. */
const LEAST = 12;
const MOST = 51;

/** Formats for dates by their zones. A connector has few zones, and each is made once. */
const DATES = new Map<string, Intl.DateTimeFormat>();

/** Functions that make a text of others: dates where a core is, and references in the form that a core takes. The same values give the same text. */
export const madeFunctions: readonly RegisteredFunction[] = [
  plain('localDate', {
    summary: 'The date of an instant in a time zone, as 2026-01-31. In a money step the instant is effect.startedAt, which is drawn once.',
    example: '$localDate(effect.startedAt, cfg.zone)',
    parameters: [
      { name: 'instant', takes: 'text' },
      { name: 'zone', takes: 'text' },
    ],
    gives: TEXT,
    run: (instant: string, zone: string) => {
      const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(instant) ? Date.parse(instant) : Number.NaN;
      if (Number.isNaN(at)) throw new EvaluationFailed('$localDate: the text is no instant, like 2026-01-31T23:59:59Z');
      return dateIn(zone).format(at);
    },
  }),
  plain('uuid', {
    summary: 'A UUID made of a text, for cores whose keys must be one. The same text gives the same.',
    example: '$uuid(key)',
    parameters: [{ name: 'text', takes: 'text' }],
    gives: TEXT,
    run: (text: string) => {
      const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  }),
  plain('reference', {
    summary: `A reference of letters and digits made of a text, for cores that take no longer one: ${LEAST} to ${MOST} characters, of a hash and not a part of the text.`,
    example: '$reference(key, 20)',
    parameters: [
      { name: 'text', takes: 'text' },
      { name: 'length', takes: 'number' },
    ],
    gives: TEXT,
    run: (text: string, length: Decimal) => {
      const wanted = whole(length, '$reference');
      if (wanted < LEAST || wanted > MOST) throw new EvaluationFailed(`$reference: a reference has ${LEAST} to ${MOST} characters`);
      let bits = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
      let made = '';
      for (; made.length < wanted; bits >>= 5n) made += LETTERS[Number(bits & 31n)];
      return made;
    },
  }),
];

function dateIn(zone: string): Intl.DateTimeFormat {
  const known = DATES.get(zone);
  if (known !== undefined) return known;
  try {
    const made = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    DATES.set(zone, made);
    return made;
  } catch {
    throw new EvaluationFailed('$localDate: there is no such time zone');
  }
}

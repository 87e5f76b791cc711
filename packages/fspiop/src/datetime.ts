import { FspiopError } from './errors.ts';

/** A real calendar date, as a pattern (docs/protocol.md, 6). */
const DATE =
  '(?:[1-9]\\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)' +
  '|(?:[1-9]\\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)';
/** `YYYY-MM-DD`. */
export const DATE_PATTERN = `^${DATE}$`;
/** Milliseconds are mandatory, the offset hour is 00 to 19 (docs/protocol.md, 6). */
export const DATE_TIME_PATTERN = `^${DATE}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}(?:Z|[+-][01]\\d:[0-5]\\d)$`;
const DATE_TIME = new RegExp(DATE_TIME_PATTERN);

/** `YYYY-MM-DDTHH:mm:ss.SSS` with `Z` or an offset, on a day that exists. */
export function isDateTime(text: unknown): text is string {
  return typeof text === 'string' && DATE_TIME.test(text);
}

/** Milliseconds since the epoch. Throws 3100 when the text is not an FSPIOP DateTime. */
export function parseDateTime(text: string): number {
  if (!isDateTime(text)) throw new FspiopError('3100', 'date and time have the wrong format');
  const at = (from: number, to: number) => Number(text.slice(from, to));
  const local = Date.UTC(at(0, 4), at(5, 7) - 1, at(8, 10), at(11, 13), at(14, 16), at(17, 19), at(20, 23));
  if (text.length === 24) return local;
  const offsetMs = (at(24, 26) * 60 + at(27, 29)) * 60_000;
  return text[23] === '+' ? local - offsetMs : local + offsetMs;
}

const YEAR_1000_MS = Date.UTC(1000, 0, 1);
const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** The instant as an FSPIOP DateTime in UTC. Throws 3100 outside the years 1000 to 9999. */
export function formatDateTime(epochMs: number): string {
  if (!(epochMs >= YEAR_1000_MS && epochMs < YEAR_10000_MS)) throw new FspiopError('3100', 'date outside the years 1000 to 9999');
  return new Date(epochMs).toISOString();
}

let httpDateSecond = Number.NaN;
let httpDateText = '';

/** The `Date` header (IMF-fixdate, GMT). The last second's text is kept, since hundreds of messages share it. */
export function httpDate(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== httpDateSecond) {
    if (!Number.isFinite(second)) throw new FspiopError('2001', 'date is not a number');
    httpDateText = new Date(second * 1000).toUTCString();
    httpDateSecond = second;
  }
  return httpDateText;
}

const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads an IMF-fixdate; milliseconds since the epoch. Throws 3101 for everything else, the two obsolete forms of RFC 7231
 * included (docs/protocol.md, 2), and for days that do not exist. The name of the weekday is not compared with the date.
 */
export function parseHttpDate(text: string): number {
  if (text === readDateText) return readDateMs;
  readDateMs = readHttpDate(text);
  readDateText = text;
  return readDateMs;
}

/** The last that was read: hundreds of messages share it. */
let readDateText: string | undefined;
let readDateMs = Number.NaN;

function readHttpDate(text: string): number {
  const match = HTTP_DATE.exec(text);
  if (match === null) throw new FspiopError('3101', 'date has the wrong format');
  const [, day = '', month = '', year = '', hour = '', minute = '', second = ''] = match;
  const epochMs = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
  if (new Date(epochMs).getUTCDate() !== Number(day)) throw new FspiopError('3101', 'date is not a day of the calendar');
  return epochMs;
}

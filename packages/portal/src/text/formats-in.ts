import { apart, isolated, leftToRight } from '@payment-manager/runtime/isolate';
import { knownOf, type Language } from '@payment-manager/runtime/languages';

/** How instants, amounts and numbers are written. */
export interface Formats {
  /** Decimal text as the language writes it, never by way of a number: `1,234.50`. */
  amount(decimal: string, currency?: string): string;
  /** The same without the name of the currency, with as many places as it usually has. */
  figure(decimal: string, currency: string): string;
  count(count: number): string;
  /** A share from 0 to 1: `98.2 %`; never rounded up to all. */
  percent(share: number): string;
  /** `14:03:22`; with the day where it is not today’s. */
  moment(at: number, now: number): string;
  /** Day and time to the millisecond, with the zone. */
  exactly(at: number): string;
  /** The same to the second, as people say when something was. */
  instant(at: number): string;
  /** `12 Mar 2026` */
  day(at: number): string;
  /** The same of the date of a business day, `2026-03-12`, whatever the zone. */
  date(date: string): string;
  /** `12 Mar` */
  dayOfYear(at: number): string;
  /** `14:03` */
  clock(at: number): string;
  /** `14:03:22.120` */
  time(at: number): string;
  /** Of as many MiB: `300 MB`, `43 GB` */
  size(mib: number): string;
  /** `340 ms`, `2.1 s`, `3 min`, `2 h` */
  duration(ms: number): string;
  /** `one → other`, in the direction of the page. */
  fromTo(from: string, to: string): string;
  readonly zone: string;
}

/** Formats in a language and a zone; pure. Where a page is read from right to left, each is isolated: nothing beside it moves its parts. */
export function formatsIn(language: Language, zone: string): Formats {
  const { locale, direction } = knownOf(language);
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const clock = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const fine = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
  const dayClock = format({ day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' });
  const day = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const date = format({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  const dayOfYear = format({ day: '2-digit', month: 'short' });
  const minute = format({ hour: '2-digit', minute: '2-digit' });
  const counts = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const unit = (value: number, name: string, digits = 0): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
  const [whole, figure] = direction === 'rtl' ? [isolated, leftToRight] : [(text: string) => text, (text: string) => text];
  return {
    zone,
    fromTo: (from, to) => (direction === 'rtl' ? `${apart(from)} ← ${apart(to)}` : `${from} → ${to}`),
    amount: (decimal, currency) =>
      figure(
        currency === undefined ? amountText(decimal, locale) : `${amountText(withPlaces(decimal, currency), locale)}\u00a0${currency}`,
      ),
    figure: (decimal, currency) => figure(amountText(withPlaces(decimal, currency), locale)),
    count: (count) => figure(counts.format(count)),
    percent: (share) => figure(percents.format(Math.floor(share * 1_000) / 1_000)),
    moment: (at, now) => whole(day.format(at) === day.format(now) ? clock.format(at) : dayClock.format(at)),
    exactly: (at) => whole(`${day.format(at)}, ${fine.format(at)} ${figure(offsetOf(at, zone))}`),
    instant: (at) => whole(`${day.format(at)}, ${clock.format(at)} ${figure(offsetOf(at, zone))}`),
    day: (at) => whole(day.format(at)),
    date: (text) => whole(date.format(Date.parse(text))),
    dayOfYear: (at) => whole(dayOfYear.format(at)),
    time: (at) => figure(fine.format(at)),
    clock: (at) => figure(minute.format(at)),
    size(mib) {
      const megabytes = (mib * 1_048_576) / 1_000_000;
      return whole(megabytes < 10_000 ? unit(megabytes, 'megabyte') : unit(megabytes / 1_000, 'gigabyte'));
    },
    duration(ms) {
      if (ms < 1_000) return whole(unit(Math.round(ms), 'millisecond'));
      if (ms < 60_000) return whole(unit(ms / 1_000, 'second', 1));
      if (ms < 3_600_000) return whole(unit(ms / 60_000, 'minute', 1));
      return whole(ms < 172_800_000 ? unit(ms / 3_600_000, 'hour', 1) : unit(ms / 86_400_000, 'day'));
    },
  };
}

/** `UTC+3` */
function offsetOf(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(at);
  return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone).replace('GMT', 'UTC').replace(/[+]0$/, '');
}

/** With zeros behind, as people write the currency: `25` USD is `25.00`. Nothing is cut off, and a currency that nobody knows stays as it is. */
function withPlaces(decimal: string, currency: string): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  const text = fraction.padEnd(placesOf(currency), '0');
  return text === '' ? whole : `${whole}.${text}`;
}

function placesOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().minimumFractionDigits ?? 0;
  } catch {
    return 0;
  }
}

/** Digits in groups, every digit as it was. */
function amountText(decimal: string, locale: string): string {
  const [, sign = '', whole = '', fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === '') return decimal;
  const point = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  return `${sign}${new Intl.NumberFormat(locale).format(BigInt(whole))}${fraction === undefined ? '' : point + fraction}`;
}

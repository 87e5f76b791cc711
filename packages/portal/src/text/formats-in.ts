/** How instants, amounts and numbers are written. */
export interface Formats {
  /** Decimal text as the language writes it, never by way of a number: `1,234.50`. */
  amount(decimal: string, currency?: string): string;
  /** The same without the name of the currency, with as many places as it usually has. */
  figure(decimal: string, currency: string): string;
  count(count: number): string;
  /** `14:03:22`; with the day where it is not today’s. */
  moment(at: number, now: number): string;
  /** Day and time to the millisecond, with the zone. */
  exactly(at: number): string;
  /** `12 Mar 2026` */
  day(at: number): string;
  /** `14:03:22.120` */
  time(at: number): string;
  /** `340 ms`, `2.1 s`, `3 min`, `2 h` */
  duration(ms: number): string;
  readonly zone: string;
}

/** Formats in a language and a zone; pure. */
export function formatsIn(language: string, zone: string): Formats {
  const locale = language === 'en' ? 'en-GB' : language;
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const clock = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const fine = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
  const dayClock = format({ day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' });
  const day = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const counts = new Intl.NumberFormat(locale);
  const unit = (value: number, name: string, digits = 0): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits }).format(value);
  return {
    zone,
    amount: (decimal, currency) =>
      currency === undefined ? amountText(decimal, locale) : `${amountText(withPlaces(decimal, currency), locale)}\u00a0${currency}`,
    figure: (decimal, currency) => amountText(withPlaces(decimal, currency), locale),
    count: (count) => counts.format(count),
    moment: (at, now) => (day.format(at) === day.format(now) ? clock.format(at) : dayClock.format(at)),
    exactly: (at) => `${day.format(at)}, ${fine.format(at)} ${offsetOf(at, zone)}`,
    day: (at) => day.format(at),
    time: (at) => fine.format(at),
    duration(ms) {
      if (ms < 1_000) return unit(Math.round(ms), 'millisecond');
      if (ms < 60_000) return unit(ms / 1_000, 'second', 1);
      if (ms < 3_600_000) return unit(ms / 60_000, 'minute', 1);
      return ms < 172_800_000 ? unit(ms / 3_600_000, 'hour', 1) : unit(ms / 86_400_000, 'day');
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

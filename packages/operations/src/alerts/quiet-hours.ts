/** A span of each day, by the clock of a place; `22:00` to `06:00` goes over midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly zone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** When the quiet hours end in which this instant lies; undefined: it lies in none. Equal ends are no quiet hours. */
export function quietUntil(quiet: QuietHours | undefined, at: number): number | undefined {
  if (quiet === undefined || quiet.from === quiet.to) return undefined;
  if (!isQuiet(quiet, at)) return undefined;
  // minute by minute of that clock, so that an hour that a clock leaves out or has twice is no special case
  let end = Math.floor(at / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let passed = 0; passed < DAY_MINUTES + 120 && isQuiet(quiet, end); passed++) end += MINUTE_MS;
  return end;
}

function isQuiet({ from, to, zone }: QuietHours, at: number): boolean {
  const minute = minuteOfDay(zone, at);
  const [begin, end] = [minuteIn(from), minuteIn(to)];
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(zone: string, at: number): number {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    FORMATS.set(zone, format);
  }
  return minuteIn(format.format(at));
}

function minuteIn(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

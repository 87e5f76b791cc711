/** When a business day begins and ends, as the DFSP keeps it. */
export interface BusinessDaySettings {
  /** IANA name of the time zone, e.g. `Africa/Dar_es_Salaam`. */
  readonly zone: string;
  /**
   * Local time at which one business day ends and the next begins, `HH:MM`. From 12:00 on, the day ends at that time of its own date (what comes
   * later is the next day's); before 12:00, at that time of the date after. `00:00`: the business day is the calendar day.
   */
  readonly cutOff: string;
}

/** Business days, numbered: 0 is 1970-01-01. */
export interface BusinessDays {
  /** The business day that an instant (milliseconds since the epoch) belongs to. */
  dayOf(at: number): number;
  /** The first instant of a business day. */
  startOf(day: number): number;
}

const DAY_MS = 86_400_000;
/** Offsets of zones change at quarters of an hour only. */
const QUARTER_MS = 900_000;
const KEPT_OFFSETS = 10_000;

/** @throws RangeError for a zone that the runtime does not know, or a cut-off that is no time. */
export function businessDays({ zone, cutOff }: BusinessDaySettings): BusinessDays {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(cutOff);
  if (!parts) throw new RangeError(`not a time of day like 22:00: ${cutOff}`);
  const cutMs = (Number(parts[1]) * 60 + Number(parts[2])) * 60_000;
  const shiftMs = cutMs >= DAY_MS / 2 ? DAY_MS - cutMs : -cutMs;
  const offsetAt = offsetsOf(zone);
  return {
    dayOf: (at) => Math.floor((at + offsetAt(at) + shiftMs) / DAY_MS),
    startOf(day) {
      const local = day * DAY_MS - shiftMs;
      // the offset at the start, found from the offset about there; at a change of the clock the second look corrects the first
      const about = local - offsetAt(local);
      return local - offsetAt(about);
    },
  };
}

/** `2026-11-24` as the number of a business day. @throws RangeError for anything else */
export function dayNumber(date: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date) throw new RangeError(`not a date like 2026-11-24: ${date}`);
  return at / DAY_MS;
}

/** The date of a business day, `YYYY-MM-DD`. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** How far a zone's clocks are ahead of UTC at an instant, milliseconds. */
function offsetsOf(zone: string): (at: number) => number {
  // the tables of all zones and languages take 6 MB of a process that looks into them
  if (zone === 'UTC') return () => 0;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    let offset = known.get(quarter);
    if (offset === undefined) {
      const seen: Record<string, number> = {};
      for (const { type, value } of clock.formatToParts(quarter * QUARTER_MS)) seen[type] = Number(value);
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = seen;
      offset = Date.UTC(year, month - 1, day, hour, minute) - quarter * QUARTER_MS;
      if (known.size >= KEPT_OFFSETS) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
}

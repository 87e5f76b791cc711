/** Calls that came to nothing, since the last answer. Monotonic times, milliseconds. */
export interface Silence {
  readonly count: number;
  /** When the first of them was begun. */
  readonly sinceMonotonic: number;
  /** When the last of them ended. */
  readonly lastMonotonic: number;
}

/** One lost answer means nothing; so many in a row, … */
export const FAILURES_IN_A_ROW = 3;
/** … and no answer for so long, are an alarm. */
const SILENCE_MS = 5_000;

/** Whether somebody is to be told that the other side does not answer. */
export function isAlarming({ count, sinceMonotonic, lastMonotonic }: Silence): boolean {
  return count >= FAILURES_IN_A_ROW && lastMonotonic - sinceMonotonic >= SILENCE_MS;
}

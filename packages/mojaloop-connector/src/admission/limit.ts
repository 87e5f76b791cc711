/** How much work may be under way, and between which bounds it is found. */
export interface LimitBounds {
  /** Where it begins, and whereto it comes back by itself. */
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** What was seen since the limit was last looked at. */
export interface Seen {
  /** How long what was ready waited for its turn on the event loop, mean, milliseconds. */
  readonly delayMs: number;
  /** The most that was under way. */
  readonly peak: number;
}

/** Above it the process is overloaded: each of the some twenty turns that a payment takes waits for so long. */
export const DELAY_TARGET_MS = 2.5;
const DECREASE = 0.85;
const INCREASE = 1.05;
/** Below it the event loop has next to nothing to do: what is under way waits for others. */
const IDLE_MS = 1;
const INCREASE_IDLE = 1.2;
/** A limit that is not nearly reached limits nothing, so nothing is learned about it. */
const IN_USE = 0.9;

/**
 * The next limit. It shrinks by a seventh of what was really under way when the event loop does not keep up, and grows by a
 * twentieth while it is in use and the loop does; by a fifth when the loop is nearly idle: what is under way then waits for a slow
 * hub or core, and hinders nobody. With less than `least` under way a loop that is late is so for other reasons (a cold start, other
 * processes), and refusing would help nobody.
 */
export function nextLimit(limit: number, { delayMs, peak }: Seen, { start, least, most }: LimitBounds): number {
  if (delayMs > DELAY_TARGET_MS) return peak < least ? limit : clamp(Math.min(limit, peak) * DECREASE, Math.min(limit, least), most);
  if (limit >= start && peak < limit * IN_USE) return limit;
  const grown = Math.max(limit + 1, limit * (delayMs < IDLE_MS ? INCREASE_IDLE : INCREASE));
  return clamp(peak < limit * IN_USE ? Math.min(grown, start) : grown, least, most);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

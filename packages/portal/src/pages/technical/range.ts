/** What stands in the address of the page. */
export interface TechnicalSearch {
  readonly range?: string;
  /** Milliseconds since the epoch; both or none. */
  readonly from?: string;
  readonly to?: string;
  /** Percentile that charts of latency show. */
  readonly share?: string;
}

export const RANGES = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

export const SHARES = ['p50', 'p95', 'p99'] as const;
export type Share = (typeof SHARES)[number];

const HOUR_MS = 3_600_000;
const LENGTHS_MS: Readonly<Record<Range, number>> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
};
const MINUTE_MS = 60_000;
const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 93 * 24 * HOUR_MS;

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The chosen range; undefined where a stretch of its own is chosen. */
export function rangeOf(search: TechnicalSearch): Range | undefined {
  return stretchIn(search) === undefined ? (RANGES.find((one) => one === search.range) ?? '6h') : undefined;
}

/** From when to when is shown, to the minute; at an address that nobody could have chosen, the last six hours. */
export function stretchOf(search: TechnicalSearch, now: number): Stretch & { readonly live: boolean } {
  const chosen = stretchIn(search);
  if (chosen !== undefined && chosen.from < now) return { ...chosen, live: false };
  const to = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  return { from: to - LENGTHS_MS[rangeOf({ ...(search.range !== undefined && { range: search.range }) }) ?? '6h'], to, live: true };
}

function stretchIn({ from, to }: TechnicalSearch): Stretch | undefined {
  const [begin, end] = [Number(from), Number(to)];
  return Number.isSafeInteger(begin) && Number.isSafeInteger(end) && begin > 0 && end - begin >= SHORTEST_MS && end - begin <= LONGEST_MS
    ? { from: begin, to: end }
    : undefined;
}

/** Another stretch: moved by shares of its length, or as much longer; it never ends after now. */
export function moved({ from, to }: Stretch, by: { readonly shift?: number; readonly length?: number }, now: number): Stretch {
  const before = to - from;
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.round((before * (by.length ?? 1)) / MINUTE_MS) * MINUTE_MS));
  const middle = (from + to) / 2 + before * (by.shift ?? 0);
  const end = Math.min(Math.round((middle + length / 2) / MINUTE_MS) * MINUTE_MS, Math.ceil(now / MINUTE_MS) * MINUTE_MS);
  return { from: end - length, to: end };
}

/** What somebody drew over a chart, at least five minutes. */
export function drawn(one: number, other: number): Stretch {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const middle = (from + to) / 2;
  const half = Math.max(SHORTEST_MS, to - from) / 2;
  const begin = Math.round((middle - half) / MINUTE_MS) * MINUTE_MS;
  return { from: begin, to: begin + Math.max(SHORTEST_MS, Math.round((half * 2) / MINUTE_MS) * MINUTE_MS) };
}

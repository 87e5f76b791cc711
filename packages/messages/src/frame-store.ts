import type { Frame } from './frame.ts';

/** A stretch of time, both ends included; milliseconds since the epoch. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stored frame, of which only the head was read. */
export interface StoredFrame {
  readonly head: Buffer;
  /** All of it; undefined: it was removed meanwhile. */
  whole(): Promise<Buffer | undefined>;
}

/** What becomes of a stored frame: another or none (undefined) in its place, and how many of its messages that removes; or nothing. */
export type Change = 'same' | { readonly frame: Frame | undefined; readonly removed: number };

/** Where frames lie, by the day (UTC) on which they were written. Everything may reject; who asks counts that and goes on. */
export interface FrameStore {
  /** A failure may leave part of the frame, which no reader takes for one. */
  append(day: string, frame: Frame): Promise<void>;
  /** Those that may have messages of the stretch, in no order. */
  frames(stretch: Stretch): AsyncIterable<StoredFrame>;
  /**
   * Replaces each frame that was appended before, as `change` says, which may be asked again of one that another process has replaced
   * meanwhile. Answers how many messages were removed.
   */
  rewrite(change: (frame: Buffer) => Promise<Change>): Promise<number>;
  /** Removes the days before this one; answers how many. */
  removeBefore(day: string): Promise<number>;
  close(): Promise<void>;
  /** Whether other processes append to it, too. */
  readonly shared: boolean;
}

const DAY_MS = 86_400_000;
/** A message is written within this time after it was said: the longest wait for an answer, and a slow disk. */
const WRITTEN_WITHIN_MS = 600_000;

/** `2026-11-30`, UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The days whose frames may have messages of a stretch. */
export function daysOf({ fromMs, toMs }: Stretch): { readonly first: string; readonly last: string } {
  return { first: dayOf(fromMs), last: dayOf(toMs + WRITTEN_WITHIN_MS) };
}

/** The first day that is kept: today and `keepDays` days before it. */
export function firstKept(nowMs: number, keepDays: number): string {
  return dayOf(nowMs - keepDays * DAY_MS);
}

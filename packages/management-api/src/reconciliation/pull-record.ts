import { dateOfDay, dayNumber } from '@payment-manager/runtime';
import type { Said } from '../audit/audit-log.ts';
import { type Keeping, load, loadAll, putOf, tryCommit } from '../store/kept.ts';
import type { Side } from './statement-source.ts';

/** The last pull of one side’s statement of a day: how many rows came, or why none did. */
export interface SidePull {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Who asked, as the audit log calls them; `system`: nobody. */
  readonly by: string;
  readonly rows?: number;
  readonly sha256?: string;
  /** Of docs/errors.md. */
  readonly code?: string;
  readonly reason?: string;
}

/** What is known of the pulls of a day; its id is the date. */
export interface PulledDay {
  readonly core?: SidePull;
  readonly hub?: SidePull;
  /** How often it was tried without a person, and when it is next. */
  readonly tries: number;
  readonly next: number;
  /** Why the last try without a person came to nothing, or not to all of it, where no side's statement is the cause. */
  readonly failed?: string;
  /** Nothing more is tried without a person. */
  readonly done?: true;
}

/** The statement of a side that is had again for another day within so many days is no statement of that day. */
const NEIGHBOURS = 8;
/** So long a pull is remembered, in days. */
export const KEPT_DAYS = 400;
const KEPT_MS = KEPT_DAYS * 86_400_000;
const TRIES = 5;
export const NOTHING_PULLED: PulledDay = { tries: 0, next: 0 };

/** Changes what is known of a day’s pulls, whoever else changes it. */
export async function recordPull(
  keeping: Keeping,
  date: string,
  change: (before: PulledDay) => PulledDay,
  said: (before: PulledDay) => readonly Said[] = () => [],
): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const kept = await load<PulledDay>(keeping, 'pull', date);
    const before = kept?.value ?? NOTHING_PULLED;
    const put = putOf('pull', date, kept, change(before), { expires: keeping.clock.now() + KEPT_MS });
    if (await tryCommit(keeping, [put], said(before))) return;
  }
  keeping.log.warn('what came of a pull is not recorded: others record at once', { date });
}

/** The same, only if nobody has changed it since it was seen. @returns false: somebody else does it */
export function claimPull(
  keeping: Keeping,
  date: string,
  seen: { readonly version: number } | undefined,
  value: PulledDay,
): Promise<boolean> {
  return tryCommit(keeping, [putOf('pull', date, seen, value, { expires: keeping.clock.now() + KEPT_MS })], []);
}

/** Records what came of one side, with an entry in the audit log; of failures that repeat without a person, of the first. */
export function recordSide(keeping: Keeping, date: string, side: Side, pull: SidePull): Promise<void> {
  const { by, rows, sha256, code } = pull;
  return recordPull(
    keeping,
    date,
    (before) => ({ ...before, [side]: pull }),
    (before) =>
      by === 'system' && code !== undefined && before[side]?.code === code
        ? []
        : [
            {
              actor: by,
              action: code === undefined ? 'statement.pulled' : 'statement.not-pulled',
              target: `day:${date}`,
              after: code === undefined ? { side, rows, sha256 } : { side, code },
            },
          ],
  );
}

/** Another day near this one whose statement of the side had the very same bytes; undefined: none. */
export async function sameOnAnotherDay(keeping: Keeping, date: string, side: Side, sha256: string): Promise<string | undefined> {
  const near = await loadAll<PulledDay>(keeping, 'pull', { after: dateOfDay(dayNumber(date) - NEIGHBOURS) });
  return near.find(({ id, value }) => id !== date && value[side]?.sha256 === sha256)?.id;
}

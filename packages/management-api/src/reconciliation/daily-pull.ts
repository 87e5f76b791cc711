import { type AlarmEntry, alarmBoard, businessDays, dateOfDay, dayNumber, every, type World } from '@payment-manager/runtime';
import { Problem } from '../server/problem.ts';
import { load, loadAll, type Seen } from '../store/kept.ts';
import { type CompareDeps, compareDay, isOfPerson } from './compare-day.ts';
import { claimPull, KEPT_DAYS, NOTHING_PULLED, type PulledDay, recordPull } from './pull-record.ts';
import type { ComparedDay, KeptDifference } from './reconcile-day.ts';
import { SIDES, type Side } from './statement-source.ts';

export interface DailyPullDeps extends CompareDeps, Pick<World, 'timers'> {
  /** Off: only persons pull. */
  readonly daily: boolean;
  /** How long after its end a day’s statements are pulled. */
  readonly afterDayMs: number;
}

const LOOK_EVERY_MS = 60_000;
/** A day that ended so many days ago is not tried any more, once it was tried a few times. */
const DAYS_BACK = 7;
/** Days of a standstill that are caught up with. */
const CAUGHT_UP_DAYS = 31;
/** A try is held for so long, again and again while it runs. */
const HELD_MS = 300_000;
const FIRST_PAUSE_MS = 300_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** From so many failures on somebody is told: a statement that is late by minutes is none of their matters. */
const ALARM_TRIES = 3;

/** How long after a try the next one is: 5 minutes, doubled with each, at most an hour. */
export function pauseAfter(tries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
}

/**
 * Pulls the statements of each business day after its end, and compares the day with them; again with pauses while one is missing or not all is compared, for
 * a week; and again when the day after is over, where something was not compared. Of several processes one does it: whoever takes the try. A day that a person
 * compared or closed after its end is left alone.
 */
export function pullDaily(deps: DailyPullDeps) {
  const { keeping, sources, timers, daily, afterDayMs } = deps;
  const { clock, log } = keeping;
  const sides = SIDES.filter((side) => sources[side] !== undefined);
  const board = alarmBoard(clock);
  const days = businessDays(deps.businessDay);
  const lastEnded = (): number => days.dayOf(clock.now() - afterDayMs) - 1;
  /** By number; days before the first that was tried are from before it was configured. */
  const known = async (last: number): Promise<ReadonlyMap<number, Seen<PulledDay>>> => {
    const found = await loadAll<PulledDay>(keeping, 'pull', { after: dateOfDay(last - KEPT_DAYS) });
    return new Map(found.map((one) => [dayNumber(one.id), one]));
  };
  /** A person has done it. */
  const isDone = async (day: number, seen: Seen<PulledDay> | undefined): Promise<boolean> => {
    const kept = await load<ComparedDay>(keeping, 'day', dateOfDay(day));
    if (kept === undefined || !isOfPerson(kept.value, days.startOf(day + 1))) return false;
    await claimPull(keeping, dateOfDay(day), seen, { ...(seen?.value ?? NOTHING_PULLED), done: true });
    return true;
  };
  /** What is recorded of a day that was compared. */
  const afterwards = (day: number, tries: number, { running, unasked, differences }: ComparedDay): Partial<PulledDay> => {
    const next = clock.now() + pauseAfter(tries);
    if (running + unasked > 0) return { next, failed: `${running} payments may still end, about ${unasked} the hub is not asked yet` };
    const dayAfter = days.startOf(day + 2) + afterDayMs;
    return differences.some(isNotCompared) && clock.now() < dayAfter ? { next: dayAfter } : { done: true };
  };
  const tryDay = async (day: number, seen: Seen<PulledDay> | undefined): Promise<void> => {
    const date = dateOfDay(day);
    const before = seen?.value ?? NOTHING_PULLED;
    const tries = before.tries + 1;
    if (!(await claimPull(keeping, date, seen, { ...before, tries, next: clock.now() + HELD_MS }))) return;
    let came: Partial<PulledDay> | undefined;
    const holding = every(LOOK_EVERY_MS, timers, () =>
      recordPull(keeping, date, (now) => (came === undefined ? { ...now, next: clock.now() + HELD_MS } : now)),
    );
    try {
      const wish = { day, by: 'system', statement: undefined, hubStatement: undefined, pull: sides, askHub: true };
      came = afterwards(day, tries, await compareDay(deps, wish));
    } catch (error) {
      // what a side's statement is the cause of is recorded with that side
      const ofSide = error instanceof Problem;
      const reason = ofSide ? error.shown.message : messageOf(error);
      came = { next: clock.now() + pauseAfter(tries), ...(!ofSide && { failed: reason }) };
      log.warn('a day is not compared with all its statements; it is tried again', { date, tries, reason });
    } finally {
      holding.stop();
    }
    await recordPull(keeping, date, ({ failed: _before, ...now }) => ({ ...now, ...came }));
  };
  const look = async (): Promise<void> => {
    if (sides.length === 0 || !daily) return;
    const last = lastEnded();
    const before = await known(last);
    for (const [day, seen] of missing(before, last)) {
      const { tries, next } = seen?.value ?? NOTHING_PULLED;
      if (await isDone(day, seen)) continue;
      if (next <= clock.now() && (day > last - DAYS_BACK || tries < ALARM_TRIES)) await tryDay(day, seen);
    }
    raise(board, sides, last, await known(last));
    tellStandstill(board, await outstanding(before, last));
  };
  /** The first and the last of the days that nobody tried in time, and that no person has seen to since; without those between them: it asks for few. */
  const outstanding = async (known: ReadonlyMap<number, Seen<PulledDay>>, last: number): Promise<readonly string[]> => {
    const left = [...leftBehind(known, last)];
    while (left[0] !== undefined && (await isDone(left[0], known.get(left[0])))) left.shift();
    while (left.length > 1 && (await isDone(left.at(-1) as number, known.get(left.at(-1) as number)))) left.pop();
    return left.filter((_, index) => index === 0 || index === left.length - 1).map(dateOfDay);
  };
  const looking = every(LOOK_EVERY_MS, timers, () =>
    look().catch((error: unknown) => log.warn('statements cannot be pulled; it is tried again', { reason: String(error) })),
  );
  return { look, alarms: (): readonly AlarmEntry[] => board.alarms(), stop: () => looking.stop() };
}

/** Days that were tried, or that a person has done. */
function triedOf(days: ReadonlyMap<number, Seen<PulledDay>>, last: number): readonly (readonly [number, Seen<PulledDay>])[] {
  return [...days].filter(([day, { value }]) => day <= last && (value.tries > 0 || value.done === true));
}

/** Days that are not done: those that were tried, and since the first of them, of the last month, those that nobody was there to try. */
function missing(days: ReadonlyMap<number, Seen<PulledDay>>, last: number): readonly (readonly [number, Seen<PulledDay> | undefined])[] {
  const tried = triedOf(days, last);
  const first = Math.min(last, ...tried.map(([day]) => day));
  const begin = Math.max(first, last - CAUGHT_UP_DAYS);
  const lately = Array.from({ length: last - begin + 1 }, (_, index) => [begin + index, days.get(begin + index)] as const);
  return [...tried.filter(([day]) => day < begin), ...lately].filter(([, seen]) => seen?.value.done !== true);
}

/** Days that are not done and that nobody was there to try, since the first that was tried: those before the last month, which are not caught up with. */
function leftBehind(days: ReadonlyMap<number, Seen<PulledDay>>, last: number): readonly number[] {
  const first = Math.min(last, ...triedOf(days, last).map(([day]) => day));
  return Array.from({ length: Math.max(0, last - CAUGHT_UP_DAYS - first) }, (_, index) => first + index).filter((day) => {
    const { tries, done } = days.get(day)?.value ?? NOTHING_PULLED;
    return tries === 0 && done !== true;
  });
}

/** About the days of a long standstill. */
function tellStandstill(board: ReturnType<typeof alarmBoard>, days: readonly string[]): void {
  const [id, code] = ['statement standstill', 'STATEMENT_NOT_PULLED'] as const;
  if (days.length === 0) board.clear(id, code);
  else
    board.raise({
      id,
      code,
      reason: `${days.join(' to ')}: nothing ran that could pull these statements, and they are not caught up with`,
    });
}

/** One for each side, about the oldest day that lacks its statement; and one about the oldest that is not compared for another reason. */
function raise(
  board: ReturnType<typeof alarmBoard>,
  sides: readonly Side[],
  last: number,
  days: ReadonlyMap<number, Seen<PulledDay>>,
): void {
  const late = [...days].filter(
    ([
      day,
      {
        value: { done, tries },
      },
    ]) => done !== true && tries > 0 && (tries >= ALARM_TRIES || day <= last - DAYS_BACK),
  );
  const about = (name: string, reasonOf: (day: PulledDay) => string | undefined): void => {
    const id = `statement ${name}`;
    const [first] = late.flatMap(([, { id: date, value }]) => {
      const reason = reasonOf(value);
      return reason === undefined ? [] : [`${date}: ${reason}`];
    });
    if (first === undefined) board.clear(id, 'STATEMENT_NOT_PULLED');
    else board.raise({ id, code: 'STATEMENT_NOT_PULLED', reason: first });
  };
  for (const side of sides) about(side, ({ [side]: pull }) => (pull?.code === undefined ? undefined : (pull.reason ?? pull.code)));
  about('day', ({ failed }) => failed);
}

function isNotCompared({ code }: KeptDifference): boolean {
  return code === 'NOT_COMPARED' || code === 'HUB_NOT_COMPARED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

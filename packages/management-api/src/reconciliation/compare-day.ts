import type { ExceptionsDoor, StatementRow } from '@payment-manager/mojaloop-connector';
import { type BusinessDaySettings, businessDays, dateOfDay, dayNumber } from '@payment-manager/runtime';
import { changedMeanwhile, Problem } from '../server/problem.ts';
import { commit, type Keeping, load, putOf } from '../store/kept.ts';
import { nearStatements } from './near-days.ts';
import { recordSide, sameOnAnotherDay } from './pull-record.ts';
import { type ComparedDay, differencesLeft, reconcileDay, withEvent } from './reconcile-day.ts';
import { OtherDay, type PulledStatement, pullStatement, type Side, type StatementSources } from './statement-source.ts';

/** A day with how many differences are left. */
export type ShownDay = ComparedDay & { readonly left: number };

export interface CompareDeps {
  readonly keeping: Keeping;
  readonly desk: ExceptionsDoor;
  readonly businessDay: BusinessDaySettings;
  readonly sources: StatementSources;
}

export interface CompareWish {
  /** The number of the business day. */
  readonly day: number;
  /** As the audit log calls them; `system`: nobody. */
  readonly by: string;
  readonly statement: readonly StatementRow[] | undefined;
  readonly hubStatement: readonly StatementRow[] | undefined;
  /** Sides whose statement is pulled for it; for none of them one was given. */
  readonly pull: readonly Side[];
  readonly askHub: boolean;
}

type PulledSides = Readonly<Partial<Record<Side, PulledStatement | undefined>>>;

/** What it was compared with, and why a side is missing. */
interface Compared {
  readonly fresh: ComparedDay;
  readonly came: readonly Side[];
  readonly statement: readonly StatementRow[] | undefined;
  readonly hubStatement: readonly StatementRow[] | undefined;
  readonly problem: Problem | undefined;
}

/**
 * Compares a day, and keeps it in place of what was compared before. Without a person, statements that came are compared even where another did not,
 * unless the day was compared with as many before; and what a person compared or closed stays.
 *
 * @throws Problem where a statement does not come, or the day was closed meanwhile; what came of each pull is recorded all the same
 */
export async function compareDay(deps: CompareDeps, wish: CompareWish): Promise<ShownDay> {
  const { keeping, businessDay, desk } = deps;
  const { day, by, askHub } = wish;
  const [date, days] = [dateOfDay(day), businessDays(businessDay)];
  const before = await load<ComparedDay>(keeping, 'day', date);
  if (wish.pull.length > 0) demandBegun(days.startOf(day), keeping.clock.now());
  const { pulled, problem: notPulled } = await pullAll(deps, wish, date);
  const endsAt = days.startOf(day + 1);
  const hadBefore = before !== undefined && before.value.at >= endsAt ? (before.value.pulled?.length ?? 0) : 0;
  const now = keeping.clock.now();
  // what the hub was asked about is of a later day now, and may still differ
  const besides = before?.value.differences ?? [];
  const compareWith = async (from: PulledSides, missing: Problem | undefined): Promise<Compared> => {
    const came = wish.pull.filter((side) => from[side] !== undefined);
    if (missing !== undefined && (by !== 'system' || came.length <= hadBefore)) throw missing;
    const [statement, hubStatement] = [wish.statement ?? from.core?.rows, wish.hubStatement ?? from.hub?.rows];
    const dayWish = { date, fromMs: days.startOf(day), toMs: endsAt, statement, hubStatement, askHub, by, now, pulled: came, besides };
    try {
      const fresh = await reconcileDay(desk, { ...dayWish, near: nearStatements(deps.sources, days, day, now) });
      return { fresh, came, statement, hubStatement, problem: missing };
    } catch (error) {
      if (!(error instanceof OtherDay)) throw error;
      await recordFailure(keeping, date, error.side, by, error);
      // one side's wrong statement is no reason to leave the other's uncompared
      return compareWith({ ...from, [error.side]: undefined }, missing ?? error);
    }
  };
  const { fresh, came, statement, hubStatement, problem } = await compareWith(pulled, notPulled);
  const kept = await load<ComparedDay>(keeping, 'day', date);
  demandSame(before?.value, kept?.value, by, endsAt);
  const { resolved = [], events = [] } = kept?.value ?? {};
  const compared = withEvent({ ...fresh, resolved, events }, { at: now, by, what: 'compared' });
  const { payments, differencesInAll, running } = compared;
  const after = {
    ...{ payments, differences: differencesInAll, running, statementRows: statement?.length, hubStatementRows: hubStatement?.length },
    ...(came.length > 0 && { pulled: came }),
  };
  await commit(keeping, [putOf('day', date, kept, compared)], [{ actor: by, action: 'day.compared', target: `day:${date}`, after }]);
  for (const side of came) {
    const { rows = [], sha256 = '' } = pulled[side] ?? {};
    await recordSide(keeping, date, side, { at: keeping.clock.now(), by, rows: rows.length, sha256 });
  }
  if (problem !== undefined) throw problem;
  return { ...compared, left: differencesLeft(compared) };
}

/** What came, and the first problem; each failure is recorded. Rejects with whatever is no Problem. */
async function pullAll(
  { keeping, sources }: CompareDeps,
  { pull, by }: CompareWish,
  date: string,
): Promise<{ readonly pulled: PulledSides; readonly problem: Problem | undefined }> {
  let problem: Problem | undefined;
  const pulled: Partial<Record<Side, PulledStatement>> = {};
  for (const side of pull) {
    try {
      const statement = await pullStatement(sources, side, date);
      const other = statement.rows.length === 0 ? undefined : await sameOnAnotherDay(keeping, date, side, statement.sha256);
      if (other !== undefined) throw new OtherDay(side, `it is the one of ${other}, byte for byte`);
      pulled[side] = statement;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem ??= error;
      if (error.shown.code !== 'SWITCHED_OFF') await recordFailure(keeping, date, side, by, error);
    }
  }
  return { pulled, problem };
}

function recordFailure(keeping: Keeping, date: string, side: Side, by: string, { shown }: Problem): Promise<void> {
  return recordSide(keeping, date, side, { at: keeping.clock.now(), by, code: shown.code, reason: shown.message });
}

/** A day that was closed while it was compared stays closed; and without a person, what a person compared stays. */
function demandSame(before: ComparedDay | undefined, now: ComparedDay | undefined, by: string, endsAt: number): void {
  if (now?.closed?.at !== before?.closed?.at) throw changedMeanwhile();
  if (by === 'system' && now !== undefined && isOfPerson(now, endsAt)) throw changedMeanwhile();
}

/** A person compared the day last, or closed it, once it was over: a look at a running day is none at all of its payments. `endsAt`: when the day ends. */
export function isOfPerson({ by, at, closed }: ComparedDay, endsAt: number): boolean {
  return (by !== 'system' && at >= endsAt) || (closed !== undefined && closed.at >= endsAt);
}

function demandBegun(startsAt: number, now: number): void {
  if (startsAt <= now) return;
  throw new Problem(409, { code: 'NOT_ALLOWED_NOW', message: 'The day has not begun yet.', advice: 'Choose a day before.' });
}

/** @throws Problem */
export function numberOfDay(date: string): number {
  try {
    return dayNumber(date);
  } catch {
    throw new Problem(400, {
      code: 'REQUEST_INVALID',
      message: 'There is no such day.',
      place: 'path.date',
      expected: 'a date like 2026-11-24',
      advice: 'Give another.',
    });
  }
}

import { businessDays, dateOfDay, dayNumber } from '@payment-manager/runtime';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type ComparedDay, reconcileDay } from '../reconciliation/reconcile-day.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit, load, loadAll, putOf } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';
import { STATEMENT, STATEMENT_BYTES, statementRows } from './statement.ts';

const OF_DAY = closed({ date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) });

/** Business days compared with the core’s statement: now, before, and closed. */
export function reconciliationRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/reconciliation/days',
      permission: 'reconciliation:read',
      summary: 'Days that were compared, the newest first, with how many differences are left',
      async handle() {
        const days = await loadAll<ComparedDay>(signIn, 'day');
        return { days: days.map(({ value: { differences: _differences, ...rest } }) => rest).reverse() };
      },
    }),
    route({
      method: 'GET',
      path: '/reconciliation/days/:date',
      permission: 'reconciliation:read',
      summary: 'One day with its differences, and what to do about each',
      params: OF_DAY,
      async handle({ params }) {
        const day = await load<ComparedDay>(signIn, 'day', params.date);
        if (day === undefined) throw notFound('day that was compared');
        return day.value;
      },
    }),
    route({
      method: 'POST',
      path: '/reconciliation/days/:date',
      permission: 'reconciliation:run',
      summary:
        'Compares hub and journal, and the core where its statement is given (CSV, docs/exceptions.md); replaces what was compared before',
      bodyLimit: STATEMENT_BYTES,
      perMinute: 6,
      params: OF_DAY,
      body: closed({
        statement: Type.Optional(STATEMENT),
        askHub: Type.Optional(Type.Boolean()),
      }),
      handle: async ({ actor, params, body }) => comparedNow({ around, signIn }, actorName(actor), params.date, body),
    }),
    route({
      method: 'POST',
      path: '/reconciliation/days/:date/close',
      permission: 'reconciliation:run',
      summary: 'Says that the day is done; with differences left, for a reason that says why all the same',
      params: OF_DAY,
      body: closed({ reason: REASON, withDifferences: Type.Optional(Type.Boolean()) }),
      async handle({ actor, params, body: { reason, withDifferences = false } }) {
        const kept = await load<ComparedDay>(signIn, 'day', params.date);
        if (kept === undefined) throw notFound('day that was compared');
        const { differencesInAll, closed: before } = kept.value;
        if (before !== undefined) throw notNow('The day is closed already.', 'Compare it again, if something has changed.');
        if (differencesInAll > 0 && !withDifferences)
          throw notNow(`${differencesInAll} differences are left.`, 'Resolve them and compare again, or say withDifferences.');
        const by = actorName(actor);
        const after: ComparedDay = { ...kept.value, closed: { at: signIn.clock.now(), by, reason } };
        await commit(
          signIn,
          [putOf('day', params.date, kept, after)],
          [{ actor: by, action: 'day.closed', target: `day:${params.date}`, after: { differences: differencesInAll }, reason }],
        );
      },
    }),
  ];
}

async function comparedNow(
  { around, signIn }: Pick<RouteDeps, 'around' | 'signIn'>,
  by: string,
  date: string,
  { statement, askHub = false }: { readonly statement?: string; readonly askHub?: boolean },
): Promise<ComparedDay> {
  const rows = statement === undefined ? undefined : statementRows(statement);
  const [day, days] = [numberOf(date), businessDays(around.businessDay)];
  const wish = {
    date: dateOfDay(day),
    fromMs: days.startOf(day),
    toMs: days.startOf(day + 1),
    statement: rows,
    askHub,
    by,
    now: signIn.clock.now(),
  };
  const compared = await reconcileDay(around.desk, wish);
  const kept = await load<ComparedDay>(signIn, 'day', date);
  const { payments, differencesInAll, running } = compared;
  const after = { payments, differences: differencesInAll, running, statementRows: rows?.length };
  await commit(signIn, [putOf('day', date, kept, compared)], [{ actor: by, action: 'day.compared', target: `day:${date}`, after }]);
  return compared;
}

/** @throws Problem */
function numberOf(date: string): number {
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

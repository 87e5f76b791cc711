import { businessDays, dateOfDay, dayNumber } from '@payment-manager/runtime';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type ComparedDay, differencesLeft, reconcileDay, withEvent } from '../reconciliation/reconcile-day.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit, load, loadAll, putOf } from '../store/kept.ts';
import type { RouteDeps } from './deps.ts';
import { STATEMENT, STATEMENT_BYTES, statementRows } from './statement.ts';

const DAY = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const OF_DAY = closed({ date: DAY });
const DIFFERENCE = closed({
  transferId: Type.String({ minLength: 1, maxLength: 128 }),
  direction: Type.Enum(['in', 'out']),
  code: Type.String({ pattern: '^[A-Z_]{1,40}$' }),
});
type Ref = { readonly transferId: string; readonly direction: string; readonly code: string };
const LISTED_DAYS = 400;

/** Business days compared with the core’s statement: now, before, and closed. */
export function reconciliationRoutes({ around, signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/reconciliation/days',
      permission: 'reconciliation:read',
      summary: 'Days that were compared, the newest first, with how many differences are left; default: of the last 400 days',
      query: closed({ from: Type.Optional(DAY) }),
      async handle({ query: { from } }) {
        const days = businessDays(around.businessDay);
        // ids are dates, and "after" leaves out its own
        const first = from === undefined ? days.dayOf(signIn.clock.now()) - LISTED_DAYS : numberOf(from);
        const found = await loadAll<ComparedDay>(signIn, 'day', { after: dateOfDay(first - 1) });
        return { days: found.map(({ value }) => shownDay(value)).reverse() };
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
        return { ...day.value, left: differencesLeft(day.value) };
      },
    }),
    route({
      method: 'POST',
      path: '/reconciliation/days/:date',
      permission: 'reconciliation:run',
      summary:
        'Compares hub and journal, and the statements of core and hub where they are given (CSV, docs/exceptions.md); replaces what was compared before',
      bodyLimit: 2 * STATEMENT_BYTES,
      perMinute: 6,
      params: OF_DAY,
      body: closed({
        statement: Type.Optional(STATEMENT),
        hubStatement: Type.Optional(STATEMENT),
        askHub: Type.Optional(Type.Boolean()),
      }),
      handle: async ({ actor, params, body }) => comparedNow({ around, signIn }, actorName(actor), params.date, body),
    }),
    resolveRoute({ signIn }),
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
        const { closed: before } = kept.value;
        const left = differencesLeft(kept.value);
        if (before !== undefined) throw notNow('The day is closed already.', 'Compare it again, if something has changed.');
        if (left > 0 && !withDifferences)
          throw notNow(`${left} differences are left.`, 'Resolve them and compare again, or say withDifferences.');
        const by = actorName(actor);
        const closing = { at: signIn.clock.now(), by, reason };
        const after: ComparedDay = { ...withEvent(kept.value, { ...closing, what: 'closed' }), closed: closing };
        await commit(
          signIn,
          [putOf('day', params.date, kept, after)],
          [{ actor: by, action: 'day.closed', target: `day:${params.date}`, after: { differences: left }, reason }],
        );
      },
    }),
  ];
}

/** A day with how many differences are left. */
export type ShownDay = ComparedDay & { readonly left: number };
/** The same in a list. */
export type ListedDay = Omit<ShownDay, 'differences' | 'resolved' | 'events'>;

function shownDay(day: ComparedDay): ListedDay {
  const { differences: _differences, resolved: _resolved, events: _events, ...rest } = day;
  return { ...rest, left: differencesLeft(day) };
}

function resolveRoute({ signIn }: Pick<RouteDeps, 'signIn'>): Route {
  return route({
    method: 'POST',
    path: '/reconciliation/days/:date/resolve',
    permission: 'reconciliation:run',
    summary: 'Says that differences are put right, and how; it stays so when the day is compared again',
    params: OF_DAY,
    body: closed({ differences: Type.Array(DIFFERENCE, { minItems: 1, maxItems: 100 }), reason: REASON }),
    async handle({ actor, params, body: { differences, reason } }) {
      const kept = await load<ComparedDay>(signIn, 'day', params.date);
      if (kept === undefined) throw notFound('day that was compared');
      if (kept.value.closed !== undefined) throw notNow('The day is closed.', 'Compare it again to open it.');
      const said = { at: signIn.clock.now(), by: actorName(actor), reason };
      const { resolved = [], differences: known } = kept.value;
      const same = (a: Ref, b: Ref): boolean => a.transferId === b.transferId && a.direction === b.direction && a.code === b.code;
      const put = known.filter((one) => differences.some((wanted) => same(one, wanted)) && !resolved.some((done) => same(done, one)));
      if (put.length === 0) throw notNow('None of them is left.', 'Load the day again.');
      const now = put.map(({ transferId, direction, code }) => ({ transferId, direction, code, ...said }));
      const after = withEvent({ ...kept.value, resolved: [...resolved, ...now] }, { ...said, what: 'resolved' });
      await commit(
        signIn,
        [putOf('day', params.date, kept, after)],
        [
          {
            actor: said.by,
            action: 'day.resolved',
            target: `day:${params.date}`,
            after: put.map(({ transferId, code }) => `${code} ${transferId}`),
            reason,
          },
        ],
      );
      return { ...after, left: differencesLeft(after) };
    },
  });
}

async function comparedNow(
  { around, signIn }: Pick<RouteDeps, 'around' | 'signIn'>,
  by: string,
  date: string,
  { statement, hubStatement, askHub = false }: { readonly statement?: string; readonly hubStatement?: string; readonly askHub?: boolean },
): Promise<ShownDay> {
  const rows = statement === undefined ? undefined : statementRows(statement);
  const hubRows = hubStatement === undefined ? undefined : statementRows(hubStatement, 'body.hubStatement');
  const [day, days] = [numberOf(date), businessDays(around.businessDay)];
  const wish = {
    date: dateOfDay(day),
    fromMs: days.startOf(day),
    toMs: days.startOf(day + 1),
    statement: rows,
    hubStatement: hubRows,
    askHub,
    by,
    now: signIn.clock.now(),
  };
  const fresh = await reconcileDay(around.desk, wish);
  const kept = await load<ComparedDay>(signIn, 'day', date);
  const { resolved = [], events = [] } = kept?.value ?? {};
  const compared = withEvent({ ...fresh, resolved, events }, { at: wish.now, by, what: 'compared' });
  const { payments, differencesInAll, running } = compared;
  const after = { payments, differences: differencesInAll, running, statementRows: rows?.length, hubStatementRows: hubRows?.length };
  await commit(signIn, [putOf('day', date, kept, compared)], [{ actor: by, action: 'day.compared', target: `day:${date}`, after }]);
  return { ...compared, left: differencesLeft(compared) };
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

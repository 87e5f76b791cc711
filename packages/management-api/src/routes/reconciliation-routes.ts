import { businessDays, dateOfDay } from '@payment-manager/runtime';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { compareDay, numberOfDay, type ShownDay } from '../reconciliation/compare-day.ts';
import { NOTHING_PULLED, type PulledDay, type SidePull } from '../reconciliation/pull-record.ts';
import { type ComparedDay, differencesLeft, withEvent } from '../reconciliation/reconcile-day.ts';
import { SIDES, type Side } from '../reconciliation/statement-source.ts';
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
        const first = from === undefined ? days.dayOf(signIn.clock.now()) - LISTED_DAYS : numberOfDay(from);
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
        'Compares hub and journal, and the statements of core and hub where they are given (CSV, docs/exceptions.md) or pulled; replaces what was compared before',
      bodyLimit: 2 * STATEMENT_BYTES,
      perMinute: 6,
      params: OF_DAY,
      body: closed({
        statement: Type.Optional(STATEMENT),
        hubStatement: Type.Optional(STATEMENT),
        pull: Type.Optional(Type.Array(Type.Enum(['core', 'hub']), { minItems: 1, maxItems: 2, description: 'whose is pulled now' })),
        askHub: Type.Optional(Type.Boolean()),
      }),
      handle: async ({ actor, params: { date }, body }) =>
        compareDay(compareDepsOf({ around, signIn }), wishOf(actorName(actor), date, body)),
    }),
    pullsRoute({ around, signIn }),
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

/** What is compared with. */
interface CompareBody {
  readonly statement?: string;
  readonly hubStatement?: string;
  readonly pull?: readonly string[];
  readonly askHub?: boolean;
}

/** @throws Problem */
function wishOf(by: string, date: string, { statement, hubStatement, pull = [], askHub = false }: CompareBody) {
  const sides = SIDES.filter((side) => pull.includes(side));
  for (const side of sides)
    if ((side === 'core' ? statement : hubStatement) !== undefined)
      throw new Problem(400, {
        code: 'REQUEST_INVALID',
        message: 'A statement is given, and pulled.',
        place: `body.pull.${side}`,
        expected: 'one or the other',
        advice: 'Leave one of them out.',
      });
  return {
    ...{ day: numberOfDay(date), by, pull: sides, askHub },
    statement: statement === undefined ? undefined : statementRows(statement),
    hubStatement: hubStatement === undefined ? undefined : statementRows(hubStatement, 'body.hubStatement'),
  };
}

/** What comparing needs of this process. */
export function compareDepsOf({ around, signIn }: Pick<RouteDeps, 'around' | 'signIn'>) {
  return { keeping: signIn, desk: around.desk, businessDay: around.businessDay, sources: around.statements?.sources ?? {} };
}

/** A side whose statement can be pulled, and what came of it last for a day. */
export interface ShownPull {
  readonly side: Side;
  readonly last?: SidePull;
  /** When it is tried again by itself, milliseconds since the epoch. */
  readonly next?: number;
}

/** `GET /reconciliation/days/:date/pulls` */
export interface PullsAnswer {
  readonly pulls: readonly ShownPull[];
}

function pullsRoute({ around, signIn }: Pick<RouteDeps, 'around' | 'signIn'>): Route {
  return route({
    method: 'GET',
    path: '/reconciliation/days/:date/pulls',
    permission: 'reconciliation:read',
    summary: 'Whose statements can be pulled, and what came of the last pulls for this day',
    params: OF_DAY,
    async handle({ params: { date } }): Promise<PullsAnswer> {
      numberOfDay(date);
      const { sources = {}, daily = false } = around.statements ?? {};
      const { done, next, tries, ...last } = (await load<PulledDay>(signIn, 'pull', date))?.value ?? NOTHING_PULLED;
      const again = daily && done !== true && tries > 0 ? { next } : {};
      const pulls = SIDES.filter((side) => sources[side] !== undefined).map((side) => {
        const of = last[side];
        return { side, ...(of && { last: of }), ...(of?.code !== undefined && again) };
      });
      return { pulls };
    },
  });
}

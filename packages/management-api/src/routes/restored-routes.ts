import { createHash } from 'node:crypto';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { notNow, Problem } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, REASON } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { RouteDeps, Surroundings } from './deps.ts';
import { answerOf } from './outcome.ts';
import { STATEMENT, STATEMENT_BYTES, statementRows } from './statement.ts';

type Desk = Surroundings['restored'];
/** `GET /restored`; nothing in it: the journal was never put back. */
export type ShownRestored = Partial<NonNullable<ReturnType<Desk['last']>>>;
/** Rows that become tombstones in one write. */
const ROWS_AT_ONCE = 10;

/** A journal that was put back to an older copy: what is known of it, what was transferred since the copy, and the lifting of its mark. */
export function restoredRoutes({ around, approvals, signIn }: RouteDeps): readonly Route[] {
  const changes = { method: 'POST', permission: 'restored:lift' } as const;
  return [
    route({
      method: 'GET',
      path: '/restored',
      permission: 'overview:read',
      summary: 'The last restore, or {}',
      handle: async (): Promise<ShownRestored> => around.restored.last() ?? {},
    }),
    route({
      ...changes,
      path: '/restored/report',
      summary: 'Reads in the transfers since the copy (CSV, docs/exceptions.md): each that the journal does not know becomes a tombstone',
      bodyLimit: STATEMENT_BYTES,
      perMinute: 6,
      body: closed({ from: Type.Enum(['hub', 'core']), statement: STATEMENT }),
      async handle({ actor, body: { from, statement } }) {
        demandMarked(around.restored);
        const rows = statementRows(statement);
        const digest = createHash('sha256').update(statement).digest('hex');
        const said = { actor: actorName(actor), target: 'restored' } as const;
        await commit(signIn, [], [{ ...said, action: 'restored.report.begun', after: { from, transfers: rows.length, digest } }]);
        let made = 0;
        for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE)
          made += allowed(await around.restored.take(rows.slice(begin, begin + ROWS_AT_ONCE), from)).made;
        const by = said.actor.slice(0, 100);
        const mark = allowed(await around.restored.readIn({ from, transfers: rows.length, made, digest, by }));
        await commit(signIn, [], [{ ...said, action: 'restored.report.done', after: { from, transfers: rows.length, made, digest } }]);
        return { transfers: rows.length, made, restored: mark };
      },
    }),
    route({
      ...changes,
      path: '/restored/nothing-missing',
      summary: 'Says that no transfer was made between copy and restore',
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        demandMarked(around.restored);
        const by = actorName(actor);
        await commit(signIn, [], [{ actor: by, action: 'restored.nothing-missing', target: 'restored', reason }]);
        return allowed(await around.restored.nothingMissing({ by: by.slice(0, 100), reason }));
      },
    }),
    route({
      ...changes,
      path: '/restored/lift',
      summary: 'Lets payments be taken again, or asks for four eyes (202)',
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        const { number } = demandMarked(around.restored);
        return answerOf(await doOrAsk(approvals, actor, { action: 'lift-restored', target: `restored:${number}`, values: {}, reason }));
      },
    }),
  ];
}

/** @throws Problem */
function demandMarked(desk: Desk): NonNullable<ReturnType<Desk['last']>> {
  const last = desk.last();
  if (last === undefined || last.lifted !== undefined)
    throw notNow('The journal is not marked as restored, or the mark was lifted.', 'Nothing is to be done.');
  return last;
}

/** @throws Problem for what the desk does not allow */
function allowed<T>(done: T): Exclude<T, string> {
  if (typeof done !== 'string') return done as Exclude<T, string>;
  throw new Problem(409, {
    code: 'NOT_ALLOWED_NOW',
    message: `This is refused: ${done.replaceAll('-', ' ')}.`,
    advice: 'Read in the report of the hub or of the core first: docs/retention.md.',
  });
}

/** Does it, if transfers since the copy are accounted for. */
export function liftRestored({ restored }: Surroundings): Doing {
  return async (_values, { by, reason }) => ({ number: allowed(await restored.lift({ by, reason })).number });
}

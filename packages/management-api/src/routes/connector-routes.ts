import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { may } from '../access/permissions.ts';
import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { notFound, notNow, Problem, switchedOff } from '../server/problem.ts';
import { Answer, type Route, route } from '../server/route.ts';
import { closed, ID, REASON } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { ConnectorDoor, ConnectorRefused } from './connector-door.ts';
import type { RouteDeps, Surroundings } from './deps.ts';

const VERSION = Type.String({ pattern: '^[0-9a-f]{32}$', description: 'The name of a version: 32 hexadecimal digits' });
const FIXTURE = Type.String({ pattern: '^tests/[^/\\u0000-\\u001f\\u007f]{1,200}\\.json$', description: 'A file of `fixtures`' });
const WHICH = Type.Optional(
  Type.Enum(['running', 'folder'], { description: 'The connector that runs (default), or what lies in its folder' }),
);

/** The declarative connector to the core: how it is, what a reload would change, and the reload. */
export function connectorRoutes({ around, signIn, approvals }: RouteDeps): readonly Route[] {
  const looks = { permission: 'connector:read', method: 'GET' } as const;
  const tries = { permission: 'connector:try', method: 'POST' } as const;
  return [
    route({
      ...looks,
      path: '/connector',
      summary:
        'The core connector: its operations, back ends, error table, guesses, probe and certification; what lies in its folder; and where roles are split the processes that run it, with the back ends as each finds them',
      async handle() {
        const door = demandDoor(around);
        const [connector, candidate] = await Promise.all([door.shown(), door.candidate()]);
        return { ...connector, candidate };
      },
    }),
    route({
      ...looks,
      path: '/connector/changes',
      summary: 'What a reload would change, line by line; with a version, what has changed since that one. No secret is in it',
      perMinute: 30,
      query: closed({ since: Type.Optional(VERSION) }),
      handle: async ({ query: { since } }) => usable(await demandDoor(around).compare(since), 'version'),
    }),
    route({
      ...tries,
      path: '/connector/try',
      summary: 'Runs a fixture that stands beside the connector; no core is called',
      perMinute: 30,
      body: closed({ fixture: FIXTURE, with: WHICH }),
      handle: async ({ body: { fixture, with: which = 'running' } }) =>
        usable(await demandDoor(around).tryFixture(fixture, which), 'fixture'),
    }),
    route({
      ...tries,
      path: '/connector/replay',
      summary: 'Goes over a payment again with the answers of then; no core is called. Its values only with `personal` and a reason',
      perMinute: 30,
      body: closed({ transferId: ID, with: WHICH, personal: Type.Optional(Type.Boolean()), reason: Type.Optional(REASON) }),
      async handle({ actor, body: { transferId, with: which = 'running', personal = false, reason } }) {
        const door = demandDoor(around);
        if (personal) {
          if (!may(actor.roles, 'payments:reveal'))
            throw new Problem(403, { code: 'NOT_PERMITTED', message: 'Values of payments are not for your role.' });
          if (reason === undefined)
            throw new Problem(400, { code: 'REQUEST_INVALID', message: 'Say why values are shown.', place: 'body.reason' });
          // in the log before anything is shown
          await commit(
            signIn,
            [],
            [{ actor: actorName(actor), action: 'payment.replay.revealed', target: `payment:${transferId}`, reason }],
          );
        }
        return usable(await door.replay(transferId, which, personal), 'payment at the core');
      },
    }),
    route({
      method: 'POST',
      path: '/connector/reload',
      permission: 'connector:reload',
      summary:
        'Loads the connector anew, or asks for four eyes (202); payments under way keep the version that they began with. `refused`: the former one goes on',
      perMinute: 6,
      body: closed({ reason: REASON }),
      async handle({ actor, body: { reason } }) {
        if (around.reloadConnector === undefined) throw switchedOff('The core is reached over HTTP here.', 'core.connector');
        const version = (await around.connector?.candidate())?.version;
        const values = { ...(version !== undefined && { version }) };
        const outcome = await doOrAsk(approvals, actor, { action: 'reload-connector', target: 'connector', values, reason });
        if (outcome.kind === 'waiting') return new Answer(202, { state: 'waiting', approval: outcome.approval });
        return { state: 'done', ...(outcome.result as object) };
      },
    }),
  ];
}

/** Loads what lay in the folder when it was asked for: whoever agreed has seen that, and nothing else. */
export function reloadConnector(around: Surroundings): Doing {
  return async (values) => {
    const { version } = values as { readonly version?: string };
    const now = (await around.connector?.candidate())?.version;
    if (around.reloadConnector === undefined || now !== version)
      throw notNow('The files of the connector are others than when it was asked for.', 'Look at what has changed, and ask again.');
    return around.reloadConnector();
  };
}

/** @throws Problem where the core is reached over HTTP */
function demandDoor({ connector }: Surroundings): ConnectorDoor {
  if (connector === undefined) throw switchedOff('The core is reached over HTTP here.', 'core.connector');
  return connector;
}

/** @throws Problem for what is not there, or cannot be used */
function usable<T extends { readonly kind: string }>(answer: T | ConnectorRefused, what: string): T {
  if (answer.kind === 'unknown') throw notFound(what);
  if (answer.kind === 'unusable') {
    const { problems } = answer as Extract<ConnectorRefused, { kind: 'unusable' }>;
    throw notNow(`It cannot be used: ${problems.join('; ')}`.slice(0, 2_000), 'Mend the file: ./pm connector lint says the place.');
  }
  return answer as T;
}

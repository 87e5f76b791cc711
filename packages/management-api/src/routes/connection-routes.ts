import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { notFound, notNow, Problem, switchedOff } from '../server/problem.ts';
import { Answer, type Route, route } from '../server/route.ts';
import { closed, ID, REASON } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { ConnectionDoor, RouteDeps, Surroundings } from './deps.ts';

const ROTATED = Type.Enum(['jws', 'client', 'server', 'ca']);

/** How this DFSP is connected to its scheme: steps, certificates, keys; and what is done about them. */
export function connectionRoutes({ around, approvals, signIn }: RouteDeps): readonly Route[] {
  const read = { permission: 'connection:read' } as const;
  return [
    route({
      ...read,
      method: 'GET',
      path: '/connection',
      summary: 'Steps of the connection, and what waits for whom',
      handle: async () => doorOf(around).status(),
    }),
    route({
      ...read,
      method: 'GET',
      path: '/connection/certificates',
      summary: 'Certificates with state, dates and fingerprints',
      handle: async () => ({ certificates: await doorOf(around).certificates() }),
    }),
    route({
      ...read,
      method: 'GET',
      path: '/connection/keys',
      summary: 'Keys, ours and peers’',
      handle: async () => ({ keys: await doorOf(around).keys() }),
    }),
    route({
      method: 'POST',
      path: '/connection/rotate',
      permission: 'keys:rotate',
      summary: 'Begins a new key now, or asks for four eyes (202)',
      perMinute: 6,
      body: closed({ what: ROTATED, reason: REASON }),
      async handle({ actor, body: { what, reason } }) {
        doorOf(around);
        const outcome = await doOrAsk(approvals, actor, { action: 'rotate-keys', target: `key:${what}`, values: { what }, reason });
        return outcome.kind === 'done' ? outcome.result : new Answer(202, { state: 'waiting', approval: outcome.approval });
      },
    }),
    route({
      method: 'POST',
      path: '/connection/distrust',
      permission: 'keys:distrust',
      summary: 'From now on a key counts for nothing; for when somebody else may have it, so without waiting for four eyes',
      perMinute: 10,
      body: closed({ keyId: ID, reason: REASON }),
      async handle({ actor, body: { keyId, reason } }) {
        const by = actorName(actor);
        await commit(signIn, [], [{ actor: by, action: 'key.distrusted', target: `key:${keyId}`, reason }]);
        if (!(await doorOf(around).distrust(keyId, { by, reason }))) throw notFound('key');
      },
    }),
    route({
      method: 'POST',
      path: '/connection/look',
      permission: 'connection:test',
      summary: 'Looks at everything now, what is really served too',
      perMinute: 6,
      handle: async () => doorOf(around).look(),
    }),
  ];
}

/** @throws Problem `SWITCHED_OFF`, `STARTING` */
function doorOf({ connection }: Surroundings): ConnectionDoor {
  const door = connection();
  if (door === 'none') throw switchedOff('Keys are files here; there is no vault to ask.', 'vault.store');
  if (door !== undefined) return door;
  throw new Problem(503, {
    code: 'STARTING',
    message: 'The connection to the scheme is being started.',
    advice: 'Repeat it in a moment.',
    retryAfter: 2,
  });
}

/** Does it, with the values that were approved. */
export function rotateKeys(around: Surroundings): Doing {
  return async (values, { by }) => {
    const { renew } = doorOf(around);
    if (renew === undefined)
      throw notNow(
        'There is no Connection Manager here: keys are renewed by hand.',
        './pm cert renew, ./pm keys rotate (docs/onboarding.md)',
      );
    const { what } = values as { readonly what: Parameters<NonNullable<ConnectionDoor['renew']>>[0] };
    await renew(what, by.slice(0, 100));
    return { begun: what };
  };
}

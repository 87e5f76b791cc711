import Type, { type Static } from 'typebox';
import { actorName } from '../access/actor.ts';
import { type Doing, doOrAsk } from '../approvals/approvals.ts';
import { notFound, Problem } from '../server/problem.ts';
import { type Route, route } from '../server/route.ts';
import { closed, ID, REASON } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import { type Brought, ROTATED, type Rotated } from './connection-door.ts';
import { doorOf } from './connection-routes.ts';
import type { RouteDeps, Surroundings } from './deps.ts';
import { answerOf } from './outcome.ts';

/** Of an upload, as text: some twenty certificates. Larger bundles are taken by ./pm import. */
const PEM_MAX = 60_000;
const FINGERPRINT = Type.String({
  pattern: '^([0-9a-fA-F]{2}:?){16}(([0-9a-fA-F]{2}:?){16})?$',
  description: 'SHA-256, or its first half',
});
const PEER = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', description: 'FSP id of whose keys these are' });

const UPLOAD = {
  what: Type.Enum(['certificate', 'hub-ca', 'peer-jws', 'hub-request']),
  pem: Type.String({ minLength: 1, maxLength: PEM_MAX, description: 'PEM, or a JSON Web Key Set; no private key' }),
  side: Type.Optional(Type.Enum(['client', 'server'])),
  peer: Type.Optional(PEER),
  only: Type.Optional(Type.Boolean({ description: 'All others are distrusted at once' })),
};
const UPLOAD_BODY = closed(UPLOAD);

/** What is approved, and done then. */
type Wish =
  | { readonly do: 'renew'; readonly what: Rotated }
  | { readonly do: 'activate'; readonly what: 'jws' | 'ca' }
  | { readonly do: 'take'; readonly brought: Brought }
  | { readonly do: 'accept'; readonly fingerprint: string };

/** Keys and certificates made anew, put in use, taken in, and distrusted. */
export function keyRoutes(deps: RouteDeps): readonly Route[] {
  const { around, approvals, signIn } = deps;
  const rotates = { method: 'POST', permission: 'keys:rotate' } as const;
  const asked = async (actor: Parameters<typeof doOrAsk>[1], wish: Wish, target: string, reason: string, shown: unknown = wish) => {
    doorOf(around);
    return answerOf(await doOrAsk(approvals, actor, { action: 'rotate-keys', target, values: wish, reason, shown }));
  };
  return [
    route({
      ...rotates,
      path: '/connection/rotate',
      summary: 'Begins a new key now, or asks for four eyes (202)',
      perMinute: 6,
      body: closed({ what: Type.Enum([...ROTATED]), reason: REASON }),
      handle: ({ actor, body: { what, reason } }) => asked(actor, { do: 'renew', what }, `key:${what}`, reason),
    }),
    route({
      ...rotates,
      path: '/connection/activate',
      summary: 'Without a Connection Manager: the key that waits is in use from now on, or asks for four eyes (202)',
      perMinute: 6,
      body: closed({ what: Type.Enum(['jws', 'ca']), reason: REASON }),
      handle: ({ actor, body: { what, reason } }) => asked(actor, { do: 'activate', what }, `key:${what}`, reason),
    }),
    route({
      ...rotates,
      path: '/connection/accept',
      summary: 'Trusts a CA or JWS key of the hub’s that breaks a pin, or asks for four eyes (202)',
      perMinute: 10,
      body: closed({ fingerprint: FINGERPRINT, reason: REASON }),
      handle: ({ actor, body: { fingerprint, reason } }) => asked(actor, { do: 'accept', fingerprint }, `trust:${fingerprint}`, reason),
    }),
    route({
      ...rotates,
      path: '/connection/uploads/preview',
      summary: 'What is in a file that somebody brings, with fingerprints to compare; nothing changes',
      perMinute: 30,
      body: UPLOAD_BODY,
      handle: async ({ body }) => doorOf(around).preview(broughtIn(body)),
    }),
    route({
      ...rotates,
      path: '/connection/uploads',
      summary:
        'Takes a certificate of ours, CAs of the hub, keys of a peer, or signs a request of the hub’s; or asks for four eyes (202). Only without a Connection Manager',
      perMinute: 10,
      body: closed({ ...UPLOAD, reason: REASON }),
      async handle({ actor, body: { reason, ...upload } }) {
        const brought = broughtIn(upload);
        const shown = await doorOf(around).preview(brought);
        const target = brought.what === 'peer-jws' ? `trust:${brought.peer}` : `upload:${brought.what}`;
        return asked(actor, { do: 'take', brought }, target, reason, shown);
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
        if (!(await doorOf(around).distrust(keyId, { by: by.slice(0, 100), reason }))) throw notFound('key');
      },
    }),
  ];
}

/** @throws Problem where a member is missing that this kind needs */
function broughtIn({ what, pem, side = 'client', peer, only = false }: Static<typeof UPLOAD_BODY>): Brought {
  switch (what) {
    case 'certificate':
      return { what, side, pem };
    case 'hub-ca':
      return { what, only, pem };
    case 'hub-request':
      return { what, pem };
    case 'peer-jws':
      if (peer !== undefined) return { what, peer, only, pem };
  }
  throw new Problem(400, {
    code: 'REQUEST_INVALID',
    message: '`peer` is missing.',
    place: 'body.peer',
    expected: 'the FSP id of whose keys these are',
    advice: 'Say whose keys these are.',
  });
}

/** Does it, with the values that were approved. */
export function rotateKeys(around: Surroundings): Doing {
  return async (values, { by, reason }) => {
    const wish = values as Wish;
    const door = doorOf(around);
    const who = { by, reason };
    switch (wish.do) {
      case 'renew':
        return door.renew(wish.what, who);
      case 'activate':
        return door.activate(wish.what, who);
      case 'accept':
        return door.accept(wish.fingerprint, who);
      case 'take':
        return door.take(wish.brought, who);
    }
  };
}

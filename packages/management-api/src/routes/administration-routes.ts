import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { ROLES } from '../access/permissions.ts';
import { changeUser, createUser, listUsers, resetUser } from '../identity/administer.ts';
import { KEY_DAYS_MAX, listApiKeys, MACHINE_ROLES, newApiKey, revokeApiKey } from '../identity/api-keys.ts';
import { linkUrl } from '../identity/links.ts';
import { endSession, sessionsOf, shownSession } from '../identity/sessions.ts';
import { notFound, switchedOff } from '../server/problem.ts';
import { Answer, type Route, route } from '../server/route.ts';
import { closed, REASON, USER_NAME, words } from '../server/schemas.ts';
import { linkAccount, unlinkAccount } from '../single-sign-on/linked-accounts.ts';
import type { RouteDeps } from './deps.ts';

const SOME_ROLES = Type.Array(Type.Enum([...ROLES]), { minItems: 1, maxItems: ROLES.length });
const OF_USER = closed({ name: USER_NAME });
const HASH = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** Users, their sessions, machines’ keys, and what is configured. */
export function administrationRoutes(deps: RouteDeps): readonly Route[] {
  return [
    ...userRoutes(deps),
    ...accountRoutes(deps),
    ...sessionRoutes(deps),
    ...keyRoutes(deps),
    route({
      method: 'GET',
      path: '/configuration',
      permission: 'configuration:read',
      summary: 'What is configured, secrets masked, and where each value came from',
      handle: async () => ({ keys: deps.around.configuration() }),
    }),
  ];
}

function userRoutes({ signIn, party }: RouteDeps): readonly Route[] {
  const link = (token: string): object => ({ link: linkUrl(party().origin, token) });
  return [
    route({
      method: 'GET',
      path: '/users',
      permission: 'users:read',
      summary: 'All users',
      handle: async () => ({ users: await listUsers(signIn) }),
    }),
    route({
      method: 'POST',
      path: '/users',
      permission: 'users:manage',
      summary: 'A new user; answers the link by which they set their password, which works once within a day',
      body: closed({ name: USER_NAME, shownName: words(100), roles: SOME_ROLES, reason: REASON }),
      answer: closed({ link: Type.String() }),
      handle: async ({ actor, body: { reason, ...user } }) =>
        new Answer(201, link(await createUser(signIn, user, { actor: actorName(actor), reason }))),
    }),
    route({
      method: 'PUT',
      path: '/users/:name',
      permission: 'users:manage',
      summary: 'Changes roles, shown name, or whether somebody may sign in',
      params: OF_USER,
      body: closed({
        roles: Type.Optional(SOME_ROLES),
        shownName: Type.Optional(words(100)),
        disabled: Type.Optional(Type.Boolean()),
        reason: REASON,
      }),
      handle: async ({ actor, params, body: { reason, ...to } }) =>
        changeUser(signIn, params.name, to, { actor: actorName(actor), reason }),
    }),
    route({
      method: 'POST',
      path: '/users/:name/reset',
      permission: 'users:manage',
      summary: 'Password and second factors are gone; answers the link to new ones',
      params: OF_USER,
      body: closed({ reason: REASON }),
      answer: closed({ link: Type.String() }),
      handle: async ({ actor, params, body }) =>
        link(await resetUser(signIn, params.name, { actor: actorName(actor), reason: body.reason })),
    }),
  ];
}

/** Accounts at a provider of single sign-on. */
function accountRoutes({ signIn, singleSignOn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/users/:name/single-sign-on',
      permission: 'users:manage',
      summary: 'Links an account at the provider of single sign-on to a user, instead of another one',
      params: OF_USER,
      body: closed({ subject: words(255), reason: REASON }),
      async handle({ actor, params, body: { subject, reason } }) {
        if (singleSignOn === undefined) throw switchedOff('There is no single sign-on here.', 'management.singleSignOn.issuer');
        await linkAccount(signIn, params.name, singleSignOn.settings.issuer, subject, { actor: actorName(actor), reason });
      },
    }),
    route({
      method: 'POST',
      path: '/users/:name/single-sign-on/remove',
      permission: 'users:manage',
      summary: 'Takes the link away; sessions that came by it end',
      params: OF_USER,
      body: closed({ reason: REASON }),
      handle: async ({ actor, params, body: { reason } }) => unlinkAccount(signIn, params.name, { actor: actorName(actor), reason }),
    }),
  ];
}

function sessionRoutes({ signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/users/:name/sessions',
      permission: 'users:read',
      summary: 'Where a user is signed in',
      params: OF_USER,
      handle: async ({ params }) => ({
        sessions: (await sessionsOf(signIn, params.name)).map(({ id, value }) => ({ id, ...shownSession(value) })),
      }),
    }),
    route({
      method: 'POST',
      path: '/users/:name/sessions/:id/end',
      permission: 'users:manage',
      summary: 'Ends a session of a user',
      params: closed({ name: USER_NAME, id: HASH }),
      body: closed({ reason: REASON }),
      async handle({ actor, params, body }) {
        if (!(await sessionsOf(signIn, params.name)).some(({ id }) => id === params.id)) throw notFound('session');
        await endSession(signIn, params.id, actorName(actor), body.reason);
      },
    }),
  ];
}

function keyRoutes({ signIn }: RouteDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api-keys',
      permission: 'api-keys:read',
      summary: 'Keys of machines',
      handle: async () => ({ keys: await listApiKeys(signIn) }),
    }),
    route({
      method: 'POST',
      path: '/api-keys',
      permission: 'api-keys:manage',
      summary: 'A new key, shown this once',
      body: closed({
        name: words(60),
        role: Type.Enum([...MACHINE_ROLES]),
        days: Type.Integer({ minimum: 1, maximum: KEY_DAYS_MAX }),
        reason: REASON,
      }),
      answer: closed({ id: HASH, key: Type.String(), expires: Type.Integer() }),
      handle: async ({ actor, body: { reason, ...key } }) => new Answer(201, await newApiKey(signIn, key, actorName(actor), reason)),
    }),
    route({
      method: 'POST',
      path: '/api-keys/:id/revoke',
      permission: 'api-keys:manage',
      summary: 'Takes a key back',
      params: closed({ id: HASH }),
      body: closed({ reason: REASON }),
      handle: async ({ actor, params, body }) => revokeApiKey(signIn, params.id, actorName(actor), body.reason),
    }),
  ];
}

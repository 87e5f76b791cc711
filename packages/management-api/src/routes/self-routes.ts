import Type from 'typebox';
import type { Actor } from '../access/actor.ts';
import { actorName } from '../access/actor.ts';
import { type Permission, permissionsOf, type Role } from '../access/permissions.ts';
import { changePassword } from '../identity/enrol.ts';
import { beginPasskey, confirmPasskey, removePasskey } from '../identity/passkeys.ts';
import { type Guessed, guess } from '../identity/pauses.ts';
import { endSession, type Session, sessionsOf, shownSession } from '../identity/sessions.ts';
import { placeOf } from '../identity/sign-in.ts';
import type { ShownUser, User } from '../identity/user.ts';
import { shownUser } from '../identity/user.ts';
import { notFound, notNow } from '../server/problem.ts';
import { Answer, type Origin, type Route, route } from '../server/route.ts';
import { closed, words } from '../server/schemas.ts';
import { signOutAddress } from '../single-sign-on/sign-in-by-provider.ts';
import { load } from '../store/kept.ts';
import type { RouteDeps, Surroundings } from './deps.ts';
import { CREDENTIAL } from './sign-in-routes.ts';

const SESSION_ID = Type.String({ pattern: '^[0-9a-f]{64}$' });
const CODE = Type.String({ minLength: 6, maxLength: 32 });
const TYPED = Type.String({ minLength: 1, maxLength: 512 });

/** Who asks, and of which process the portal is. */
export interface Me {
  /** As the audit log calls them. */
  readonly who: string;
  readonly roles: readonly Role[];
  readonly permissions: readonly Permission[];
  readonly process: Pick<Surroundings, 'fspId' | 'environment' | 'sandbox' | 'businessDay'>;
  /** Absent for machines. */
  readonly user?: ShownUser;
}

/** Who one is, and one’s own sessions, password and passkeys. */
export function selfRoutes(deps: RouteDeps): readonly Route[] {
  const { signIn, around } = deps;
  return [
    route({
      ...OWN,
      method: 'GET',
      path: '/me',
      summary: 'Who is signed in, with roles and permissions, and of which process the portal is',
      async handle({ actor }): Promise<Me> {
        const user = actor.kind === 'user' ? await load<User>(signIn, 'user', actor.name) : undefined;
        const { fspId, environment, sandbox, businessDay } = around;
        return {
          who: actorName(actor),
          roles: actor.roles,
          permissions: permissionsOf(actor.roles),
          process: { fspId, environment, sandbox, businessDay },
          ...(user && { user: shownUser(user.value) }),
        };
      },
    }),
    route({
      ...OWN,
      method: 'POST',
      path: '/me/sign-out',
      summary: 'Ends the session; of one that came by single sign-on it answers where the browser ends that at the provider, too',
      async handle({ actor }) {
        const { sessionId } = person(actor);
        const next = await signOutAt(deps, sessionId);
        await endSession(signIn, sessionId, actorName(actor));
        return new Answer(next === undefined ? 204 : 200, next && { next }, [{ name: 'session' }]);
      },
    }),
    route({
      ...OWN,
      method: 'GET',
      path: '/me/sessions',
      summary: 'Where one is signed in',
      async handle({ actor }) {
        const { name, sessionId } = person(actor);
        const sessions = await sessionsOf(signIn, name);
        return { sessions: sessions.map(({ id, value }) => ({ id, ...shownSession(value), current: id === sessionId })) };
      },
    }),
    route({
      ...OWN,
      method: 'DELETE',
      path: '/me/sessions/:id',
      summary: 'Ends one of one’s sessions',
      params: closed({ id: SESSION_ID }),
      async handle({ actor, params }) {
        const { name } = person(actor);
        // of somebody else’s it is not even said that it is there
        if (!(await sessionsOf(signIn, name)).some(({ id }) => id === params.id)) throw notFound('session');
        await endSession(signIn, params.id, actorName(actor));
      },
    }),
    ...factorRoutes(deps),
  ];
}

const OWN = { permission: 'self:manage' } as const;

/** Password and passkeys. */
function factorRoutes(deps: RouteDeps): readonly Route[] {
  const { signIn, party } = deps;
  return [
    route({
      ...OWN,
      method: 'POST',
      path: '/me/password',
      summary: 'Another password; all other sessions end',
      perMinute: 10,
      body: closed({ current: TYPED, next: TYPED }),
      async handle({ actor, body, origin }) {
        const { name, sessionId } = person(actor);
        await guessing(deps, name, origin, 'password', () => changePassword(signIn, name, body, sessionId));
      },
    }),
    route({
      ...OWN,
      method: 'POST',
      path: '/me/passkeys/challenge',
      summary: 'What a browser’s authenticator is asked to make; with a code of the other authenticator',
      perMinute: 10,
      body: closed({ code: CODE }),
      handle: async ({ actor, body, origin }) =>
        guessing(deps, person(actor).name, origin, 'code', () => beginPasskey(signIn, party(), person(actor).name, body.code.trim())),
    }),
    route({
      ...OWN,
      method: 'POST',
      path: '/me/passkeys',
      summary: 'The authenticator’s answer: the passkey is taken',
      bodyLimit: 32_768,
      body: closed({ ticket: Type.String({ maxLength: 100 }), called: words(60), response: CREDENTIAL }),
      async handle({ actor, body }) {
        await confirmPasskey(signIn, party(), person(actor).name, body);
      },
    }),
    route({
      ...OWN,
      method: 'POST',
      path: '/me/passkeys/remove',
      summary: 'Removes a passkey; with a code of the other authenticator',
      perMinute: 10,
      body: closed({ id: Type.String({ minLength: 1, maxLength: 1_400 }), code: CODE }),
      async handle({ actor, body, origin }) {
        await guessing(deps, person(actor).name, origin, 'code', () =>
          removePasskey(signIn, person(actor).name, body.id, body.code.trim()),
        );
      },
    }),
  ];
}

/** Where the session is ended at the provider, too. */
async function signOutAt({ signIn, singleSignOn, party }: RouteDeps, sessionId: string): Promise<string | undefined> {
  const hint = (await load<Session>(signIn, 'session', sessionId))?.value.provider?.hint;
  if (singleSignOn === undefined || hint === undefined) return undefined;
  return signOutAddress(signIn, singleSignOn, hint, sessionId, party().origin);
}

/** Whoever has a stolen session guesses no faster than who has none. */
function guessing<T>({ signIn }: RouteDeps, name: string, origin: Origin, what: Guessed, tried: () => Promise<T>): Promise<T> {
  return guess(signIn, placeOf(signIn, name, origin), what, tried);
}

function person(actor: Actor): Extract<Actor, { kind: 'user' }> {
  if (actor.kind !== 'user') throw notNow('This is for people who are signed in.', 'Sign in at the portal.');
  return actor;
}

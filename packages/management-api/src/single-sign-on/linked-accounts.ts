import { createHash } from 'node:crypto';
import type { Change } from '../identity/change.ts';
import { sessionsOf } from '../identity/sessions.ts';
import type { User } from '../identity/user.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { commit, type Keeping, load, putOf, type Seen } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';

/** Somebody’s account at a provider, kept under the hash of both. */
interface LinkedAccount {
  readonly user: string;
}

/** How a session says that it came from a provider. */
export const BY_PROVIDER = 'single sign-on';

/** The user whom an administrator linked; undefined: nobody. Nothing else of the provider’s words finds a user, an address neither. */
export async function linkedUser(keeping: Keeping, issuer: string, subject: string): Promise<Seen<User> | undefined> {
  const account = await load<LinkedAccount>(keeping, 'identity', accountId(issuer, subject));
  return account && load<User>(keeping, 'user', account.value.user);
}

/** Links an account at the provider to a user, instead of another one. @throws Problem */
export async function linkAccount(
  keeping: Keeping,
  name: string,
  issuer: string,
  subject: string,
  { actor, reason }: Change,
): Promise<void> {
  const user = await load<User>(keeping, 'user', name);
  if (user === undefined) throw notFound('user');
  demandAnother(actor, name);
  const id = accountId(issuer, subject);
  const taken = await load<LinkedAccount>(keeping, 'identity', id);
  if (taken !== undefined && taken.value.user !== name)
    throw new Problem(409, {
      code: 'ACCOUNT_LINKED_ELSEWHERE',
      message: 'This account at the provider is linked to another user.',
      place: 'body.subject',
      advice: 'Take the link from the other user first.',
    });
  const former = user.value.singleSignOn;
  await commit(
    keeping,
    [
      ...(former === undefined || accountId(former.issuer, former.subject) === id ? [] : await unlinking(keeping, user.value)),
      putOf<LinkedAccount>('identity', id, taken, { user: name }, { owner: name }),
      putOf<User>('user', name, user, { ...user.value, singleSignOn: { issuer, subject, since: keeping.clock.now() } }),
    ],
    [
      {
        actor,
        action: 'user.linked',
        target: `user:${name}`,
        ...(former && { before: former.subject }),
        after: { issuer, subject },
        reason,
      },
    ],
  );
}

/** Takes the link away; sessions that came by it end. @throws Problem */
export async function unlinkAccount(keeping: Keeping, name: string, { actor, reason }: Change): Promise<void> {
  const user = await load<User>(keeping, 'user', name);
  if (user?.value.singleSignOn === undefined) throw notFound('link');
  const { singleSignOn, ...rest } = user.value;
  await commit(
    keeping,
    [...(await unlinking(keeping, user.value)), putOf<User>('user', name, user, rest)],
    [{ actor, action: 'user.unlinked', target: `user:${name}`, before: singleSignOn.subject, reason }],
  );
}

/** What of the store goes with a link: the account, and the sessions that came by it. */
export async function unlinking(keeping: Keeping, { name, singleSignOn }: User): Promise<readonly Put[]> {
  if (singleSignOn === undefined) return [];
  const id = accountId(singleSignOn.issuer, singleSignOn.subject);
  const account = await load<LinkedAccount>(keeping, 'identity', id);
  const sessions = (await sessionsOf(keeping, name)).filter(({ value }) => value.by === BY_PROVIDER);
  return [
    ...(account === undefined ? [] : [putOf<LinkedAccount>('identity', id, account, undefined)]),
    ...sessions.map((one) => putOf('session', one.id, one, undefined)),
  ];
}

/** Whoever has a session of somebody adds no way in to it. */
function demandAnother(actor: string, name: string): void {
  if (actor === `user:${name}`)
    throw notNow('Nobody links an account to themselves.', 'Ask another administrator; on the machine itself: ./pm portal link-account');
}

function accountId(issuer: string, subject: string): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
}

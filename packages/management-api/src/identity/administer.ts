import type { Role } from '../access/permissions.ts';
import { notFound, notNow, Problem } from '../server/problem.ts';
import { commit, type Keeping, load, loadAll, putOf } from '../store/kept.ts';
import type { Change } from './change.ts';
import { newLink } from './links.ts';
import { endWaysIn, withoutWayIn } from './reset.ts';
import { endSessions } from './sessions.ts';
import { endTickets } from './tickets.ts';
import { newUser, nextEpoch, shownUser, type User } from './user.ts';

/** All users, as they may be shown. */
export async function listUsers(keeping: Keeping): Promise<readonly object[]> {
  return (await loadAll<User>(keeping, 'user')).map(({ value }) => shownUser(value));
}

/** A user, with the link by which they set their password. @throws Problem `USER_EXISTS` */
export async function createUser(
  keeping: Keeping,
  { name, shownName, roles }: Pick<User, 'name' | 'shownName' | 'roles'>,
  { actor, reason }: Change,
): Promise<string> {
  if ((await load(keeping, 'user', name)) !== undefined)
    throw new Problem(409, {
      code: 'USER_EXISTS',
      message: 'There is a user of this name.',
      place: 'body.name',
      advice: 'Choose another name.',
    });
  const { token, puts } = await newLink(keeping, name, 'welcome');
  const user = newUser(name, shownName, roles, keeping.clock.now());
  await commit(
    keeping,
    [...puts, putOf('user', name, undefined, user)],
    [{ actor, action: 'user.created', target: `user:${name}`, after: { shownName, roles }, reason }],
  );
  return token;
}

/** Roles, shown name, whether they may sign in. What they are signed in to follows at once. @throws Problem */
export async function changeUser(
  keeping: Keeping,
  name: string,
  to: { readonly roles?: readonly Role[]; readonly shownName?: string; readonly disabled?: boolean },
  { actor, reason }: Change,
): Promise<void> {
  const kept = await load<User>(keeping, 'user', name);
  if (kept === undefined) throw notFound('user');
  const { roles, shownName, disabled } = kept.value;
  const after: User = { ...kept.value, ...to, ...(to.disabled === true && nextEpoch(kept.value)) };
  if (actor === `user:${name}` && (after.disabled || !after.roles.includes('administrator')))
    throw notNow('Nobody takes the administration from themselves.', 'Ask another administrator.');
  await commit(
    keeping,
    [
      putOf('user', name, kept, after),
      ...(after.disabled ? [...(await endSessions(keeping, name)), ...(await endTickets(keeping, name))] : []),
    ],
    [{ actor, action: 'user.changed', target: `user:${name}`, before: { roles, shownName, disabled }, after: to, reason }],
  );
}

/** Password and second factors are gone, sessions and begun sign-ins end; the link leads to new ones. @throws Problem */
export async function resetUser(keeping: Keeping, name: string, { actor, reason }: Change): Promise<string> {
  const kept = await load<User>(keeping, 'user', name);
  if (kept === undefined) throw notFound('user');
  if (actor === `user:${name}`)
    throw notNow('Nobody resets themselves.', 'Ask another administrator; on the machine itself: ./pm portal reset-administrator');
  const { token, puts } = await newLink(keeping, name, 'welcome');
  await commit(
    keeping,
    [...puts, putOf<User>('user', name, kept, withoutWayIn(kept.value)), ...(await endWaysIn(keeping, kept.value))],
    [{ actor, action: 'user.reset', target: `user:${name}`, reason }],
  );
  return token;
}

import type { Role } from '../access/permissions.ts';
import { commit, type Keeping, load, loadAll, putOf } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { endWaysIn, withoutWayIn } from './reset.ts';
import { newToken, tokenId } from './tokens.ts';
import { newUser, type User } from './user.ts';

/** A link that works once. `welcome`: to set a password and a second factor; `sandbox`: signs in, where no real money moves. */
export interface Link {
  readonly user: string;
  readonly purpose: 'welcome' | 'sandbox';
}

export const LINK_MS = 24 * 3_600_000;

/** A new link of a user, with what stores it. Those of before count no more. */
export async function newLink(
  keeping: Keeping,
  user: string,
  purpose: Link['purpose'],
): Promise<{ readonly token: string; readonly puts: readonly Put[] }> {
  const token = newToken(keeping.random);
  const before = await loadAll<Link>(keeping, 'link', { owner: user });
  const expires = keeping.clock.now() + LINK_MS;
  return {
    token,
    puts: [
      ...before.map((one) => putOf<Link>('link', one.id, one, undefined)),
      putOf<Link>('link', tokenId(token), undefined, { user, purpose }, { owner: user, expires }),
    ],
  };
}

/** Where a link leads; what comes after # reaches no log, no proxy and no Referer. */
export function linkUrl(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/$/, '')}/welcome#${token}`;
}

export const FIRST_ADMINISTRATOR = 'administrator';

/** Whether anybody can administrate: with a password, or a passkey. */
export async function anyAdministrator(keeping: Keeping): Promise<boolean> {
  const users = await loadAll<User>(keeping, 'user');
  return users.some(
    ({ value }) => !value.disabled && value.roles.includes('administrator') && (value.password !== undefined || value.passkeys.length > 0),
  );
}

/** A link for the user `administrator`, who is made, enabled and without second factor from now on. For the first start, and for when nobody can sign in. */
export async function administratorLink(keeping: Keeping, actor: string): Promise<string> {
  const kept = await load<User>(keeping, 'user', FIRST_ADMINISTRATOR);
  const user = kept?.value ?? newUser(FIRST_ADMINISTRATOR, 'Administrator', ['administrator'], keeping.clock.now());
  const roles = [...new Set<Role>([...user.roles, 'administrator'])];
  const { token, puts } = await newLink(keeping, FIRST_ADMINISTRATOR, 'welcome');
  await commit(
    keeping,
    [
      ...puts,
      putOf<User>('user', FIRST_ADMINISTRATOR, kept, { ...withoutWayIn(user), roles, disabled: false }),
      ...(await endWaysIn(keeping, user)),
    ],
    [{ actor, action: kept === undefined ? 'user.created' : 'user.reset', target: `user:${FIRST_ADMINISTRATOR}`, after: { roles } }],
  );
  return token;
}

/** A link that signs in as a user who is called like the role. In the sandbox alone. */
export async function sandboxLink(keeping: Keeping, role: Role, actor: string): Promise<string> {
  const name = `sandbox-${role}`;
  const kept = await load<User>(keeping, 'user', name);
  const { token, puts } = await newLink(keeping, name, 'sandbox');
  const made =
    kept === undefined ? [putOf<User>('user', name, undefined, newUser(name, `${role} of the sandbox`, [role], keeping.clock.now()))] : [];
  await commit(keeping, [...puts, ...made], [{ actor, action: 'link.made', target: `user:${name}` }]);
  return token;
}

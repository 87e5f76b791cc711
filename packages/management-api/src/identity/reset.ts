import { unlinking } from '../single-sign-on/linked-accounts.ts';
import type { Keeping } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { endSessions } from './sessions.ts';
import { endTickets } from './tickets.ts';
import { nextEpoch, type User } from './user.ts';

/** A user whom a reset leaves: no password, no second factor, no account at a provider, and nothing that was begun counts. */
export function withoutWayIn(user: User): User {
  const { password: _password, passwordAt: _at, totp: _totp, singleSignOn: _account, ...rest } = user;
  return { ...rest, ...nextEpoch(user), recovery: [], passkeys: [] };
}

/** What of the store goes with them: the account at a provider, sessions, and sign-ins that were begun. */
export async function endWaysIn(keeping: Keeping, user: User): Promise<readonly Put[]> {
  const account = (await unlinking(keeping, user)).filter(({ kind }) => kind === 'identity');
  return [...account, ...(await endSessions(keeping, user.name)), ...(await endTickets(keeping, user.name))];
}

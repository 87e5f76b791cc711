import type { Role } from '../access/permissions.ts';
import type { Origin } from '../server/route.ts';
import { commit, type Keeping, load, loadAll, putOf, type Seen, tryCommit } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { isToken, newToken, tokenId } from './tokens.ts';
import type { User } from './user.ts';

/** A session as kept, under the hash of its token. */
export interface Session {
  readonly user: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly address: string;
  readonly userAgent: string;
  /** How it was signed in: `password and code`, `password and recovery code`, `passkey`, `sandbox link`, `single sign-on`. */
  readonly by: string;
  /** Of one that came by single sign-on: the roles that the provider gives, and what is shown to it at the sign-out, sealed. */
  readonly provider?: { readonly roles: readonly Role[]; readonly hint?: string };
}

/** A session as it may be shown. */
export function shownSession({ provider: _, ...session }: Session): Omit<Session, 'provider'> {
  return session;
}

/** Nobody works longer in one piece; whoever leaves the desk is signed out sooner. */
export const SESSION_MS = 12 * 3_600_000;
export const IDLE_MS = 30 * 60_000;
/** How exactly `lastSeen` is kept. */
const SEEN_EVERY_MS = 60_000;
const SESSIONS_MAX = 10;

/** A new session, always with a token that nobody had before. The oldest of more than ten of one user ends. */
export async function newSession(
  keeping: Keeping,
  user: string,
  by: string,
  { address, userAgent }: Pick<Origin, 'address' | 'userAgent'>,
  more: (id: string) => Pick<Session, 'provider'> = () => ({}),
): Promise<{ readonly token: string; readonly puts: readonly Put[] }> {
  const token = newToken(keeping.random);
  const now = keeping.clock.now();
  const id = tokenId(token);
  const session: Session = { user, createdAt: now, lastSeen: now, address, userAgent, by, ...more(id) };
  const others = await sessionsOf(keeping, user);
  const oldest = [...others].sort((a, b) => a.value.createdAt - b.value.createdAt).slice(0, Math.max(0, others.length + 1 - SESSIONS_MAX));
  return {
    token,
    puts: [
      ...oldest.map((one) => putOf('session', one.id, one, undefined)),
      putOf('session', id, undefined, session, { owner: user, expires: now + SESSION_MS }),
    ],
  };
}

/** Where a user is signed in, idle sessions among them. */
export function sessionsOf(keeping: Keeping, owner: string): Promise<readonly Seen<Session>[]> {
  return loadAll<Session>(keeping, 'session', { owner });
}

/** Who has the cookie; undefined: nobody whom we know, or not any more. What a page asks by itself is no sign of somebody at the desk. */
export async function signedIn(
  keeping: Keeping,
  cookie: string | undefined,
  byItself = false,
): Promise<{ readonly user: string; readonly roles: readonly Role[]; readonly sessionId: string } | undefined> {
  if (!isToken(cookie)) return undefined;
  const id = tokenId(cookie);
  const session = await load<Session>(keeping, 'session', id);
  const now = keeping.clock.now();
  if (session === undefined || now - session.value.lastSeen > IDLE_MS) return undefined;
  const user = await load<User>(keeping, 'user', session.value.user);
  if (user === undefined || user.value.disabled) return undefined;
  if (!byItself && now - session.value.lastSeen > SEEN_EVERY_MS) {
    const { createdAt } = session.value;
    // another request may have noted it in the same moment
    await tryCommit(
      keeping,
      [putOf('session', id, session, { ...session.value, lastSeen: now }, { owner: user.id, expires: createdAt + SESSION_MS })],
      [],
    );
  }
  // of single sign-on both must give a role: what is taken away here is gone at once, and the provider alone makes nobody anything
  const { provider } = session.value;
  const roles = provider === undefined ? user.value.roles : user.value.roles.filter((role) => provider.roles.includes(role));
  return { user: user.id, roles, sessionId: id };
}

/** What ends sessions of a user, all but one where it is given. */
export async function endSessions(keeping: Keeping, user: string, but?: string): Promise<readonly Put[]> {
  const all = await sessionsOf(keeping, user);
  return all.filter(({ id }) => id !== but).map((one) => putOf('session', one.id, one, undefined));
}

/** Ends one. Nothing happens to one that is not there any more. */
export async function endSession(keeping: Keeping, id: string, actor: string, reason?: string): Promise<void> {
  const session = await load<Session>(keeping, 'session', id);
  if (session === undefined) return;
  const target = `user:${session.value.user}`;
  await commit(
    keeping,
    [putOf('session', id, session, undefined)],
    [{ actor, action: 'session.ended', target, ...(reason !== undefined && { reason }) }],
  );
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Actor } from '../access/actor.ts';
import { may, ROLES } from '../access/permissions.ts';
import { keyHolder } from '../identity/api-keys.ts';
import { signedIn } from '../identity/sessions.ts';
import type { Keeping } from '../store/kept.ts';
import { Problem } from './problem.ts';
import type { Wanted } from './route.ts';

export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The session’s cookie. */
  readonly session: string | undefined;
  /** Came through the socket of this machine. */
  readonly local: boolean;
  /** The page asks, and nobody has touched it for a while. */
  readonly byItself: boolean;
}

const LOCAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Who asks; undefined: nobody whom we know. Of the ways to say so exactly one is looked at. */
export async function actorOf(keeping: Keeping, { headers, session, local, byItself }: Asked): Promise<Actor | undefined> {
  if (local) {
    const name = headers['x-pm-user'];
    return { kind: 'local', name: typeof name === 'string' && LOCAL_NAME.test(name) ? name : 'unnamed', roles: ROLES };
  }
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [, text = ''] = /^Bearer ([A-Za-z0-9_-]{1,100})$/i.exec(authorization) ?? [];
    const holder = await keyHolder(keeping, text);
    return holder && { kind: 'key', name: holder.key.name, roles: [holder.key.role], keyId: holder.id, madeBy: holder.key.createdBy };
  }
  const found = await signedIn(keeping, session, byItself);
  return found && { kind: 'user', name: found.user, roles: found.roles, sessionId: found.sessionId };
}

/** @throws Problem unless who asks may. A route without a known permission is nobody’s. */
export function demandMay(actor: Actor | undefined, permission: Wanted): void {
  if (permission === 'anybody') return;
  if (actor === undefined)
    throw new Problem(401, {
      code: 'NOT_SIGNED_IN',
      message: 'Nobody is signed in, or not any more.',
      advice: 'Sign in; a machine sends its API key as Authorization: Bearer.',
    });
  if (permission === 'local' ? actor.kind !== 'local' : !may(actor.roles, permission))
    throw new Problem(403, {
      code: 'NOT_PERMITTED',
      message: 'Your roles do not permit this.',
      expected: permission === 'local' ? 'a user of the machine, through ./pm portal' : `a role with the permission ${permission}`,
      advice: 'Ask an administrator.',
    });
}

const LOOKS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether a request that changes something comes from our own pages: a browser says from where (`Sec-Fetch-Site`, `Origin`), and no page can make it
 * say otherwise. Looked at whenever there is no API key and no socket, before a sign-in, too: nobody is signed in by somebody else’s page.
 *
 * @throws Problem `FOREIGN_PAGE`
 */
export function demandOwnPage(
  { method, headers, local }: Pick<Asked, 'method' | 'headers' | 'local'>,
  ownOrigins: readonly string[],
): void {
  if (local || LOOKS.includes(method) || headers.authorization !== undefined) return;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if ((site === undefined || site === 'same-origin') && origin !== undefined && ownOrigins.includes(origin)) return;
  throw new Problem(403, {
    code: 'FOREIGN_PAGE',
    message: 'Changes are taken from the portal’s own pages alone.',
    place: 'header origin',
    advice: 'Open the portal by its own address; a machine sends an API key.',
  });
}

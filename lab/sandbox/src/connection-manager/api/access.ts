import type { Book } from '../book.ts';
import { type Problem, refusedByValidator } from './problem.ts';
import type { Route } from './route.ts';

/** Roles out of the claim `groups` of a token: `Application/PTA` is `pta`; a DFSP's group stays and adds `dfsp`; all are `everyone`. */
export function rolesOf(groups: readonly string[]): string[] {
  const names = groups.map((group) => group.replace(/^\//, ''));
  const roles = names.flatMap((name) => {
    if (name === 'Application/MTA') return ['mta'];
    if (name === 'Application/PTA') return ['pta'];
    return name.startsWith('Application/DFSP:') ? [name, 'dfsp'] : [];
  });
  return [...roles, 'everyone'];
}

/**
 * Whether a caller may do it, by the real server's rules. Every refusal is a 401, whatever its reason; only the message tells.
 *
 * @throws Problem 401
 */
export function checkAccess(
  route: Route,
  dfspId: string | undefined,
  roles: readonly string[] | undefined,
  book: Book,
  pathname: string,
): void {
  if (route.scopes.length === 0) return;
  if (!roles) throw refused(pathname, 'Authentication required');
  if (dfspId !== undefined) {
    if (roles.includes('pta')) return;
    const dfsp = book.dfsp(dfspId);
    if (!dfsp) throw refused(pathname, `DFSP with id ${dfspId} not found`);
    if (dfsp.securityGroup !== undefined && !roles.includes(dfsp.securityGroup))
      throw refused(pathname, `user does not have the required role ${dfsp.securityGroup}`);
    return;
  }
  if (!route.scopes.some((scope) => roles.includes(scope)))
    throw refused(pathname, `user does not have the required roles ${route.scopes.join(',')}`);
}

function refused(path: string, message: string): Problem {
  return refusedByValidator(401, [{ path, message }]);
}

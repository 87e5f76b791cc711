import { ROLES, type Role } from '../access/permissions.ts';
import type { SingleSignOnSettings } from './settings.ts';

/** What a provider says of somebody. */
export type Claims = Readonly<Record<string, unknown>>;

/** The roles that the claims give, by the configured mapping alone: a value that is not in it gives nothing, and no claim gives nothing. */
export function rolesFromClaims(
  claims: Claims,
  { rolesClaim, roles }: Pick<SingleSignOnSettings, 'rolesClaim' | 'roles'>,
): readonly Role[] {
  const found = textsIn(claimAt(claims, rolesClaim));
  return ROLES.filter((role) => {
    const wanted = roles[role];
    return wanted !== undefined && wanted !== '' && found.includes(wanted);
  });
}

/** Whether the provider says that it asked for as much as is demanded here. */
export function isStrongEnough(claims: Claims, { acr, amr }: Pick<SingleSignOnSettings, 'acr' | 'amr'>): boolean {
  const [given, methods] = [claims['acr'], textsIn(claims['amr'])];
  const rightClass = acr.length === 0 || (typeof given === 'string' && acr.includes(given));
  return rightClass && (amr.length === 0 || amr.some((one) => methods.includes(one)));
}

function claimAt(claims: Claims, path: string): unknown {
  let found: unknown = claims;
  // a claim may have full stops in its name, as those of some providers have
  if (Object.hasOwn(claims, path)) return claims[path];
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

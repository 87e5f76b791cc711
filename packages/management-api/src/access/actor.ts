import type { Role } from './permissions.ts';

/** Who asks: a person with a session, a machine with a key, or a user of this machine through the socket. */
export type Actor =
  | { readonly kind: 'user'; readonly name: string; readonly roles: readonly Role[]; readonly sessionId: string }
  | { readonly kind: 'key'; readonly name: string; readonly roles: readonly Role[]; readonly keyId: string }
  | { readonly kind: 'local'; readonly name: string; readonly roles: readonly Role[] };

/** As the audit log calls somebody: `user:amara`, `key:till-export`, `local:ops`. */
export function actorName({ kind, name }: Actor): string {
  return `${kind}:${name}`;
}

/** Whether two names of the audit log are one person for four eyes: users of this machine are, since their names are taken on trust. */
export function samePerson(one: string, other: string): boolean {
  const person = (name: string): string => (name.startsWith('local:') ? 'local' : name);
  return person(one) === person(other);
}

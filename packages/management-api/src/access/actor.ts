import type { Role } from './permissions.ts';

/** Who asks: a person with a session, a machine with a key, or a user of this machine through the socket. */
export type Actor =
  | { readonly kind: 'user'; readonly name: string; readonly roles: readonly Role[]; readonly sessionId: string }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly roles: readonly Role[];
      readonly keyId: string;
      /** Who made the key, as the audit log calls them. */
      readonly madeBy: string;
    }
  | { readonly kind: 'local'; readonly name: string; readonly roles: readonly Role[] };

/** As the audit log calls somebody: `user:amara`, `key:till-export`, `local:ops`. */
export function actorName({ kind, name }: Actor): string {
  return `${kind}:${name}`;
}

/**
 * Whether two names of the audit log are one person for four eyes. Users of this machine are, since their names are taken on trust; and who is called on
 * the machine as at the portal is nobody else.
 */
export function samePerson(one: string, other: string): boolean {
  if (isLocal(one) && isLocal(other)) return true;
  const called = (name: string): string => name.replace(/^local:/, 'user:').toLowerCase();
  return called(one) === called(other);
}

function isLocal(name: string): boolean {
  return name.startsWith('local:');
}

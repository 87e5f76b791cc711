import type { Role } from '../access/permissions.ts';
import { notFound } from '../server/problem.ts';
import { commit, type Keeping, load, loadAll, putOf } from '../store/kept.ts';
import { isToken, newToken, tokenId } from './tokens.ts';

/** A machine’s key as kept, under the hash of its text. */
export interface ApiKey {
  /** Names it in lists and in the audit log. */
  readonly name: string;
  readonly role: MachineRole;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expires: number;
}

/** What a machine may be: it manages no people, and approves nothing. */
export const MACHINE_ROLES = ['viewer', 'operator', 'engineer', 'auditor'] as const satisfies readonly Role[];
export type MachineRole = (typeof MACHINE_ROLES)[number];

const PREFIX = 'pm_';
export const KEY_DAYS_MAX = 366;

/** The key’s text is answered this once. @throws Problem */
export async function newApiKey(
  keeping: Keeping,
  { name, role, days }: { readonly name: string; readonly role: MachineRole; readonly days: number },
  actor: string,
  reason: string,
): Promise<{ readonly id: string; readonly key: string; readonly expires: number }> {
  const token = newToken(keeping.random);
  const now = keeping.clock.now();
  const expires = now + days * 86_400_000;
  const kept: ApiKey = { name, role, createdAt: now, createdBy: actor, expires };
  const id = tokenId(token);
  await commit(
    keeping,
    [putOf('api-key', id, undefined, kept, { expires })],
    [{ actor, action: 'api-key.made', target: `key:${name}`, after: { role, expires }, reason }],
  );
  return { id, key: `${PREFIX}${token}`, expires };
}

/** Whose key this is; undefined: nobody’s, or not any more. */
export async function keyHolder(keeping: Keeping, text: string): Promise<{ readonly id: string; readonly key: ApiKey } | undefined> {
  const token = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
  if (!isToken(token)) return undefined;
  const kept = await load<ApiKey>(keeping, 'api-key', tokenId(token));
  return kept && { id: kept.id, key: kept.value };
}

/** All keys that still count; of none its text. */
export async function listApiKeys(keeping: Keeping): Promise<readonly object[]> {
  return (await loadAll<ApiKey>(keeping, 'api-key')).map(({ id, value }) => ({ id, ...value }));
}

/** @throws Problem */
export async function revokeApiKey(keeping: Keeping, id: string, actor: string, reason: string): Promise<void> {
  const kept = await load<ApiKey>(keeping, 'api-key', id);
  if (kept === undefined) throw notFound('API key');
  await commit(
    keeping,
    [putOf('api-key', id, kept, undefined)],
    [{ actor, action: 'api-key.revoked', target: `key:${kept.value.name}`, before: { role: kept.value.role }, reason }],
  );
}

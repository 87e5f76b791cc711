import type { Clock, Log, Random, Sealer } from '@payment-manager/runtime';
import { entryOf, type Said } from '../audit/audit-log.ts';
import { changedMeanwhile } from '../server/problem.ts';
import type { Kind, ManagementStore, Put } from './management-store.ts';

/** What everything here works with. */
export interface Keeping {
  readonly store: ManagementStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes' | 'uuid'>;
  /** Of secrets that must be read again, such as those of authenticators. */
  readonly sealer: Sealer;
  readonly log: Log;
}

/** A thing as it was read. */
export interface Seen<T> {
  readonly id: string;
  readonly value: T;
  readonly version: number;
}

const LIST_MAX = 1_000;

/** A thing as it is now; undefined: there is none, or it has ended. */
export async function load<T>({ store, clock }: Keeping, kind: Kind, id: string): Promise<Seen<T> | undefined> {
  const kept = await store.get(kind, id, clock.now());
  return kept === undefined ? undefined : { id, version: kept.version, value: JSON.parse(kept.body) as T };
}

/** All of a kind, by id; of one owner. At most 1,000 from `after` on. */
export async function loadAll<T>(
  { store, clock }: Keeping,
  kind: Kind,
  query: { readonly owner?: string; readonly after?: string } = {},
): Promise<readonly Seen<T>[]> {
  const found = await store.list(kind, { ...query, limit: LIST_MAX, now: clock.now() });
  return found.map(({ id, version, body }) => ({ id, version, value: JSON.parse(body) as T }));
}

/** A thing to be stored: `seen` is what was read of it, undefined for a new one. */
export function putOf<T>(
  kind: Kind,
  id: string,
  seen: { readonly version: number } | undefined,
  value: T | undefined,
  more: Pick<Put, 'owner' | 'expires'> = {},
): Put {
  return { kind, id, seen: seen?.version ?? 0, body: value === undefined ? undefined : JSON.stringify(value), ...more };
}

/** Stores changes with what the audit log says of them. @throws Problem `CHANGED_MEANWHILE` */
export async function commit(keeping: Keeping, puts: readonly Put[], said: readonly Said[]): Promise<void> {
  if (!(await tryCommit(keeping, puts, said))) throw changedMeanwhile();
}

/** @returns false: something was changed meanwhile */
export function tryCommit({ store, clock }: Keeping, puts: readonly Put[], said: readonly Said[]): Promise<boolean> {
  return store.change(
    puts,
    said.map((one) => entryOf(one, clock)),
    clock.now(),
  );
}

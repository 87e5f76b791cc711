import { type EntryName, nameOf, type Purpose, pathOf } from './names.ts';
import type { VaultStore } from './store/vault-store.ts';
import { VaultError } from './vault-error.ts';

/** Entries in a store: read, and changed by whoever saw the latest. */
export interface Entries {
  read(name: EntryName): Promise<Uint8Array>;
  /**
   * Replaces an entry by what `next` makes of it; undefined leaves it. Called again with the newest when somebody else was first, so
   * it must be pure. Resolves when it is durable, and `changed` has been told.
   *
   * @throws VaultError `VAULT_CONFLICT`, and what `next` and the store throw.
   */
  change(name: EntryName, next: (body: Uint8Array) => Uint8Array | undefined): Promise<void>;
  /** The ids of entries of a purpose; one may hold nothing any more. */
  ids(environment: string, purpose: Purpose): Promise<readonly string[]>;
  /** Every entry that holds something. */
  list(): Promise<readonly EntryName[]>;
}

const TRIES = 10;

/** `changed` is told of every change that was made through here. */
export function openEntries(store: VaultStore, changed: (name: EntryName, revision: number, body: Uint8Array) => void): Entries {
  return {
    async read(name) {
      return (await store.read(pathOf(name))).body;
    },
    async change(name, next) {
      const path = pathOf(name);
      for (let n = 0; n < TRIES; n++) {
        const { revision, body } = await store.read(path);
        const fresh = next(body);
        if (fresh === undefined) return;
        if (await store.write(path, revision, fresh)) return changed(name, revision + 1, fresh);
      }
      throw new VaultError('VAULT_CONFLICT', `The vault's entry ${path} is changed by others again and again. Try again later.`);
    },
    async ids(environment, purpose) {
      const names = [...(await store.list()).keys()].map(nameOf);
      return names.flatMap((name) => (name?.environment === environment && name.purpose === purpose ? [name.id] : []));
    },
    async list() {
      const names: EntryName[] = [];
      for (const path of (await store.list()).keys()) {
        const name = nameOf(path);
        if (name && (await store.read(path)).body.length > 0) names.push(name);
      }
      return names;
    },
  };
}

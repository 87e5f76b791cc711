import { checkSize, MAX_SEALED_BYTES, type StoredEntry, type VaultStore } from './vault-store.ts';

/** Keeps nothing beyond the process: for tests and simulations. */
export function memoryStore(): VaultStore {
  const entries = new Map<string, StoredEntry>();
  return {
    comparesAndSets: true,
    async read(path) {
      return entries.get(path) ?? { revision: 0, body: new Uint8Array() };
    },
    async write(path, seen, body) {
      checkSize(body, MAX_SEALED_BYTES);
      if ((entries.get(path)?.revision ?? 0) !== seen) return false;
      entries.set(path, { revision: seen + 1, body: Uint8Array.from(body) });
      return true;
    },
    async list() {
      return new Map([...entries].map(([path, { revision }]) => [path, revision]));
    },
    async close() {},
  };
}

import type { Log, World } from '@payment-manager/runtime';
import type { MasterKeys } from '../store/master-key.ts';
import { openSealedStore, type SealedStore } from '../store/sealed-store.ts';
import type { VaultStore } from '../store/vault-store.ts';
import { VaultError } from '../vault-error.ts';

/** A sealed store whose master key may be replaced while it is in use. */
export interface MasterKeyStore extends VaultStore, Pick<SealedStore, 'id'> {
  /** Looks whether there is another master key now; if so, seals everything with it. Rejects, and keeps the old one, when that fails. */
  lookForKey(): Promise<void>;
}

export interface MasterKeyStoreOptions extends Pick<World, 'random' | 'log'> {
  /** What is sealed lies here; closed with the store. */
  readonly store: VaultStore;
  /** The master key as it is now, and a former one where there is one. */
  readonly fetchKeys: () => Promise<MasterKeys>;
}

/**
 * The vault's entries, sealed with the master key that `fetchKeys` gives. When that gives another one later, everything is sealed anew with it
 * while both are in memory; and an entry that a replica has sealed with a key that is newer than ours makes us fetch ours again.
 *
 * @throws VaultError as `openSealedStore` and `fetchKeys`
 */
export async function openMasterKeyStore({ store, fetchKeys, random, log }: MasterKeyStoreOptions): Promise<MasterKeyStore> {
  let keys = await fetchKeys();
  let sealed = await openSealedStore(store, keys, random);
  if (keys.former) await sealAnew(sealed, log);
  let changing: Promise<void> | undefined;

  const change = async (): Promise<void> => {
    const fresh = await fetchKeys();
    if (fresh.current.id === keys.current.id) return;
    // Replicas come over one after the other, so entries of the old key may still come; it stays until this process ends.
    const both = { current: fresh.current, former: [keys.current, ...(keys.former ?? []), ...(fresh.former ?? [])] };
    sealed = await openSealedStore(store, both, random);
    keys = both;
    log.info('another master key of the vault is in use');
    await sealAnew(sealed, log);
  };
  const lookForKey = (): Promise<void> => {
    changing ??= change().finally(() => {
      changing = undefined;
    });
    return changing;
  };
  /** A replica may have the new key already. */
  const withNewestKey = async <T>(work: (store: SealedStore) => Promise<T>): Promise<T> => {
    try {
      return await work(sealed);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== 'VAULT_MASTER_KEY_WRONG') throw error;
      const before = sealed;
      await lookForKey().catch(() => {});
      if (sealed === before) throw error;
      return work(sealed);
    }
  };
  return {
    id: sealed.id,
    comparesAndSets: store.comparesAndSets,
    read: (path) => withNewestKey((current) => current.read(path)),
    write: (path, seen, body) => withNewestKey((current) => current.write(path, seen, body)),
    list: () => sealed.list(),
    lookForKey,
    close: () => store.close(),
  };
}

async function sealAnew(sealed: SealedStore, log: Log): Promise<void> {
  const entries = await sealed.reseal();
  if (entries > 0) log.info('the vault is sealed with the new master key; the previous one is no longer needed', { entries });
}

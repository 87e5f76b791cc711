import type { Random } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import { checkMasterKey, openEnvelope, parseEnvelope, sealEnvelope } from './envelope.ts';
import type { MasterKeys } from './master-key.ts';
import { checkSize, type VaultStore } from './vault-store.ts';

/** A store whose entries are sealed with a master key. */
export interface SealedStore extends VaultStore {
  /** Tells this vault from others, also after its master key was replaced or it was restored; nothing else. */
  readonly id: string;
  /**
   * Seals with the current master key whatever is sealed with a former one, and tells how many entries that were. Killed in
   * between, it goes on when it is called again; meanwhile both keys are needed, afterwards only the current one.
   */
  reseal(): Promise<number>;
}

/** Present in every sealed store, so that the first two processes with different keys cannot both begin. It holds the vault's id. */
const CHECK_PATH = 'vault/seal/check';
const RESEAL_TRIES = 8;

/**
 * Wraps a store so that it holds envelopes only. Before anything is written, all that is there is looked at: each entry must be
 * sealed with one of our keys. An entry that is damaged does not keep the others from being used; it is told when it is read.
 *
 * @throws VaultError `VAULT_MASTER_KEY_WRONG`, and what the store throws; nothing was written then.
 */
export async function openSealedStore(store: VaultStore, keys: MasterKeys, random: Random): Promise<SealedStore> {
  const masters = [keys.current, ...(keys.former ?? [])];
  const read = async (path: string) => {
    const { revision, body } = await store.read(path);
    return { revision, body: revision === 0 ? body : openEnvelope(body, { path, revision }, masters, random) };
  };
  const write = (path: string, seen: number, body: Uint8Array): Promise<boolean> =>
    store.write(path, seen, sealEnvelope(body, { path, revision: seen + 1 }, keys.current, random));

  for (const path of (await store.list()).keys()) checkMasterKey((await store.read(path)).body, path, masters);
  const id = await idOf({ read, write }, random.uuid());

  const resealOne = async (path: string): Promise<boolean> => {
    for (let tries = 0; tries < RESEAL_TRIES; tries++) {
      const { revision, body } = await store.read(path);
      if (parseEnvelope(body, path).masterKey === keys.current.id) return false;
      const plain = openEnvelope(body, { path, revision }, masters, random);
      if (await write(path, revision, plain)) return true;
    }
    throw new VaultError('VAULT_CONFLICT', `The vault's entry ${path} is changed by others again and again. Call it again.`);
  };

  return {
    id,
    comparesAndSets: store.comparesAndSets,
    read,
    async write(path, seen, body) {
      checkSize(body);
      return write(path, seen, body);
    },
    async list() {
      const found = new Map(await store.list());
      found.delete(CHECK_PATH);
      return found;
    },
    async reseal() {
      const paths = [...(await store.list()).keys()].filter((path) => path !== CHECK_PATH);
      let resealed = 0;
      // The check comes last: as long as it is sealed with the former key, nobody can open the vault without it.
      for (const path of [...paths, CHECK_PATH]) if (await resealOne(path)) resealed++;
      return resealed;
    },
    close: () => store.close(),
  };
}

const ID_FORM = /^[0-9a-f-]{36}$/;

/** Vaults of earlier versions have a check without an id, and get one. */
async function idOf({ read, write }: Pick<VaultStore, 'read' | 'write'>, fresh: string): Promise<string> {
  const check = await read(CHECK_PATH);
  const kept = Buffer.from(check.body).toString('utf8');
  if (ID_FORM.test(kept)) return kept;
  if (await write(CHECK_PATH, check.revision, Buffer.from(fresh))) return fresh;
  // Who loses this race reads what the winner wrote, with a key that may be another.
  return Buffer.from((await read(CHECK_PATH)).body).toString('utf8');
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordedLog, Secret, systemRandom } from '@payment-manager/runtime';
import type { MasterKey, MasterKeys } from '../store/master-key.ts';
import { memoryStore } from '../store/memory-store.ts';
import { openSealedStore } from '../store/sealed-store.ts';
import type { VaultStore } from '../store/vault-store.ts';
import { VaultError } from '../vault-error.ts';
import { openMasterKeyStore } from './master-key-store.ts';

const keyOf = (name: string): MasterKey => ({ id: name.padEnd(16, '0'), key: new Secret<Uint8Array>(Buffer.alloc(32, name)) });
const [one, two, other] = [keyOf('one'), keyOf('two'), keyOf('other')];
const path = 'production/secret/a';
const wrongKey = (error: unknown) => error instanceof VaultError && error.code === 'VAULT_MASTER_KEY_WRONG';

/** A store, and replicas that open it with the keys that they are given. */
function shared() {
  const store: VaultStore = { ...memoryStore(), close: async () => {} };
  const replica = async (keys: MasterKeys) => {
    const place = { keys };
    const log = recordedLog();
    const opened = await openMasterKeyStore({ store, fetchKeys: async () => place.keys, random: systemRandom, log });
    return { opened, place, log };
  };
  return { store, replica };
}

const read = async (store: VaultStore): Promise<string> => Buffer.from((await store.read(path)).body).toString();

describe('the vault’s master key', () => {
  test('is replaced while the vault is in use: everything is sealed anew, and the former key is not needed any more', async () => {
    const { store, replica } = shared();
    const { opened, place } = await replica({ current: one });
    await opened.write(path, 0, Buffer.from('kept'));
    place.keys = { current: two };
    await opened.lookForKey();
    assert.equal(await read(opened), 'kept');
    assert.equal(await read(await openSealedStore(store, { current: two }, systemRandom)), 'kept');
    await assert.rejects(openSealedStore(store, { current: one }, systemRandom), wrongKey);
  });

  test('replicas come over one after the other, and none misses an entry meanwhile', async () => {
    const { replica } = shared();
    const [first, second] = [await replica({ current: one }), await replica({ current: one })];
    await first.opened.write(path, 0, Buffer.from('1'));
    first.place.keys = { current: two };
    second.place.keys = { current: two };
    await first.opened.lookForKey();
    // the second has not looked yet
    assert.equal(await read(second.opened), '1');
    await second.opened.write(path, 2, Buffer.from('2'));
    assert.equal(await read(first.opened), '2');
  });

  test('what a replica still sealed with the former key is read by one that came over', async () => {
    const { replica } = shared();
    const [first, second] = [await replica({ current: one }), await replica({ current: one })];
    first.place.keys = { current: two };
    await first.opened.lookForKey();
    await second.opened.write(path, 0, Buffer.from('late'));
    assert.equal(await read(first.opened), 'late');
  });

  test('a key that cannot be fetched, or does not fit, changes nothing', async () => {
    const { replica } = shared();
    const { opened } = await replica({ current: one });
    await opened.write(path, 0, Buffer.from('kept'));
    const foreign = await replica({ current: other, former: [one] });
    await assert.rejects(
      opened.lookForKey().then(() => opened.read(path)),
      wrongKey,
    );
    assert.equal(await read(foreign.opened), 'kept');
  });

  test('after a start in the middle of it, the former key helps to end it', async () => {
    const { store, replica } = shared();
    await (await openSealedStore(store, { current: one }, systemRandom)).write(path, 0, Buffer.from('kept'));
    await assert.rejects(replica({ current: two }), wrongKey);
    await replica({ current: two, former: [one] });
    assert.equal(await read((await replica({ current: two })).opened), 'kept');
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemRandom } from '@payment-manager/runtime';
import { masterKeyOf } from './master-key.ts';
import { memoryStore } from './memory-store.ts';
import { openSealedStore } from './sealed-store.ts';
import { testStore } from './store.conformance.ts';
import { MAX_BODY_BYTES, type VaultStore } from './vault-store.ts';

const keyA = masterKeyOf('aa'.repeat(32), 'a test');
const keyB = masterKeyOf('bb'.repeat(32), 'a test');
const openWith = (raw: VaultStore, current = keyA, former = [] as (typeof keyA)[]) =>
  openSealedStore(raw, { current, former }, systemRandom);
const text = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

testStore('sealed store', {
  async open() {
    const raw = memoryStore();
    return { store: await openWith(raw), again: () => openWith(raw), end: async () => {} };
  },
});

/** What was asked of a store. */
function watched(store: VaultStore): { store: VaultStore; writes: string[] } {
  const writes: string[] = [];
  const write: VaultStore['write'] = (path, seen, body) => {
    writes.push(path);
    return store.write(path, seen, body);
  };
  return { store: { ...store, write }, writes };
}

describe('sealed store', () => {
  test('nothing of a value can be read in what lies in the store, deleted or not', async () => {
    const raw = memoryStore();
    const sealed = await openWith(raw);
    await sealed.write('a/secret/x', 0, Buffer.from('canary-value'));
    const stored = text((await raw.read('a/secret/x')).body);
    assert.doesNotMatch(stored, /canary/);
    assert.match(stored, new RegExp(keyA.id));
    await assert.rejects(sealed.write('a/secret/x', 1, new Uint8Array(MAX_BODY_BYTES + 1)), { code: 'VAULT_UNAVAILABLE' });
  });

  test('what a later version wrote is refused at the opening, and nothing is written', async () => {
    const raw = memoryStore();
    await (await openWith(raw)).write('a/secret/x', 0, Buffer.from('v'));
    const { body } = await raw.read('a/secret/x');
    await raw.write('a/secret/x', 1, Buffer.from(text(body).replace('payment-manager-vault-1', 'payment-manager-vault-2')));
    const { store, writes } = watched(raw);
    await assert.rejects(openWith(store), { code: 'VAULT_NEWER', message: /format 2.*reads up to 1.*Run that version/ });
    assert.deepEqual(writes, []);
  });

  test('another master key is told apart from damage, and nothing is written', async () => {
    const raw = memoryStore();
    await (await openWith(raw)).write('a/secret/x', 0, Buffer.from('v'));
    const { store, writes } = watched(raw);
    await assert.rejects(openWith(store, keyB), { code: 'VAULT_MASTER_KEY_WRONG', message: new RegExp(keyA.id) });
    assert.deepEqual(writes, []);
    assert.equal(text((await (await openWith(raw)).read('a/secret/x')).body), 'v');
  });

  test('two first starts with different keys: one is refused, although nothing was stored yet', async () => {
    const raw = memoryStore();
    const both = await Promise.allSettled([openWith(raw, keyA), openWith(raw, keyB)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  test('an entry that was altered in any byte, moved, or put under another revision is damaged, and the others are not', async () => {
    const raw = memoryStore();
    const sealed = await openWith(raw);
    await sealed.write('a/secret/x', 0, Buffer.from('x'));
    await sealed.write('a/secret/y', 0, Buffer.from('y'));
    await sealed.write('b/secret/x', 0, Buffer.from('other'));
    const genuine = (await raw.read('a/secret/x')).body;
    const moved = (await raw.read('b/secret/x')).body;
    const refuses = async (body: Uint8Array, what: string): Promise<void> => {
      const { revision } = await raw.read('a/secret/x');
      await raw.write('a/secret/x', revision, body);
      const reopened = await openWith(raw).catch((error: { code: string }) => error.code);
      // An altered key id looks like another master key: then all is refused.
      if (typeof reopened === 'string') return assert.equal(reopened, 'VAULT_MASTER_KEY_WRONG', what);
      await assert.rejects(reopened.read('a/secret/x'), { code: 'VAULT_DAMAGED' }, what);
      assert.equal(text((await reopened.read('a/secret/y')).body), 'y');
    };
    await refuses(genuine, 'under revision 2');
    await refuses(moved, 'moved');
    for (let at = 0; at < genuine.length; at += 7) {
      const altered = Uint8Array.from(genuine);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await refuses(altered, `byte ${at}`);
    }
    const header = JSON.parse(text(genuine)) as Record<string, unknown>;
    const { revision } = await raw.read('a/secret/x');
    await refuses(Buffer.from(JSON.stringify({ ...header, revision: revision + 1 })), 'header with the revision mended');
    await refuses(Buffer.from('not json'), 'garbage');
  });

  test('the master key is rotated entry by entry; killed in between, it goes on; then the former key is needed no more', async () => {
    const raw = memoryStore();
    const before = await openWith(raw);
    for (const id of ['x', 'y', 'z']) await before.write(`a/secret/${id}`, 0, Buffer.from(id));
    let writes = 0;
    const dying: VaultStore = {
      ...raw,
      write: (path, seen, body) => (++writes > 2 ? Promise.reject(new Error('killed')) : raw.write(path, seen, body)),
    };
    const during = await openWith(dying, keyB, [keyA]);
    await assert.rejects(during.reseal(), /killed/);
    await assert.rejects(openWith(raw, keyB), { code: 'VAULT_MASTER_KEY_WRONG' });
    await assert.rejects(openWith(raw, keyA), { code: 'VAULT_MASTER_KEY_WRONG' });

    assert.equal(await (await openWith(raw, keyB, [keyA])).reseal(), 2);
    const after = await openWith(raw, keyB);
    for (const id of ['x', 'y', 'z']) assert.equal(text((await after.read(`a/secret/${id}`)).body), id);
    assert.equal(await after.reseal(), 0);
    await assert.rejects(openWith(raw, keyA), { code: 'VAULT_MASTER_KEY_WRONG' });
    for (const path of (await raw.list()).keys()) assert.doesNotMatch(text((await raw.read(path)).body), new RegExp(keyA.id));
  });

  test('a change that falls into the rotation is not lost', async () => {
    const raw = memoryStore();
    await (await openWith(raw)).write('a/secret/x', 0, Buffer.from('old'));
    const other = await openWith(raw, keyA, [keyB]);
    let first = true;
    const racing: VaultStore = {
      ...raw,
      async write(path, seen, body) {
        if (first && path === 'a/secret/x') {
          first = false;
          await other.write(path, seen, Buffer.from('new'));
        }
        return raw.write(path, seen, body);
      },
    };
    await (await openWith(racing, keyB, [keyA])).reseal();
    assert.equal(text((await (await openWith(raw, keyB)).read('a/secret/x')).body), 'new');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SEALED_BYTES, type VaultStore } from './vault-store.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const text = (body: Uint8Array): string => Buffer.from(body).toString('utf8');
const key = 'production/jws-signing/own';

/** Ways to open one and the same empty store. `again` opens what another has open, as a second process would. */
export interface StoreUnderTest {
  open(): Promise<{ store: VaultStore; again(): Promise<VaultStore>; end(): Promise<void> }>;
}

/** What every store promises, as tests. */
export function testStore(name: string, { open }: StoreUnderTest): void {
  const say = (promise: string, run: (store: VaultStore, again: () => Promise<VaultStore>) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => {
      const opened = await open();
      try {
        await run(opened.store, opened.again);
      } finally {
        await opened.store.close();
        await opened.end();
      }
    });
  };

  say('what was never written has revision 0 and no body', async (store) => {
    assert.deepEqual(await store.read(key), { revision: 0, body: new Uint8Array() });
    assert.deepEqual(await store.list(), new Map());
  });

  say('a body comes back byte for byte, by whoever opens the store', async (store, again) => {
    const body = Uint8Array.from({ length: 70_000 }, (_, n) => n % 256);
    assert.equal(await store.write(key, 0, body), true);
    for (const reader of [store, await again()]) {
      const read = await reader.read(key);
      assert.equal(read.revision, 1);
      assert.deepEqual(Buffer.from(read.body), Buffer.from(body));
      if (reader !== store) await reader.close();
    }
  });

  say('a write that has not seen the latest revision stores nothing', async (store) => {
    assert.equal(await store.write(key, 1, bytes('too early')), false);
    assert.equal(await store.write(key, 0, bytes('first')), true);
    assert.equal(await store.write(key, 0, bytes('again')), false);
    assert.equal(await store.write(key, 1, bytes('second')), true);
    assert.equal(await store.write(key, 1, bytes('late')), false);
    assert.equal(await store.write(key, 3, bytes('too early')), false);
    const { revision, body } = await store.read(key);
    assert.deepEqual([revision, text(body)], [2, 'second']);
  });

  say('a deleted entry is empty, and a writer that saw it before cannot revive it', async (store) => {
    await store.write(key, 0, bytes('first'));
    assert.equal(await store.write(key, 1, new Uint8Array()), true);
    const { revision, body } = await store.read(key);
    assert.deepEqual([revision, body.length], [2, 0]);
    assert.equal(await store.write(key, 0, bytes('late')), false);
    assert.equal(await store.write(key, 1, bytes('late')), false);
    assert.equal(await store.write(key, 2, bytes('anew')), true);
  });

  say('paths are told apart, also those that some file systems confuse, and listed with their revisions', async (store) => {
    const paths = ['a/peer-jws/BankA', 'a/peer-jws/banka', 'a/peer-jws/x-41', 'a/peer-jws/..', 'a/peer-jws/a%b:c', 'b/peer-jws/banka'];
    for (const path of paths) assert.equal(await store.write(path, 0, bytes(path)), true, path);
    await store.write('a/peer-jws/banka', 1, bytes('a/peer-jws/banka'));
    for (const path of paths) assert.equal(text((await store.read(path)).body), path);
    const expected = new Map(paths.map((path) => [path, path === 'a/peer-jws/banka' ? 2 : 1]));
    assert.deepEqual(new Map([...(await store.list())].sort()), new Map([...expected].sort()));
  });

  say('what is too large is refused and harms nothing', async (store) => {
    await store.write(key, 0, bytes('first'));
    await assert.rejects(store.write(key, 1, new Uint8Array(MAX_SEALED_BYTES + 1)), { code: 'VAULT_UNAVAILABLE' });
    assert.equal((await store.read(key)).revision, 1);
  });

  say('of many writers at once one wins each revision, if the store compares and sets', async (store, again) => {
    if (!store.comparesAndSets) return;
    const other = await again();
    const counted = async (writer: VaultStore, seen: number): Promise<number> =>
      (await writer.write(key, seen, bytes(`${seen}`))) ? 1 : 0;
    for (let seen = 0; seen < 3; seen++) {
      const won = await Promise.all([store, other, store, other, store, other].map((writer) => counted(writer, seen)));
      assert.equal(
        won.reduce((sum, one) => sum + one, 0),
        1,
      );
    }
    await other.close();
  });
}

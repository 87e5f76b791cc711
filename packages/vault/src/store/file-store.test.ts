import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { openFileStore } from './file-store.ts';
import { testStore } from './store.conformance.ts';

const openIn = (folder: string) => openFileStore({ folder: join(folder, 'vault'), clock: systemClock, random: systemRandom });
const temporary = () => mkdtemp(join(tmpdir(), 'pm-vault-'));

testStore('file store', {
  async open() {
    const folder = await temporary();
    return { store: await openIn(folder), again: () => openIn(folder), end: () => rm(folder, { recursive: true }) };
  },
});

describe('file store', () => {
  const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await temporary();
    try {
      await run(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test('files are for their owner alone, and one that is open to others is refused', () =>
    inFolder(async (folder) => {
      const store = await openIn(folder);
      await store.write('sandbox/secret/a', 0, Buffer.from('x'));
      const file = join(folder, 'vault/sandbox/secret/a.1.json');
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      for (const inside of ['vault', 'vault/sandbox', 'vault/sandbox/secret'])
        assert.equal((await stat(join(folder, inside))).mode & 0o777, 0o700, inside);
      await chmod(file, 0o640);
      await assert.rejects(store.read('sandbox/secret/a'), { code: 'VAULT_PERMISSIONS' });
      await chmod(file, 0o600);
      await chmod(join(folder, 'vault'), 0o750);
      await assert.rejects(openIn(folder), { code: 'VAULT_PERMISSIONS' });
    }));

  test('no older revision is left on the disk, and what a crash left is removed', () =>
    inFolder(async (folder) => {
      const store = await openIn(folder);
      for (let seen = 0; seen < 3; seen++) await store.write('sandbox/secret/a', seen, Buffer.from(`${seen}`));
      const own = join(folder, 'vault/sandbox/secret');
      assert.deepEqual(await readdir(own), ['a.3.json']);
      for (const left of ['a.2.json', '.new-old', '.new-young']) await writeFile(join(own, left), 'x', { mode: 0o600 });
      await utimes(join(own, '.new-old'), 1, 1);
      await openIn(folder);
      assert.deepEqual((await readdir(own)).sort(), ['.new-young', 'a.3.json']);
    }));

  test('to read again what was read before costs the same among two thousand as among ten', () =>
    inFolder(async (folder) => {
      const readerOf = async (environment: string, entries: number): Promise<() => Promise<number>> => {
        const own = join(folder, `vault/${environment}/peer-jws`);
        await mkdir(own, { recursive: true, mode: 0o700 });
        await chmod(join(folder, 'vault'), 0o700);
        for (let n = 0; n < entries; n++) await writeFile(join(own, `bank${n}.1.json`), 'x', { mode: 0o600 });
        const store = await openIn(folder);
        await store.read(`${environment}/peer-jws/bank3`);
        return async () => {
          const { user, system } = process.cpuUsage();
          for (let n = 0; n < 200; n++) await store.read(`${environment}/peer-jws/bank3`);
          const used = process.cpuUsage();
          return used.user + used.system - user - system;
        };
      };
      const few = await readerOf('few', 10);
      const many = await readerOf('many', 2_000);
      await few();
      // the least of several in turn: the process's CPU is also that of whatever else runs in it
      const costs = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
      for (let round = 0; round < 5; round++) {
        costs.few = Math.min(costs.few, await few());
        costs.many = Math.min(costs.many, await many());
      }
      assert.ok(costs.many < 3 * costs.few, `${costs.few} µs among ten, ${costs.many} µs among two thousand`);
    }));

  test('another file under the name that was read is not taken for it, and the newest is found', () =>
    inFolder(async (folder) => {
      const [store, other] = [await openIn(folder), await openIn(folder)];
      const path = 'sandbox/secret/a';
      const own = join(folder, 'vault/sandbox/secret');
      const textIn = async (): Promise<string> => Buffer.from((await store.read(path)).body).toString();
      for (let before = 0; before < 2; before++) await store.write(path, before, Buffer.from(`${before + 1}`));
      assert.equal(await textIn(), '2');
      await other.write(path, 2, Buffer.from('3'));
      await other.write(path, 3, Buffer.from('4'));
      // A writer that was held up since before the third has the name that is free again, and dies before it looks.
      await writeFile(join(own, 'a.2.json'), 'held up', { mode: 0o600 });
      assert.equal(await textIn(), '4');
    }));

  test('a folder that cannot be written is told with the reason', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'vault'), 'a file');
      await assert.rejects(openIn(folder), { code: 'VAULT_UNAVAILABLE', message: /EEXIST|ENOTDIR/ });
    }));
});

import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { recordedLog, systemRandom } from '@payment-manager/runtime';
import { DataFolderUnusable, sealingKey } from './sealing-key.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-data-'));
  try {
    await use(join(folder, 'data'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Begun = Parameters<typeof sealingKey>[1];

const get = (folder: string, log = recordedLog(), begun?: Begun) => sealingKey(folder, begun, systemRandom, log);

describe('sealing key', () => {
  test('it is made at the first start, private to this user, and the same at the next', () =>
    inFolder(async (folder) => {
      const first = await get(folder);
      assert.equal(first.length, 32);
      assert.equal((await stat(join(folder, 'journal.key'))).mode & 0o777, 0o600);
      assert.deepEqual(await readdir(folder), ['journal.key']);
      assert.deepEqual(await get(folder), first);
    }));

  test('first starts at the same time agree on one key', () =>
    inFolder(async (folder) => {
      const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => get(folder)));
      for (const other of others) assert.deepEqual(other, first);
    }));

  test('a journal without its key is refused, and no new key is made', () =>
    inFolder(async (folder) => {
      await get(folder);
      await rm(join(folder, 'journal.key'));
      const there = { where: 'The journal', fingerprint: undefined };
      await assert.rejects(
        get(folder, recordedLog(), there),
        (error: unknown) => error instanceof DataFolderUnusable && /journal\.key/.test(error.message),
      );
      assert.deepEqual(await readdir(folder), []);
    }));

  test('a damaged key is refused', () =>
    inFolder(async (folder) => {
      await get(folder);
      await writeFile(join(folder, 'journal.key'), 'abc');
      await assert.rejects(get(folder), DataFolderUnusable);
    }));

  test('a key that others may read is told', () =>
    inFolder(async (folder) => {
      await get(folder);
      await chmod(join(folder, 'journal.key'), 0o644);
      const log = recordedLog();
      await get(folder, log);
      assert.equal(log.lines.filter((line) => line.level === 'warn').length, 1);
    }));

  test('a key that belongs to root and that our group may read is as a cluster mounts it: nothing is told', (t) =>
    inFolder(async (folder) => {
      if (process.geteuid?.() !== 0) return t.skip('only root makes a file that belongs to root');
      await get(folder);
      await chmod(join(folder, 'journal.key'), 0o440);
      const log = recordedLog();
      await get(folder, log);
      assert.deepEqual(log.lines, []);
    }));
});

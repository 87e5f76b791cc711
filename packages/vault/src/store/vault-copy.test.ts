import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock, systemRandom, systemTimers, type Timers } from '@payment-manager/runtime';
import { openFileStore } from './file-store.ts';
import { type MasterKeys, masterKeyOf } from './master-key.ts';
import { memoryStore } from './memory-store.ts';
import { restoreFiles } from './restore-files.ts';
import { openSealedStore } from './sealed-store.ts';
import { copyEntries, readCopy, writeCopy } from './vault-copy.ts';
import type { VaultStore } from './vault-store.ts';

const [keyA, keyB] = ['ab', 'cd'].map((byte) => masterKeyOf(byte.repeat(32), 'a test')) as [MasterKeys['current'], MasterKeys['current']];
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-vault-copy-'));
});
after(() => rm(folder, { recursive: true }));

/** Waits for nothing; `between` runs in each pause. */
const pausing = (between: () => Promise<void>): Timers => ({
  ...systemTimers,
  after(_ms, then) {
    void between().then(then);
    return { cancel: () => {} };
  },
});
const copying = (store: VaultStore, keys: () => MasterKeys, between = async (): Promise<void> => {}) =>
  copyEntries(store, { fetchKeys: async () => keys(), random: systemRandom, timers: pausing(between) });

async function filled(count = 3) {
  const raw = memoryStore();
  const sealed = await openSealedStore(raw, { current: keyA }, systemRandom);
  for (let n = 0; n < count; n++) await sealed.write(`a/secret/${n}`, 0, Buffer.from(`${n}`));
  return { raw, sealed };
}

/** A store in which somebody else writes when an entry is read for the nth time. */
function disturbed(raw: VaultStore, at: number, disturb: () => Promise<unknown>): VaultStore {
  let reads = 0;
  return {
    ...raw,
    async read(path) {
      if (++reads === at) await disturb();
      return raw.read(path);
    },
  };
}

describe('a copy of the vault', () => {
  test('is of one instant, whoever writes meanwhile', async () => {
    for (const at of [1, 2, 3, 4]) {
      const { raw, sealed } = await filled();
      const store = disturbed(raw, at, async () => {
        await sealed.write('a/secret/0', 1, Buffer.from('new'));
        await sealed.write('a/secret/2', 1, Buffer.from('new'));
      });
      const { entries } = await copying(store, () => ({ current: keyA }));
      const revisions = new Map(entries.map(({ path, revision }) => [path, revision]));
      assert.deepEqual([revisions.get('a/secret/0'), revisions.get('a/secret/2')], [2, 2]);
    }
  });

  test('waits for a rotation of the master key to end: one key opens all of it', async () => {
    const { raw } = await filled();
    const during = await openSealedStore(raw, { current: keyB, former: [keyA] }, systemRandom);
    await during.write('a/secret/0', 1, Buffer.from('already'));
    let pauses = 0;
    const { entries, masterKey } = await copying(
      raw,
      () => ({ current: keyB, former: [keyA] }),
      async () => {
        if (++pauses === 2) await during.reseal();
      },
    );
    assert.deepEqual([masterKey, pauses, entries.length], [keyB.id, 2, 4]);
    for (const { body } of entries) assert.match(Buffer.from(body).toString(), new RegExp(keyB.id));
  });

  test('is given up where the vault changes all the time, and where another master key has sealed it', async () => {
    const { raw, sealed } = await filled(1);
    let revision = 1;
    const restless: VaultStore = {
      ...raw,
      async list() {
        await sealed.write('a/secret/0', revision++, Buffer.from('again'));
        return raw.list();
      },
    };
    await assert.rejects(
      copying(restless, () => ({ current: keyA })),
      { code: 'VAULT_CONFLICT' },
    );
    await assert.rejects(
      copying(raw, () => ({ current: keyB })),
      { code: 'VAULT_MASTER_KEY_WRONG' },
    );
  });

  test('comes back byte for byte in a file store; a file that names a place outside of the folder is refused', async () => {
    const { raw } = await filled();
    const { key, ...copied } = await copying(raw, () => ({ current: keyA }));
    const file = join(folder, 'copy');
    await writeCopy(file, { fspId: 'greenbank', madeAt: 1, ...copied }, key, systemRandom);
    const { entries } = await readCopy(file, { keyOf: async () => keyA });
    const target = join(folder, 'vault');
    assert.equal(await restoreFiles({ folder: target, aside: `${target}.old`, entries }), false);
    const files = await openFileStore({ folder: target, clock: systemClock, random: systemRandom });
    for (const { path, ...entry } of copied.entries) assert.deepEqual(await files.read(path), { ...entry, body: Buffer.from(entry.body) });
    assert.deepEqual((await readdir(folder)).sort(), ['copy', 'vault'], 'nothing is left over');

    const strange = JSON.stringify({ path: '../../outside/x', revision: 1, body: '' });
    const text = `${JSON.stringify({ format: 'payment-manager-vault-copy-1', fspId: 'x', madeAt: 1, masterKey: 'x', entries: 1 })}\n${strange}\n`;
    const sum = createHash('sha256').update(text).digest('hex');
    await writeFile(join(folder, 'strange'), `${text}${JSON.stringify({ sha256: sum })}\n`);
    await assert.rejects(readCopy(join(folder, 'strange'), { keyOf: async () => keyA, mayBeUnsigned: true }), {
      code: 'VAULT_NAME_INVALID',
    });
  });

  test('one that somebody altered without the master key is refused: an entry left out, another in its place, the MAC left out', async () => {
    const { raw } = await filled();
    const { key, ...copied } = await copying(raw, () => ({ current: keyA }));
    const file = join(folder, 'made');
    await writeCopy(file, { fspId: 'greenbank', madeAt: 1, ...copied }, key, systemRandom);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const forged = async (name: string, altered: readonly string[], last: (text: string) => object): Promise<string> => {
      const text = `${altered.join('\n')}\n`;
      await writeFile(join(folder, name), `${text}${JSON.stringify(last(text))}\n`);
      return join(folder, name);
    };
    const sum = (text: string): object => ({ sha256: createHash('sha256').update(text).digest('hex') });
    const mac = (): object => JSON.parse(lines.at(-1) ?? '') as object;
    const head = lines[0]?.replace('"entries":4', '"entries":3') ?? '';
    const without = [head, ...lines.slice(2, -1)];
    const keyOf = async () => keyA;
    for (const last of [sum, mac]) await assert.rejects(readCopy(await forged('forged', without, last), { keyOf }), /altered/);
    const asBefore = [head.replace('copy-2', 'copy-1'), ...lines.slice(2, -1)];
    await assert.rejects(readCopy(await forged('as-before', asBefore, sum), { keyOf }), /has no MAC.*--unsigned/);
    assert.equal((await readCopy(join(folder, 'as-before'), { keyOf, mayBeUnsigned: true })).entries.length, 3);
  });
});

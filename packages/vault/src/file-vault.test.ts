import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { openFileStore } from './store/file-store.ts';
import { masterKeyOf } from './store/master-key.ts';
import { memoryStore } from './store/memory-store.ts';
import { openSealedStore } from './store/sealed-store.ts';
import type { VaultStore } from './store/vault-store.ts';
import { testVault } from './vault.conformance.ts';
import { openVault } from './vault.ts';

const keys = { current: masterKeyOf('5a'.repeat(32), 'a test') };
const over = (store: VaultStore) => openVault({ store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });

async function contentsOf(store: VaultStore): Promise<string> {
  const bodies = await Promise.all([...(await store.list()).keys()].map(async (path) => (await store.read(path)).body));
  return bodies.map((body) => Buffer.from(body).toString('utf8').replaceAll('\\n', '\n')).join('\n');
}

testVault('vault in files', {
  writersCompete: true,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'pm-vault-'));
    const sealed = async () =>
      openSealedStore(await openFileStore({ folder, clock: systemClock, random: systemRandom }), keys, systemRandom);
    const again = async () => over(await sealed());
    const contents = async () => contentsOf(await sealed());
    return { vault: await again(), again, contents, end: () => rm(folder, { recursive: true }) };
  },
});

testVault('vault in memory', {
  writersCompete: true,
  async open() {
    const store = memoryStore();
    return { vault: await over(store), again: () => over(store), contents: () => contentsOf(store), end: async () => {} };
  },
});

const doing = { by: 'a test', why: 'to see' };

async function inFiles(run: (folder: string, open: () => ReturnType<typeof openVault>) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'pm-vault-'));
  const folder = join(root, 'vault');
  const open = async () =>
    over(await openSealedStore(await openFileStore({ folder, clock: systemClock, random: systemRandom }), keys, systemRandom));
  try {
    await run(folder, open);
  } finally {
    await rm(root, { recursive: true });
  }
}

test('vault in files: two files whose contents are swapped are damaged, each', () =>
  inFiles(async (folder, open) => {
    const { secrets } = (await open()).environment('sandbox');
    for (const id of ['a', 'b']) await secrets.put(id, new Secret(id), doing);
    const [a, b] = ['a', 'b'].map((id) => join(folder, 'sandbox/secret', `${id}.1.json`)) as [string, string];
    const [bodyOfA, bodyOfB] = [await readFile(a), await readFile(b)];
    await writeFile(a, bodyOfB);
    await writeFile(b, bodyOfA);
    for (const id of ['a', 'b']) await assert.rejects((await open()).environment('sandbox').secrets.get(id), { code: 'VAULT_DAMAGED' });
  }));

test('vault in files: an older copy that is put back under a running process is seen; others that write meanwhile are not taken for it', () =>
  inFiles(async (folder, open) => {
    const [vault, other] = [await open(), await open()];
    const { secrets } = other.environment('sandbox');
    await secrets.put('a', new Secret('1'), doing);
    await cp(folder, `${folder}.copy`, { recursive: true });
    const writing = (async () => {
      for (let n = 0; n < 40; n++) await secrets.put(n % 2 === 0 ? 'a' : `b-${n}`, new Secret(`${n}`), doing);
    })();
    for (let n = 0; n < 40; n++) await vault.refresh();
    await writing;
    await vault.refresh();
    await rm(folder, { recursive: true });
    await cp(`${folder}.copy`, folder, { recursive: true });
    await assert.rejects(vault.refresh(), {
      code: 'VAULT_DAMAGED',
      message: /sandbox\/secret\/\S+ has gone back from revision \d+ to [01]:/,
    });
  }));

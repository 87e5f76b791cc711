import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
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

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { recordedLog, Secret, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import type { Vault } from '@payment-manager/vault';
import { openConfiguredVault } from '@payment-manager/vault/configured';
import { pmIn } from '../../../test/command-line.ts';

const doing = { by: 'a test', why: 'to see' };
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pm-vault-backup-'));
});
after(() => rm(root, { recursive: true }));

const pm = (name: string, ...args: string[]) => pmIn(join(root, name), args);

async function dfsp(name: string, { fspId = 'greenbank', vault = 'store: file', journal = '' } = {}): Promise<void> {
  await mkdir(join(root, name, 'data'), { recursive: true });
  const text = `fspId: ${fspId}\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } }\ncore: { baseUrl: 'http://127.0.0.1:9' }\ninbound: { tls: { enabled: true } }\noperations: { port: 0 }\nvault: { ${vault} }\n${journal}`;
  await writeFile(join(root, name, 'payment-manager.yaml'), text);
}

async function inVault<T>(name: string, work: (vault: Vault) => Promise<T>): Promise<T> {
  const { config } = await loadConfig(join(root, name, 'payment-manager.yaml'), {}, join(root, name));
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog() };
  const opened = await openConfiguredVault(config, world);
  assert.ok(opened);
  try {
    return await work(opened.vault);
  } finally {
    await opened.vault.close();
  }
}

const put = (name: string, value: string) =>
  inVault(name, (vault) => vault.environment('production').secrets.put('a', new Secret(value), doing));
const kept = (name: string) => inVault(name, async (vault) => (await vault.environment('production').secrets.get('a'))?.reveal());

describe('pm backup --vault and pm restore --vault', () => {
  test('a lost vault comes back from copy and master key, with its keys; the copy is sealed, for its owner only, and never overwritten', async () => {
    await dfsp('lost');
    await put('lost', 'canary-kept');
    const { id } = await inVault('lost', (vault) => vault.environment('production').keys.generate('tls-client', doing, 'EC-P256'));
    const made = await pm('lost', 'backup', '--vault', 'vault.copy');
    assert.equal(made.exitCode, 0, made.text);
    assert.match(made.text, /3 entries of the vault.*Keep the master key/);
    const copy = join(root, 'lost', 'vault.copy');
    assert.doesNotMatch(readFileSync(copy, 'utf8'), /canary|PRIVATE/);
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.equal((await pm('lost', 'backup', '--vault', 'vault.copy')).exitCode, 78);

    await rename(join(root, 'lost', 'data', 'vault'), join(root, 'lost', 'gone'));
    await rename(join(root, 'lost', 'data', 'vault.key'), join(root, 'lost', 'key'));
    const keyless = await pm('lost', 'restore', '--vault', 'vault.copy', '--yes');
    assert.deepEqual([keyless.exitCode, /VAULT_MASTER_KEY_MISSING/.test(keyless.text)], [78, true]);
    assert.ok(!existsSync(join(root, 'lost', 'data', 'vault.key')), 'none is made');
    await rename(join(root, 'lost', 'key'), join(root, 'lost', 'data', 'vault.key'));
    const restored = await pm('lost', 'restore', '--vault', 'vault.copy', '--yes');
    assert.equal(restored.exitCode, 0, restored.text);
    assert.match(restored.text, /Changes of keys after 20.*compromised KEY/s);
    assert.equal(await kept('lost'), 'canary-kept');
    const found = await inVault('lost', (vault) => vault.environment('production').keys.list('tls-client'));
    assert.equal(found[0]?.id, id);
  });

  test('a newer vault is not replaced, unless it is forced; then it is moved aside', async () => {
    await dfsp('newer');
    await put('newer', 'old');
    await pm('newer', 'backup', '--vault', 'old.copy');
    assert.equal((await pm('newer', 'restore', '--vault', 'old.copy', '--yes')).exitCode, 0, 'the same as it is');
    await put('newer', 'new');
    const refused = await pm('newer', 'restore', '--vault', 'old.copy', '--yes');
    assert.equal(refused.exitCode, 78);
    assert.match(refused.text, /VAULT_COPY_UNUSABLE.*is newer.*production\/secret\/a/s);
    assert.equal(await kept('newer'), 'new');
    assert.equal((await pm('newer', 'restore', '--vault', 'old.copy', '--yes', '--force')).exitCode, 0);
    assert.equal(await kept('newer'), 'old');
    assert.equal(readdirSync(join(root, 'newer', 'data')).filter((one) => one.startsWith('vault.replaced-')).length, 2);
  });

  test('a copy that is altered, of another DFSP or of another master key is refused, and changes nothing', async () => {
    await dfsp('mine');
    await put('mine', 'mine');
    await pm('mine', 'backup', '--vault', 'my.copy');
    const file = join(root, 'mine', 'my.copy');
    const text = readFileSync(file, 'utf8');
    for (const [name, altered] of [
      ['cut', text.slice(0, -200)],
      ['changed', text.replace('"revision":1', '"revision":2')],
      ['empty', ''],
    ] as const) {
      writeFileSync(join(root, 'mine', name), altered);
      assert.match((await pm('mine', 'restore', '--vault', name, '--yes')).text, /VAULT_COPY_UNUSABLE/, name);
    }
    await dfsp('other-fsp', { fspId: 'bluebank' });
    copyFileSync(join(root, 'mine', 'data', 'vault.key'), join(root, 'other-fsp', 'data', 'vault.key'));
    assert.match((await pm('other-fsp', 'restore', '--vault', file, '--yes')).text, /is a copy of greenbank’s vault/);
    await dfsp('other-key');
    await put('other-key', 'other');
    const wrong = await pm('other-key', 'restore', '--vault', file, '--yes', '--force');
    assert.deepEqual([wrong.exitCode, /First put back the master key that belongs to the copy/.test(wrong.text)], [78, true]);
    assert.equal(await kept('other-key'), 'other');
  });

  test('a copy from before the rotation of the master key is restored with the previous key beside the new one', async () => {
    await dfsp('rotated', { vault: 'store: file, pollMs: 100' });
    await put('rotated', 'kept');
    await pm('rotated', 'backup', '--vault', 'before.copy');
    const former = readFileSync(join(root, 'rotated', 'data', 'vault.key'));
    assert.equal((await pm('rotated', 'keys', 'rotate', 'vault', '--yes')).exitCode, 0);
    assert.equal((await pm('rotated', 'restore', '--vault', 'before.copy', '--yes', '--force')).exitCode, 78);
    await writeFile(join(root, 'rotated', 'former'), former, { mode: 0o600 });
    await dfsp('rotated', { vault: 'store: file, masterKey: { formerFile: former }' });
    assert.equal((await pm('rotated', 'restore', '--vault', 'before.copy', '--yes', '--force')).exitCode, 0);
    assert.equal(await kept('rotated'), 'kept');
    await rm(join(root, 'rotated', 'former'));
    assert.equal(await kept('rotated'), 'kept', 'it is sealed anew');
  });

  test('a restore that was interrupted is run again; until then the vault is not opened', async () => {
    await dfsp('half');
    await put('half', 'half');
    await pm('half', 'backup', '--vault', 'half.copy');
    const vault = join(root, 'half', 'data', 'vault');
    await cp(vault, `${vault}.restoring`, { recursive: true });
    await rm(vault, { recursive: true });
    await assert.rejects(kept('half'), { code: 'VAULT_DAMAGED', message: /restore.*interrupted/ });
    assert.equal((await pm('half', 'restore', '--vault', 'half.copy', '--yes')).exitCode, 0);
    assert.equal(await kept('half'), 'half');
  });

  test('what is not in files is backed up elsewhere, and the command says where', async () => {
    const postgres = "journal: { store: postgres, postgresUrl: 'postgres://127.0.0.1:9/pm' }\n";
    await dfsp('postgres', { vault: 'store: postgres, masterKey: { file: key }', journal: postgres });
    const inDatabase = await pm('postgres', 'backup', '--vault', 'x');
    assert.deepEqual([inDatabase.exitCode, /pg_basebackup/.test(inDatabase.text)], [64, true]);
    await dfsp('server', { vault: 'store: hashicorp, hashicorp: { url: https://127.0.0.1:9, role: r, credentialFile: c }' });
    assert.match((await pm('server', 'backup', '--vault', 'x')).text, /raft snapshot save/);
    await dfsp('none');
    assert.deepEqual([(await pm('none', 'backup', '--vault', 'x')).exitCode, (await pm('none', 'restore')).exitCode], [78, 64]);
  });
});

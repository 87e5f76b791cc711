import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { recordedLog, Secret, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { fetchMasterKey, watchVault } from '@payment-manager/vault';
import { type OpenedVault, openConfiguredVault } from '@payment-manager/vault/configured';
import { pmIn } from '../../../test/command-line.ts';

const doing = { by: 'a test', why: 'to see' };
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pm-rotate-vault-'));
});
after(() => rm(root, { recursive: true }));

const inData = (name: string, ...path: string[]): string => join(root, name, 'data', ...path);
const rotate = (name: string) => pmIn(join(root, name), ['keys', 'rotate', 'vault', '--yes']);
const idOf = async (file: string): Promise<string> => (await fetchMasterKey({ file }, {})).id;

async function dfsp(name: string, vault = 'store: file', journal = ''): Promise<void> {
  await mkdir(inData(name), { recursive: true });
  const text = `fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } }\ncore: { baseUrl: 'http://127.0.0.1:9' }\ninbound: { tls: { enabled: true } }\noperations: { port: 0 }\nvault: { ${vault}, pollMs: 100 }\n${journal}`;
  await writeFile(join(root, name, 'payment-manager.yaml'), text);
}

async function open(name: string): Promise<OpenedVault> {
  const { config } = await loadConfig(join(root, name, 'payment-manager.yaml'), {}, join(root, name));
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog() };
  const opened = await openConfiguredVault(config, world);
  assert.ok(opened);
  return opened;
}

async function put(name: string, ...values: readonly string[]): Promise<void> {
  const { vault } = await open(name);
  for (const value of values) await vault.environment('production').secrets.put(value, new Secret(value), doing);
  await vault.close();
}

async function demandKept(name: string, ...values: readonly string[]): Promise<void> {
  const { vault } = await open(name);
  for (const value of values) assert.equal((await vault.environment('production').secrets.get(value))?.reveal(), value);
  await vault.close();
}

/** Which master keys seal what lies in the folder. */
const sealedWith = (name: string): string[] => [
  ...new Set(
    globSync(inData(name, 'vault', '*', '*', '*.json')).map(
      (file) => (JSON.parse(readFileSync(file, 'utf8')) as { masterKey: string }).masterKey,
    ),
  ),
];

describe('pm keys rotate vault', () => {
  test('everything is sealed with a fresh key, the former one is gone, and nothing is lost', async () => {
    await dfsp('stopped');
    await put('stopped', 'a', 'b');
    const former = readFileSync(inData('stopped', 'vault.key'), 'utf8');
    const { exitCode, text } = await rotate('stopped');
    assert.equal(exitCode, 0, text);
    const id = await idOf(inData('stopped', 'vault.key'));
    assert.deepEqual([sealedWith('stopped'), text.includes(id)], [[id], true]);
    assert.deepEqual(
      [statSync(inData('stopped', 'vault.key')).mode & 0o777, existsSync(inData('stopped', 'vault.key.former'))],
      [0o600, false],
    );
    await demandKept('stopped', 'a', 'b');
    writeFileSync(inData('stopped', 'vault.key'), former);
    await assert.rejects(open('stopped'), { code: 'VAULT_MASTER_KEY_WRONG' });
    assert.ok(!text.includes(former.trim()) && !text.includes(readFileSync(inData('stopped', 'vault.key'), 'utf8').trim()));
  });

  test('a running product goes on writing, with the former key until it sees the new one: nothing is lost', async () => {
    await dfsp('running');
    await put('running', 'a');
    const product = await open('running');
    const watching = watchVault({ ...product.vault, refresh: () => product.look() }, 100, systemTimers, recordedLog());
    const { secrets } = product.vault.environment('production');
    const written: string[] = ['a'];
    let rotated = false;
    const rotating = rotate('running').then((ended) => {
      rotated = true;
      return ended;
    });
    for (let n = 0; !rotated && n < 1_000; n++) {
      await secrets.put(`n-${n}`, new Secret(`n-${n}`), doing);
      written.push(`n-${n}`);
      await new Promise<void>((resolve) => void systemTimers.after(5, resolve));
    }
    assert.equal((await rotating).exitCode, 0);
    watching.stop();
    await product.vault.close();
    assert.deepEqual(sealedWith('running'), [await idOf(inData('running', 'vault.key'))]);
    await demandKept('running', ...written);
    assert.ok(written.length > 10);
  });

  test('killed after any step it is run again, and ends; until then the vault opens with both keys', async () => {
    await dfsp('killed');
    await put('killed', 'a');
    const [key, former] = [inData('killed', 'vault.key'), inData('killed', 'vault.key.former')];
    // the former key is kept, and the new one not there yet
    writeFileSync(former, readFileSync(key), { mode: 0o600 });
    await demandKept('killed', 'a');
    assert.equal((await rotate('killed')).exitCode, 0);
    // a crash has left one under its first name
    const leftover = `${key}.${systemRandom.uuid()}`;
    writeFileSync(leftover, 'ef'.repeat(32), { mode: 0o600 });
    // the new one is there, and nothing is sealed with it yet
    renameSync(key, former);
    writeFileSync(key, 'cd'.repeat(32), { mode: 0o600 });
    await demandKept('killed', 'a');
    assert.equal((await rotate('killed')).exitCode, 0);
    assert.deepEqual([sealedWith('killed'), existsSync(former), existsSync(leftover)], [[await idOf(key)], false, false]);
    await demandKept('killed', 'a');
  });

  test('a key from a variable or a command, and one that replicas share, is replaced by hand, and the command says how', async () => {
    const journal = "journal: { store: postgres, postgresUrl: 'postgres://127.0.0.1:9/pm' }\n";
    await dfsp('variable', 'store: file, masterKey: { variable: VAULT_KEY }');
    await dfsp('command', 'store: file, masterKey: { command: [cat, key] }');
    await dfsp('shared', 'store: postgres, masterKey: { file: key }', journal);
    for (const [name, source] of [
      ['variable', /Make VAULT_KEY return/],
      ['command', /Make the command return/],
      ['shared', /Make the file on every replica return/],
    ] as const) {
      const { exitCode, text } = await rotate(name);
      assert.deepEqual([exitCode, source.test(text)], [64, true], text);
    }
    await dfsp('server', 'store: hashicorp, hashicorp: { url: https://127.0.0.1:9, role: r, credentialFile: c }');
    assert.match((await rotate('server')).text, /rotates its own key/);
  });
});

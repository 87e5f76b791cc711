import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Config, loadConfig } from '@payment-manager/configuration';
import {
  recordedLog,
  Secret,
  startHttpServer,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import { openVaultServer } from '@payment-manager/sandbox';
import { type OpenedVault, openConfiguredVault } from './open-vault.ts';

const doing = { by: 'a test', why: 'to see' };
const master = 'ab'.repeat(32);
let root: string;
let folders = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pm-open-vault-'));
});
after(() => rm(root, { recursive: true }));

async function configured(vault: object, folder = join(root, String(++folders))): Promise<Config> {
  const file = join(root, 'payment-manager.yaml');
  const tls = { enabled: true };
  const text = {
    fspId: 'greenbank',
    sandbox: true,
    dataFolder: folder,
    hub: { baseUrl: 'https://hub', tls },
    inbound: { tls },
    core: { baseUrl: 'http://core' },
    vault,
  };
  writeFileSync(file, JSON.stringify(text));
  return (await loadConfig(file, {}, root)).config;
}

async function open(config: Config): Promise<OpenedVault> {
  const opened = await openConfiguredVault(config, {
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    signatures: threadPoolSignatures,
    log: recordedLog(),
  });
  assert.ok(opened);
  return opened;
}

/** Keeps a secret, and reads it through a vault that is opened anew. */
async function keepsSecret(config: Config): Promise<void> {
  const first = await open(config);
  await first.vault.environment('production').secrets.put('a', new Secret('kept'), doing);
  await first.vault.close();
  await reads(config);
}

async function reads(config: Config): Promise<void> {
  const { vault } = await open(config);
  assert.equal((await vault.environment('production').secrets.get('a'))?.reveal(), 'kept');
  await vault.close();
}

describe('the vault that the configuration names', () => {
  test('none', async () => {
    const world = { clock: systemClock, timers: systemTimers, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog() };
    const config = { vault: { store: 'none', pkcs11: {} } } as unknown as Config;
    assert.equal(await openConfiguredVault(config, world), undefined);
  });

  test('files: the master key is made at the first start, for its owner alone, and never for a vault that is there', async () => {
    const config = await configured({ store: 'file' });
    const key = join(config.dataFolder, 'vault.key');
    await keepsSecret(config);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    rmSync(key);
    await assert.rejects(open(config), { code: 'VAULT_MASTER_KEY_MISSING' });
    assert.ok(!existsSync(key), 'another key would hide that the right one is lost');
  });

  test('a master key that the configuration names is not made, whoever it comes from', async () => {
    const absent = join(root, 'absent.key');
    await assert.rejects(async () => open(await configured({ store: 'file', masterKey: { file: absent } })), {
      code: 'VAULT_MASTER_KEY_MISSING',
    });
    assert.ok(!existsSync(absent));
    const command = await configured({ store: 'file', masterKey: { command: [process.execPath, '-p', `'${master}'`] } });
    await keepsSecret(command);
    process.env['H_VAULT_KEY'] = master;
    await reads(await configured({ store: 'file', masterKey: { variable: 'H_VAULT_KEY' } }, command.dataFolder));
    delete process.env['H_VAULT_KEY'];
  });

  test('files: a master key that is replaced is taken while the vault is open', async () => {
    const config = await configured({ store: 'file' });
    await keepsSecret(config);
    const opened = await open(config);
    const key = join(config.dataFolder, 'vault.key');
    const former = readFileSync(key, 'utf8');
    writeFileSync(key, master);
    await opened.look();
    await opened.vault.close();
    await reads(config);
    writeFileSync(key, former);
    await assert.rejects(open(config), { code: 'VAULT_MASTER_KEY_WRONG' });
    const formerFile = join(root, 'former.key');
    writeFileSync(formerFile, master, { mode: 0o600 });
    const both = { store: 'file', masterKey: { file: key, formerFile } };
    await reads(await configured(both, config.dataFolder));
    rmSync(formerFile);
    await reads(await configured(both, config.dataFolder));
    await reads(config);
  });

  test('HashiCorp Vault: with a role, a token or a service account, each out of a file that may change; what is wrong is told without it', async () => {
    const canary = 'canary-5ecret-0123456789';
    const server = await openVaultServer({
      login: {
        appRole: { roleId: 'greenbank', secretId: canary },
        kubernetes: { role: 'greenbank', jwt: canary },
        ttlSeconds: 3_600,
        maxTtlSeconds: 10_000,
      },
      roles: {},
      clock: systemClock,
      random: systemRandom,
    });
    const listening = await startHttpServer(
      { host: '127.0.0.1', port: 0, handler: server.handler, maxBodyBytes: 4_000_000, refuse: () => ({ status: 500 }) },
      recordedLog(),
    );
    const credentialFile = join(root, 'credential');
    writeFileSync(credentialFile, `${canary}\n`, { mode: 0o600 });
    const hashicorp = { url: listening.url, mount: 'kv2', role: 'greenbank', credentialFile };
    try {
      await keepsSecret(await configured({ store: 'hashicorp', hashicorp }));
      await reads(await configured({ store: 'hashicorp', hashicorp: { ...hashicorp, login: 'kubernetes' } }));
      writeFileSync(credentialFile, 'wrong');
      const refused = open(await configured({ store: 'hashicorp', hashicorp }));
      await assert.rejects(
        refused,
        (error: Error) => /REFUSED/.test((error as { code?: string }).code ?? '') && !/wrong|canary/.test(error.message),
      );
      symlinkSync('/dev/zero', `${credentialFile}-endless`);
      const endless = { ...hashicorp, credentialFile: `${credentialFile}-endless` };
      await assert.rejects(async () => open(await configured({ store: 'hashicorp', hashicorp: endless })), { code: 'VAULT_PERMISSIONS' });
      rmSync(credentialFile);
      await assert.rejects(async () => open(await configured({ store: 'hashicorp', hashicorp })), { code: 'VAULT_PERMISSIONS' });
    } finally {
      await listening.close(0);
    }
  });
});

import assert from 'node:assert/strict';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { systemRandom } from '@payment-manager/runtime';
import { childEnvironment } from '../child-environment.ts';
import type { VaultError } from '../vault-error.ts';
import { fetchMasterKey, type MasterKeySource, makeMasterKeyFile, masterKeyOf } from './master-key.ts';

const hex = `${'c0ffee'.repeat(10)}ab01`;
const base64 = Buffer.from(hex, 'hex').toString('base64');

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-vault-key-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
const refusal = async (source: MasterKeySource, variables = {}, timeoutMs?: number): Promise<VaultError> => {
  const error = await fetchMasterKey(source, variables, timeoutMs).then(
    () => undefined,
    (caught: VaultError) => caught,
  );
  assert.ok(error, 'it was not refused');
  return error;
};

describe('master key', () => {
  test('file, variable and command give the same key, as hexadecimal digits or base64', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'key');
      await writeFile(file, `${hex}\n`, { mode: 0o600 });
      const keys = [
        await fetchMasterKey({ file }, {}),
        await fetchMasterKey({ variable: 'PM_KEY' }, { PM_KEY: base64 }),
        await fetchMasterKey({ variable: 'PM_KEY' }, { PM_KEY: Buffer.from(hex, 'hex').toString('base64url') }),
        await fetchMasterKey({ command: [process.execPath, '-e', `console.log('${base64}')`] }, {}),
      ];
      for (const { id, key } of keys) {
        assert.equal(id, keys[0]?.id);
        assert.equal(Buffer.from(key.reveal()).toString('hex'), hex);
        assert.doesNotMatch(`${inspect(keys[0], { depth: 9 })}${JSON.stringify(keys)}`, /c0ffee|192,|wP/i);
      }
      assert.notEqual(masterKeyOf('00'.repeat(32), 'x').id, keys[0]?.id);
    }));

  test('a command finds programs and its files, and none of the secrets of our environment', async () => {
    process.env['PM_HUB_OAUTH_CLIENT_SECRET'] = hex;
    const script = `const { PM_HUB_OAUTH_CLIENT_SECRET: leaked, PATH, HOME } = process.env; console.log(leaked ?? (PATH && HOME ? '${base64}' : 'none'));`;
    try {
      process.env['HOME'] ??= '/';
      const { key } = await fetchMasterKey({ command: [process.execPath, '-e', script] }, {});
      assert.equal(Buffer.from(key.reveal()).toString('base64'), base64);
      assert.deepEqual(Object.keys(childEnvironment(['X', 'Y'], { PATH: 'p', HOME: 'h', X: 'x', SECRET: 's' })), ['PATH', 'HOME', 'X']);
    } finally {
      delete process.env['PM_HUB_OAUTH_CLIENT_SECRET'];
    }
  });

  test('a made key file is private, whole, and stays what it is', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'deeper', 'key');
      await Promise.all(Array.from({ length: 5 }, () => makeMasterKeyFile(file, systemRandom)));
      const { id } = await fetchMasterKey({ file }, {});
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      await makeMasterKeyFile(file, systemRandom);
      assert.equal((await fetchMasterKey({ file }, {})).id, id);
    }));

  test(
    'a mounted secret, which belongs to root, may be readable by our group',
    { skip: process.geteuid?.() !== 0 && 'only root can give a file away' },
    () =>
      inFolder(async (folder) => {
        const file = join(folder, 'key');
        await writeFile(file, hex);
        await chown(file, 65_534, 0);
        for (const mode of [0o440, 0o400]) {
          await chmod(file, mode);
          assert.ok((await fetchMasterKey({ file }, {})).id);
        }
        for (const mode of [0o444, 0o460, 0o450]) {
          await chmod(file, mode);
          assert.equal((await refusal({ file })).code, 'VAULT_PERMISSIONS');
        }
        await chown(file, 0, 0);
        await chmod(file, 0o440);
        assert.equal((await refusal({ file })).code, 'VAULT_PERMISSIONS');
      }),
  );

  test('a key file that others may read is refused', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'key');
      await writeFile(file, hex);
      await chmod(file, 0o604);
      assert.equal((await refusal({ file })).code, 'VAULT_PERMISSIONS');
    }));

  test('what gives no key is refused, and the refusal does not quote what it gave', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'key');
      await writeFile(file, `${hex}00`, { mode: 0o600 });
      const said = (text: string) => ({ command: [process.execPath, '-e', `console.log('${text}'); console.error('${text}');`] });
      const refusals = [
        await refusal({ file }),
        await refusal({ file: join(folder, 'absent') }),
        await refusal({ variable: 'PM_KEY' }),
        await refusal({ variable: 'PM_KEY' }, { PM_KEY: hex.slice(2) }),
        await refusal(said(`${hex}c0ffee`)),
        await refusal({ command: [process.execPath, '-e', `console.error('${hex}'); process.exit(3)`] }),
        await refusal({ command: [join(folder, 'no-such-program')] }),
        await refusal({ command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] }, {}, 300),
      ];
      for (const error of refusals) {
        assert.equal(error.code, 'VAULT_MASTER_KEY_MISSING');
        assert.doesNotMatch(inspect(error), /c0ffee/);
      }
      assert.match(refusals[5]?.message ?? '', /exit code 3/);
      assert.match(refusals[7]?.message ?? '', /no answer within 300 ms/);
    }));
});

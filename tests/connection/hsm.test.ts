import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pay } from '../scheme/payments.ts';
import { until } from '../scheme/waiting.ts';
import { connectionOf, renew, startConnectedScheme } from './connected-scheme.ts';

const PIN = 'canary-pin-0815';
const MODULE = [
  process.env['PM_TEST_SOFTHSM'] ?? '',
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
].find((path) => path !== '' && existsSync(path));
const skip =
  MODULE === undefined || spawnSync('softhsm2-util', ['--version']).status !== 0
    ? 'SoftHSM is not installed (apt-get install softhsm2): no payment was signed in an HSM'
    : false;

test('JWS keys in an HSM: both DFSPs onboard, pay and rotate with keys that are in no vault, and nobody tells the PIN', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-hsm-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  t.after(() => delete process.env['SOFTHSM2_CONF']);
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'pm', '--so-pin', 'so-pin-0815', '--pin', PIN], { stdio: 'ignore' });
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });

  const pkcs11 = { module: MODULE ?? '', label: 'pm', pinFile, variables: ['SOFTHSM2_CONF'] };
  const stage = await startConnectedScheme(join(folder, 'scheme'), { vault: { store: 'file', pollMs: 200, pkcs11 } });
  t.after(() => stage.stop());
  assert.equal((await pay(stage.payer)).state, 'COMPLETED');
  await renew(stage.payer, 'DFSP_JWS');
  const keys = await until(
    'the next key is in use',
    async () => {
      const found = (await connectionOf(stage.payer)).keys.filter(({ purpose }) => purpose === 'jws-signing');
      return found.length === 2 && found[1]?.state === 'active' && found;
    },
    30_000,
  );
  assert.deepEqual(
    keys.map(({ inHsm }) => inHsm),
    [true, true],
  );
  assert.equal((await pay(stage.payer)).state, 'COMPLETED');

  const { operations } = stage.payer;
  const answers = await Promise.all(
    ['/connection', '/metrics', '/alarms', '/health/ready'].map(async (path) => (await fetch(`${operations}${path}`)).text()),
  );
  for (const text of [...answers, JSON.stringify(stage.payer.log.lines), JSON.stringify(stage.payee.log.lines)])
    assert.ok(!text.includes(PIN), 'the PIN is told');
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { recordedLog } from '@payment-manager/runtime';
import { type ConnectionManagerServer, startConnectionManagerServer } from '@payment-manager/sandbox';
import { pmIn } from '../../../test/command-line.ts';

let folder: string;
let scheme: ConnectionManagerServer;
let secret: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-doctor-'));
  scheme = await startConnectionManagerServer({ log: recordedLog() });
  secret = (await scheme.operator.register('greenbank')).clientSecret.reveal();
});
after(async () => {
  await scheme.stop();
  await rm(folder, { recursive: true });
});

async function pm(args: readonly string[], more: { fspId?: string; variables?: Record<string, string> } = {}) {
  await writeFile(
    join(folder, 'payment-manager.yaml'),
    `fspId: ${more.fspId ?? 'greenbank'}
sandbox: true
dataFolder: ${join(folder, 'data')}
vault: { store: file }
operations: { port: 0 }
inbound: { port: 0, tls: { enabled: true } }
hub: { baseUrl: 'https://nowhere.invalid', tls: { enabled: true } }
core: { baseUrl: '${new URL(scheme.url).origin}' }
connectionManager:
  url: ${scheme.url}
  tokenUrl: ${scheme.tokenUrl}
  clientId: greenbank
  dnsNames: [localhost]
  ingressUrl: https://localhost:4000
`,
  );
  return pmIn(folder, args, { USER: 'ada', ...more.variables });
}

describe('./pm doctor before a Connection Manager', () => {
  test('a client secret that is not there, wrong, or right in the vault, are told apart; and none is shown', async () => {
    const without = await pm(['doctor']);
    assert.equal(without.exitCode, 1);
    assert.match(without.text, /^skipped +vault +open/m);
    assert.equal(existsSync(join(folder, 'data')), false, 'a look makes nothing');
    assert.match(without.text, /^failed +connection manager +token .*There is no client secret/m);
    const wrong = await pm(['doctor'], { variables: { PM_CONNECTION_MANAGER_CLIENT_SECRET: 'hunter2hunter2' } });
    assert.match(wrong.text, /^failed +connection manager +token .*gives no token \(401\)/m);
    assert.doesNotMatch(wrong.text, /hunter2/);
    await writeFile(join(folder, 'secret'), `${secret}\n`);
    assert.equal((await pm(['import', 'client-secret', 'secret'])).exitCode, 0);
    const right = await pm(['doctor']);
    assert.match(right.text, /^passed +vault +open/m);
    assert.match(right.text, /^passed +connection manager +token/m);
    assert.match(right.text, /^passed +connection manager +registration/m);
    assert.match(right.text, /^passed +token server +answer/m);
    assert.doesNotMatch(right.text, new RegExp(secret));
  });

  test('what the vault has not got yet is told with what to do', async () => {
    const { text } = await pm(['doctor']);
    for (const part of [
      'certificates +tls-client',
      'certificates +hub-ca',
      'certificates +tls-server',
      'signatures +own key',
      'signatures +peers’ keys',
    ])
      assert.match(text, new RegExp(`^failed +${part} .*\\n.*\\./pm onboard`, 'm'));
  });

  test('a DFSP that is not registered is told', async () => {
    assert.match((await pm(['doctor'], { fspId: 'redbank' })).text, /^failed +connection manager +registration .*redbank/m);
  });

  test('the token for the hub is told apart from that for the Connection Manager', async () => {
    const oauth = { PM_HUB_OAUTH_TOKEN_URL: scheme.tokenUrl, PM_HUB_OAUTH_CLIENT_ID: 'greenbank' };
    assert.match((await pm(['doctor'], { variables: oauth })).text, /^failed +hub +token .*There is no client secret/m);
    assert.equal((await pm(['import', 'client-secret', 'secret', '--for', 'hub'])).exitCode, 0);
    // what alerts need goes the same way; a key that is too short to sign with is refused
    await writeFile(join(folder, 'short'), 'hunter2\n');
    assert.equal((await pm(['import', 'client-secret', 'short', '--for', 'alert-email'])).exitCode, 0);
    const short = await pm(['import', 'client-secret', 'short', '--for', 'alert-webhook']);
    assert.deepEqual([short.exitCode, /one line of 32 to 512 visible/.test(short.text), short.text.includes('hunter2')], [1, true, false]);
    assert.equal((await pm(['import', 'client-secret', 'short', '--for', 'nobody'])).exitCode, 64);
    const { text } = await pm(['doctor'], { variables: oauth });
    assert.match(text, /^passed +hub +token/m);
    assert.match(text, /^passed +hub token server +answer/m);
  });

  test('a vault that does not open is told, and the rest is looked at', async () => {
    const variables = { VAULT_MASTER_KEY: 'ab'.repeat(32), PM_VAULT_MASTER_KEY_VARIABLE: 'VAULT_MASTER_KEY' };
    process.env['VAULT_MASTER_KEY'] = variables.VAULT_MASTER_KEY;
    const { exitCode, text } = await pm(['doctor'], { variables });
    delete process.env['VAULT_MASTER_KEY'];
    assert.equal(exitCode, 1);
    assert.match(text, /^failed +vault +open +VAULT_MASTER_KEY_WRONG/m);
    assert.match(text, /^failed +hub +dns/m);
  });
});

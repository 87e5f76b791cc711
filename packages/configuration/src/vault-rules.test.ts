import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { effective } from './effective.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import { ConfigInvalid } from './problem.ts';

const minimal = `
fspId: greenbank
sandbox: true
hub: { baseUrl: 'https://127.0.0.1:5000', tls: { enabled: true } }
inbound: { tls: { enabled: true } }
core: { baseUrl: 'http://127.0.0.1:4100' }
`;
const connected = `
connectionManager:
  url: https://mcm.example.org
  dnsNames: [connector.example.org]
  ingressUrl: https://connector.example.org:4000
`;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-vault-rules-'));
});
after(() => rm(folder, { recursive: true }));

async function load(yaml: string, environment: Record<string, string> = {}): Promise<LoadedConfig> {
  const file = join(folder, 'payment-manager.yaml');
  await writeFile(file, yaml);
  return loadConfig(file, environment, folder);
}

async function wrong(yaml: string): Promise<string[]> {
  const error = await load(yaml).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigInvalid, 'the configuration is refused');
  return error.problems.map(({ where }) => where);
}

describe('the vault in the configuration', () => {
  test('with a vault, keys towards the scheme need no files', async () => {
    const { config } = await load(`${minimal}vault: { store: file }\n`);
    assert.equal(config.environment, 'production');
  });

  test('files beside a vault are refused, each by its name: none is preferred silently', async () => {
    const mixed = minimal.replace('inbound: { tls: { enabled: true } }', 'inbound: { tls: { enabled: true, keyFile: k } }');
    assert.deepEqual(await wrong(`${mixed}vault: { store: file }\njws: { peerKeysFolder: peers, signingKeyFile: own }\n`), [
      'inbound.tls.keyFile',
      'jws.signingKeyFile',
      'jws.peerKeysFolder',
    ]);
  });

  test('only the CAs of the hub’s servers may be in a file as well: they are trusted beside the hub’s own', async () => {
    const mixed = minimal.replace('tls: { enabled: true } }', 'tls: { enabled: true, caFile: public.pem } }');
    const { config } = await load(`${mixed}vault: { store: file }\n`);
    assert.match(config.hub.tls.caFile ?? '', /public\.pem$/);
  });

  test('a master key has one source, and replicas must share it', async () => {
    assert.deepEqual(await wrong(`${minimal}vault: { store: file, masterKey: { file: a, variable: B } }\n`), ['vault.masterKey']);
    assert.deepEqual(await wrong(`${minimal}vault: { store: file, masterKey: { variable: PM_KEY } }\n`), ['vault.masterKey']);
    assert.deepEqual(await wrong(`${minimal}vault: { store: postgres }\n`), ['vault.masterKey', 'vault.store']);
    const hashicorp = 'url: https://vault.example.org, login: token, credentialFile: t';
    assert.deepEqual(await wrong(`${minimal}vault: { store: hashicorp, hashicorp: { ${hashicorp} }, masterKey: { file: a } }\n`), [
      'vault.masterKey',
    ]);
    await load(`${minimal}vault: { store: hashicorp, hashicorp: { ${hashicorp} } }\n`);
  });

  test('what HashiCorp Vault and an HSM need is asked for', async () => {
    assert.deepEqual(await wrong(`${minimal}vault: { store: hashicorp, pkcs11: { module: m } }\n`), [
      'vault.hashicorp.url',
      'vault.hashicorp.role',
      'vault.hashicorp.credentialFile',
      'vault.pkcs11.label',
      'vault.pkcs11.pinFile',
    ]);
  });

  test('a PKI engine needs the server that has it, both roles, and a vault beside it, of any kind', async () => {
    const roles = 'serverRole: s, clientRole: c';
    const server = 'url: https://vault.example.org, login: token, credentialFile: t';
    await load(`${minimal}vault: { store: file, hashicorp: { ${server}, pki: { ${roles} } } }\n`);
    assert.deepEqual(await wrong(`${minimal}vault: { store: file, hashicorp: { pki: { serverRole: s } } }\n`), [
      'vault.hashicorp.url',
      'vault.hashicorp.role',
      'vault.hashicorp.credentialFile',
      'vault.hashicorp.pki.clientRole',
    ]);
    assert.ok((await wrong(`${minimal}vault: { hashicorp: { ${server}, pki: { ${roles} } } }\n`)).includes('vault.hashicorp.pki'));
    const both = `vault: { store: file, hashicorp: { ${server}, pki: { ${roles} } } }\nenvironments: { a: {}, b: {} }\nenvironment: a\n`;
    assert.deepEqual(await wrong(`${minimal}${both}`), [
      'environments.a.vault.hashicorp.pki.mount, environments.b.vault.hashicorp.pki.mount',
    ]);
  });

  test('a Connection Manager needs a vault, TLS on both sides, and to know where we are', async () => {
    const plain = minimal.replaceAll('tls: { enabled: true }', 'tls: { enabled: false }');
    assert.deepEqual(await wrong(`${plain}jws: { sign: false, verify: false }${connected}`), ['connectionManager.url']);
    assert.deepEqual(await wrong(`${plain}vault: { store: file }\nconnectionManager: { url: 'https://m', egress: ['1.2.3.4'] }\n`), [
      'connectionManager.dnsNames',
      'connectionManager.connectorFqdn',
      'connectionManager.ingressUrl',
      'hub.tls.enabled',
      'connectionManager.egress',
    ]);
    await load(`${minimal}vault: { store: file }${connected}`);
  });

  test('TLS may end at a proxy before us, when the URL that the hub calls is https', async () => {
    const plain = minimal.replace('inbound: { tls: { enabled: true } }', 'inbound: { tls: { enabled: false } }');
    await load(`${plain}vault: { store: file }${connected}`);
    assert.deepEqual(await wrong(`${plain}vault: { store: file }${connected.replace('ingressUrl: https:', 'ingressUrl: http:')}`), [
      'inbound.tls.enabled',
    ]);
  });

  test('the client secret is masked wherever the configuration is shown', async () => {
    const loaded = await load(`${minimal}vault: { store: file }${connected}`, { PM_CONNECTION_MANAGER_CLIENT_SECRET: 'canary' });
    assert.equal(loaded.config.connectionManager.clientSecret, 'canary');
    assert.doesNotMatch(JSON.stringify(effective(loaded)), /canary/);
  });

  test('a Mojaloop SDK gets its keys out of a vault that can give them, and brings a token', async () => {
    const sdk = 'sdkControl: { port: 4005, tokenFile: t }\n';
    await load(`${minimal}vault: { store: file }\n${sdk}`);
    assert.deepEqual(await wrong(`${minimal}vault: { store: file }\nsdkControl: { port: 4005 }\n`), ['sdkControl.tokenFile']);
    const hsm = 'vault: { store: file, pkcs11: { module: m, label: l, pinFile: p } }\n';
    assert.deepEqual(await wrong(`${minimal}${hsm}${sdk}`), ['sdkControl.port']);
    assert.ok((await wrong(`${minimal}${sdk}`)).includes('sdkControl.port'));
  });
});

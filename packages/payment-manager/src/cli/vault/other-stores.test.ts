import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { type HttpServer, recordedLog, startHttpServer, systemClock, systemRandom } from '@payment-manager/runtime';
import { openVaultServer } from '@payment-manager/sandbox';
import { pmIn } from '../../../test/command-line.ts';

const canary = 'canary-secret-id-0815';
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pm-other-stores-'));
});
after(() => rm(root, { recursive: true }));

async function dfsp(name: string, more: string): Promise<void> {
  await mkdir(join(root, name), { recursive: true });
  const text = `fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } }\ncore: { baseUrl: 'http://127.0.0.1:9' }\ninbound: { tls: { enabled: true } }\noperations: { port: 0 }\nconnectionManager: { dnsNames: [localhost], keyAlgorithm: RSA-2048 }\n${more}`;
  await writeFile(join(root, name, 'payment-manager.yaml'), text);
}

/** What an operator does by hand, each command a process of its own as far as the vault can tell. */
async function works(name: string, ca: RegExp): Promise<string> {
  const pm = async (...args: string[]): Promise<string> => {
    const { exitCode, text } = await pmIn(join(root, name), args);
    assert.equal(exitCode, args[0] === 'doctor' ? 1 : 0, `${args.join(' ')}: ${text}`);
    assert.doesNotMatch(text, new RegExp(`${canary}|PRIVATE`));
    return text;
  };
  assert.match(await pm('cert', 'list'), /no certificates yet/);
  assert.match(await pm('keys', 'rotate', 'jws'), /first JWS key \w+ is in use/);
  assert.match(await pm('cert', 'renew', 'server'), /is renewed/);
  assert.match(await pm('cert', 'list'), new RegExp(`server +active +CN=localhost +${ca.source}`));
  assert.match(await pm('keys', 'rotate', 'jws'), /The present key still signs/);
  assert.match(await pm('keys', 'list'), /jws-signing.* active .*\n.*jws-signing.* pre-active /);
  for (const what of ['ca', 'jws', 'csr', 'endpoints']) assert.notEqual(await pm('export', what), '');
  return pm('doctor');
}

test('./pm with a vault in PostgreSQL', async () => {
  const server = await startTestPostgres();
  try {
    const journal = `journal: { store: postgres, postgresUrl: '${server.url}', postgresSchema: other_stores_${process.pid} }\n`;
    await dfsp('postgres', `vault: { store: postgres, masterKey: { file: master.key } }\n${journal}`);
    await writeFile(join(root, 'postgres', 'master.key'), 'ab'.repeat(32), { mode: 0o600 });
    assert.match(await works('postgres', /CN=CA of greenbank/), /passed +vault +open/);
    await writeFile(join(root, 'postgres', 'master.key'), 'cd'.repeat(32), { mode: 0o600 });
    const wrong = await pmIn(join(root, 'postgres'), ['keys', 'list']);
    assert.deepEqual([wrong.exitCode, /VAULT_MASTER_KEY_WRONG/.test(wrong.text)], [78, true]);
  } finally {
    await server.stop();
  }
});

test('./pm with a vault in HashiCorp Vault, and our CA in its PKI engine', async () => {
  const vault = await openVaultServer({
    login: {
      appRole: { roleId: 'dfsp', secretId: canary },
      kubernetes: { role: 'dfsp', jwt: canary },
      ttlSeconds: 3_600,
      maxTtlSeconds: 10_000,
    },
    roles: { servers: { usage: 'server', maxTtlSeconds: 86_400 }, clients: { usage: 'client', maxTtlSeconds: 86_400 } },
    clock: systemClock,
    random: systemRandom,
  });
  const listening: HttpServer = await startHttpServer(
    { host: '127.0.0.1', port: 0, handler: vault.handler, maxBodyBytes: 4_000_000, refuse: () => ({ status: 500 }) },
    recordedLog(),
  );
  try {
    const server = `url: '${listening.url}', role: dfsp, credentialFile: secret-id`;
    await dfsp('hashicorp', `vault: { store: hashicorp, hashicorp: { ${server}, mount: kv2 } }\n`);
    await writeFile(join(root, 'hashicorp', 'secret-id'), canary, { mode: 0o600 });
    assert.match(await works('hashicorp', /CN=CA of greenbank/), /passed +vault +open/);
    const pki = 'pki: { serverRole: servers, clientRole: clients }';
    await dfsp('pki', `vault: { store: hashicorp, hashicorp: { ${server}, mount: kv1, ${pki} } }\n`);
    await writeFile(join(root, 'pki', 'secret-id'), canary, { mode: 0o600 });
    assert.match(await works('pki', /CN=Vault stand-in CA/), /passed +vault +pki engine +it has the CA CN=Vault stand-in CA/);
    vault.sealed = true;
    const sealed = await pmIn(join(root, 'pki'), ['cert', 'list']);
    assert.deepEqual([sealed.exitCode, /VAULT_UNAVAILABLE.*sealed/.test(sealed.text)], [69, true]);
  } finally {
    await listening.close(0);
  }
});

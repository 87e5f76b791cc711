import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordedLog, startHttpServer, systemClock, systemRandom } from '@payment-manager/runtime';
import { openVaultServer } from '@payment-manager/sandbox';
import { pay } from '../scheme/payments.ts';
import { until } from '../scheme/waiting.ts';
import { askForRenewal, type ConnectedSide, renew, startConnectedScheme } from './connected-scheme.ts';

const SECRET = 'canary-pki-secret-id-0815';
const WAIT_MS = 30_000;

interface ShownByPki {
  readonly conditions: readonly {
    readonly artefact: string;
    readonly state: string;
    readonly reason: string;
    readonly message: string;
    readonly nextStep?: string;
  }[];
  readonly served: readonly { readonly where: string; readonly state: string; readonly certificate?: { readonly issuer: string } }[];
  readonly keys: readonly { readonly purpose: string; readonly state: string; readonly certificate?: { readonly subject: string } }[];
}

const shown = async ({ operations }: ConnectedSide): Promise<ShownByPki> =>
  (await (
    await fetch(`${operations}/connection/look`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  ).json()) as ShownByPki;

/** Looks again and again until the certificate that our server really presents comes from this CA, and all is in order. */
async function servedFrom(side: ConnectedSide, issuer: RegExp): Promise<ShownByPki> {
  return until(
    `served from ${issuer}`,
    async () => {
      const found = await shown(side);
      const own = found.served.find(({ where }) => where === 'inbound');
      const inOrder = found.conditions.every(({ state }) => state === 'Ready') && own?.state === 'Ready';
      return inOrder && issuer.test(own.certificate?.issuer ?? '') && found;
    },
    WAIT_MS,
  );
}

test('our CA in a PKI engine: it signs what we serve and the hub’s certificate, its refusals are shown, and another CA there is taken over', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-pki-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const days = 86_400;
  const roles = {
    'server-role': { usage: 'server' as const, maxTtlSeconds: 30 * days, allowedDomains: ['localhost'] },
    'client-role': { usage: 'client' as const, maxTtlSeconds: 30 * days },
  };
  const login = { appRole: { roleId: 'dfsp', secretId: SECRET }, kubernetes: { role: 'dfsp', jwt: SECRET } };
  const server = await openVaultServer({
    login: { ...login, ttlSeconds: 3_600, maxTtlSeconds: 10_000 },
    roles,
    clock: systemClock,
    random: systemRandom,
  });
  const listening = await startHttpServer(
    { host: '127.0.0.1', port: 0, handler: server.handler, maxBodyBytes: 4_000_000, refuse: () => ({ status: 500 }) },
    recordedLog(),
  );
  t.after(() => listening.close(0));
  const credentialFile = join(folder, 'secret-id');
  writeFileSync(credentialFile, SECRET, { mode: 0o600 });
  const pki = { mount: 'pki', serverRole: 'server-role', clientRole: 'client-role' };
  const hashicorp = { url: listening.url, mount: 'kv2', folder: 'dfsp', login: 'approle' as const, role: 'dfsp', credentialFile, pki };
  const stage = await startConnectedScheme(join(folder, 'scheme'), { vault: { store: 'file', pollMs: 200, hashicorp } });
  t.after(() => stage.stop());
  const { payer, payee } = stage;

  const first = await servedFrom(payer, /^CN=Vault stand-in CA$/);
  assert.equal((await pay(payer)).state, 'COMPLETED');
  assert.equal(new X509Certificate(server.certificate).subject, 'CN=Vault stand-in CA');
  const before = first.keys.find(({ purpose, state }) => purpose === 'tls-server' && state === 'active');

  // Renewal, refused at first.
  roles['server-role'].allowedDomains = ['.elsewhere'];
  await renew(payer, 'DFSP_SERVER_CERT');
  const refused = await until(
    'the refusal is shown',
    async () => (await shown(payer)).conditions.find(({ artefact, state }) => artefact === 'DFSP_SERVER_CERT' && state === 'Failed'),
    WAIT_MS,
  );
  assert.equal(refused.reason, 'VAULT_FAILED');
  assert.match(refused.message, /VAULT_REFUSED.*localhost not allowed by this role.*server-role/);
  assert.match(refused.nextStep ?? '', /who keeps the vault's server/);
  assert.equal((await pay(payer)).state, 'COMPLETED', 'what was in use stays in use');
  roles['server-role'].allowedDomains = ['localhost'];
  const renewed = await servedFrom(payer, /^CN=Vault stand-in CA$/);
  const after = renewed.keys.find(({ purpose, state }) => purpose === 'tls-server' && state === 'active');
  assert.notDeepEqual(after, before);

  // Another CA: it is made there, and nowhere else.
  const response = await askForRenewal(payer, 'DFSP_CA');
  assert.match(await response.text(), /VAULT_KEY_STATE.*PKI engine at pki.*Make the new one there/s);
  await server.renewCa();
  for (const side of [payer, payee]) {
    const { conditions } = await shown(side);
    assert.match(conditions.find(({ artefact }) => artefact === 'DFSP_CA')?.message ?? '', /under another root/);
  }
  assert.equal((await pay(payer)).state, 'COMPLETED', 'the hub knows the former one, and that stays in use');
  for (const side of [payer, payee]) await renew(side, 'DFSP_CA');
  for (const side of [payer, payee]) await servedFrom(side, /^CN=Vault stand-in CA 2$/);
  const cas = (await shown(payer)).keys.filter(({ purpose }) => purpose === 'dfsp-ca').map(({ state }) => state);
  assert.deepEqual(cas, ['retiring', 'active']);

  for (const { fspId } of [payer, payee]) stage.connectionManager.operator.onboard(fspId);
  assert.equal((await pay(payer)).state, 'COMPLETED', 'once the hub knows it');

  // Back to a CA of the vault's own, by the configuration.
  const configuration = JSON.parse(readFileSync(payer.file, 'utf8')) as object;
  writeFileSync(payer.file, JSON.stringify({ ...configuration, vault: { store: 'file', pollMs: 200 } }));
  const again = await stage.again(payer);
  await until('it waits for a person', async () => /under another root/.test(JSON.stringify(await shown(again))), WAIT_MS);
  await renew(again, 'DFSP_CA');
  const own = await servedFrom(again, /CN=CA of/);
  assert.equal(own.keys.filter(({ purpose }) => purpose === 'dfsp-ca').at(-1)?.state, 'active');
  stage.connectionManager.operator.onboard(payer.fspId);
  assert.equal((await pay(again)).state, 'COMPLETED');
  for (const text of [JSON.stringify(payer.log.lines), JSON.stringify(renewed)]) assert.ok(!text.includes(SECRET), 'the secret ID is told');
});

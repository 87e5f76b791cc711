import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from './load.ts';
import { ConfigInvalid } from './problem.ts';
import { exemptionsOf, hubNamesOf } from './production-rules.ts';
import type { Config } from './schema.ts';

/** Production as it should be: files, mutual TLS with the hub's name, signatures, loopback for the DFSP. */
const closed: Readonly<Record<string, string>> = {
  PM_FSP_ID: 'greenbank',
  PM_HUB_BASE_URL: 'https://hub.example.org',
  PM_CORE_BASE_URL: 'http://127.0.0.1:4100',
  PM_INBOUND_TLS_ENABLED: 'true',
  PM_INBOUND_TLS_CERTIFICATE_FILE: 'c.pem',
  PM_INBOUND_TLS_KEY_FILE: 'k.pem',
  PM_INBOUND_TLS_CA_FILE: 'a.pem',
  PM_INBOUND_TLS_HUB_NAMES: 'hub.example.org',
  PM_JWS_SIGNING_KEY_FILE: 'jws.pem',
  PM_JWS_PEER_KEYS_FOLDER: 'peers',
};
const noTls = { PM_INBOUND_TLS_ENABLED: 'false' };
const proxied = { PM_INBOUND_TLS_ENDED_BY: 'the mesh' };

async function load(changes: Readonly<Record<string, string>>): Promise<Config> {
  return (await loadConfig(undefined, { ...closed, ...changes }, '/')).config;
}

/** The keys that are refused; none when the configuration is accepted. */
async function refused(changes: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return load(changes).then(
    () => [],
    (error: unknown) => {
      assert.ok(error instanceof ConfigInvalid, String(error));
      for (const { advice } of error.problems) assert.ok(advice.length > 10);
      return error.problems.map(({ where }) => where);
    },
  );
}

const exemptions = async (changes: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  exemptionsOf(await load(changes)).map(({ key }) => key);

describe('production does not start with its doors open', () => {
  test('as it should be it is accepted, and nothing is exempted', async () => {
    assert.deepEqual(await refused({}), []);
    assert.deepEqual(await exemptions({}), []);
  });

  test('signatures that nobody verifies are refused, whatever else there is', async () => {
    assert.deepEqual(await refused({ PM_JWS_VERIFY: 'false' }), ['jws.verify']);
    assert.deepEqual(await refused({ PM_JWS_VERIFY: 'false', ...noTls, ...proxied }), ['jws.verify']);
  });

  test('an API of the hub without mutual TLS is refused, unless a named proxy ends it', async () => {
    assert.deepEqual(await refused(noTls), ['inbound.tls.enabled']);
    assert.deepEqual(await refused({ PM_INBOUND_TLS_REQUIRE_CLIENT_CERTIFICATE: 'false' }), ['inbound.tls.requireClientCertificate']);
    assert.deepEqual(await exemptions({ ...noTls, ...proxied }), ['inbound.tlsEndedBy']);
    assert.deepEqual(await exemptions({ PM_INBOUND_TLS_REQUIRE_CLIENT_CERTIFICATE: 'false', ...proxied }), ['inbound.tlsEndedBy']);
  });

  test('a CA that is not our own needs the names of the hub; our own has signed one', async () => {
    const { PM_INBOUND_TLS_HUB_NAMES: names = '', ...nameless } = closed;
    const problems = await loadConfig(undefined, nameless, '/').then(
      () => [],
      (error: ConfigInvalid) => error.problems.map(({ where }) => where),
    );
    assert.deepEqual(problems, ['inbound.tls.hubNames']);
    assert.deepEqual(hubNamesOf(await load({})), [names]);
    const vault = { PM_VAULT_STORE: 'file', PM_CONNECTION_MANAGER_DNS_NAMES: 'connector.greenbank.example' };
    const { PM_FSP_ID, PM_HUB_BASE_URL, PM_CORE_BASE_URL } = closed;
    const ownCa = { PM_FSP_ID, PM_HUB_BASE_URL, PM_CORE_BASE_URL, PM_INBOUND_TLS_ENABLED: 'true', ...vault } as Record<string, string>;
    assert.deepEqual(hubNamesOf((await loadConfig(undefined, ownCa, '/')).config), ['connector.greenbank.example']);
  });

  test('docs/money-rules.md, 5: an unsigned hub needs mutual TLS that ends here', async () => {
    const unsigned = { PM_JWS_HUB_MAY_BE_UNSIGNED: 'true' };
    assert.deepEqual(await refused(unsigned), []);
    assert.deepEqual(await refused({ ...unsigned, ...noTls }), ['inbound.tls.enabled', 'jws.hubMayBeUnsigned']);
    assert.deepEqual(await refused({ ...unsigned, ...noTls, ...proxied }), ['jws.hubMayBeUnsigned']);
    assert.deepEqual(await refused({ ...unsigned, ...proxied }), ['jws.hubMayBeUnsigned']);
  });

  test('an API of the DFSP that the network reaches needs client certificates, or somebody’s word', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.5', 'pm.greenbank.internal'])
      assert.deepEqual(await refused({ PM_OUTBOUND_HOST: host }), ['outbound.host'], host);
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost'])
      assert.deepEqual(await refused({ PM_OUTBOUND_HOST: host }), [], host);
    const tls = { PM_OUTBOUND_TLS_ENABLED: 'true', PM_OUTBOUND_TLS_CERTIFICATE_FILE: 'c', PM_OUTBOUND_TLS_KEY_FILE: 'k' };
    const mutual = { ...tls, PM_OUTBOUND_TLS_CA_FILE: 'a', PM_OUTBOUND_TLS_REQUIRE_CLIENT_CERTIFICATE: 'true' };
    assert.deepEqual(await refused({ PM_OUTBOUND_HOST: '0.0.0.0', ...tls }), ['outbound.host']);
    assert.deepEqual(await exemptions({ PM_OUTBOUND_HOST: '0.0.0.0', ...mutual }), []);
    const open = { PM_OUTBOUND_OPEN_TO_NETWORK: 'true' };
    assert.deepEqual(await exemptions({ PM_OUTBOUND_HOST: '0.0.0.0', ...open }), ['outbound.openToNetwork']);
    assert.deepEqual(await exemptions(open), [], 'nothing is open');
  });

  test('an operations API that the network reaches needs somebody who ends TLS before it', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.5', 'pm.greenbank.internal']) {
      assert.deepEqual(await refused({ PM_OPERATIONS_HOST: host }), ['operations.host'], host);
      assert.deepEqual(await refused({ PM_OPERATIONS_HOST: host, PM_OPERATIONS_TLS_ENDED_BY: 'the mesh' }), [], host);
      assert.deepEqual(await exemptions({ PM_OPERATIONS_HOST: host, PM_OPERATIONS_TLS_ENDED_BY: 'the mesh' }), ['operations.tlsEndedBy']);
      assert.deepEqual(await refused({ PM_OPERATIONS_HOST: host, PM_SANDBOX: 'true' }), []);
    }
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost'])
      assert.deepEqual(await refused({ PM_OPERATIONS_HOST: host }), [], host);
    assert.deepEqual(await exemptions({ PM_OPERATIONS_TLS_ENDED_BY: 'the mesh' }), [], 'nothing is open');
  });

  test('whoever tells us whom to trust, gives tokens or is told what stands wrong is reached by https', async () => {
    const manager = { PM_VAULT_STORE: 'file', PM_CONNECTION_MANAGER_DNS_NAMES: 'a', PM_CONNECTION_MANAGER_INGRESS_URL: 'https://a' };
    for (const [key, variable, more] of [
      ['connectionManager.url', 'PM_CONNECTION_MANAGER_URL', manager],
      ['connectionManager.tokenUrl', 'PM_CONNECTION_MANAGER_TOKEN_URL', {}],
      ['hub.oauth.tokenUrl', 'PM_HUB_OAUTH_TOKEN_URL', { PM_HUB_OAUTH_CLIENT_SECRET: 's' }],
      ['operations.alarmWebhook.url', 'PM_OPERATIONS_ALARM_WEBHOOK_URL', {}],
      ['journal.anchor.webhookUrl', 'PM_JOURNAL_ANCHOR_WEBHOOK_URL', {}],
    ] as const) {
      assert.ok((await refused({ ...more, [variable]: 'http://127.0.0.1:1/a' })).includes(key), key);
      assert.ok(!(await refused({ ...more, [variable]: 'https://127.0.0.1:1/a' })).includes(key), key);
      assert.ok(!(await refused({ ...more, [variable]: 'http://127.0.0.1:1/a', PM_SANDBOX: 'true' })).includes(key), key);
    }
  });

  test('a sandbox lifts all of it, and says so', async () => {
    const open = { PM_JWS_VERIFY: 'false', ...noTls, PM_OUTBOUND_HOST: '0.0.0.0' };
    assert.deepEqual(await refused({ ...open, PM_SANDBOX: 'true' }), []);
    assert.deepEqual(await exemptions({ ...open, PM_SANDBOX: 'true' }), ['sandbox']);
  });
});

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@payment-manager/configuration';
import { systemClock } from '@payment-manager/runtime';
import { fileFindings } from './files.ts';

const page = fileURLToPath(new URL('../../../../docs/operations/tls-certificates.md', import.meta.url));
const dayMs = 86_400_000;

/** What the page tells an operator to type, from its first line to its last. */
async function typedFrom(file: string): Promise<string> {
  return [...(await readFile(file, 'utf8')).matchAll(/^```sh\n([\s\S]+?)^```/gm)].map(([, commands]) => commands).join('\n');
}

const noOpenssl = spawnSync('openssl', ['version']).error !== undefined && 'openssl is not installed here';

describe('the files of a configuration', { skip: noOpenssl }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pm-files-'));
    execFileSync('sh', ['-e', '-c', await typedFrom(page)], { cwd: folder, stdio: 'pipe' });
    // the scheme's part: it signs our request, and gives its CA and its members' keys
    await mkdir(join(folder, 'peers'));
    await writeFile(join(folder, 'tls/client.ext'), 'extendedKeyUsage=clientAuth\n');
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    openssl(
      ...'x509 -req -sha256 -days 365 -in tls/client.csr -CA ca/ca.pem -CAkey ca/ca.key -CAcreateserial -extfile tls/client.ext -out tls/client.pem'.split(
        ' ',
      ),
    );
    openssl(...'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out jws.key'.split(' '));
    openssl(...'pkey -in jws.key -pubout -out peers/switch.pem'.split(' '));
  });
  after(() => rm(folder, { recursive: true }));

  /** The findings that are not `passed`, with a configuration that differs in some variables. */
  async function complaints(variables: Record<string, string> = {}, now = systemClock.now()): Promise<string[]> {
    const tls = (side: string, name: string) => ({
      [`PM_${side}_TLS_ENABLED`]: 'true',
      [`PM_${side}_TLS_CERTIFICATE_FILE`]: `tls/${name}.pem`,
      [`PM_${side}_TLS_KEY_FILE`]: `tls/${name}.key`,
      [`PM_${side}_TLS_CA_FILE`]: 'ca/ca.pem',
    });
    const all = {
      PM_FSP_ID: 'greenbank',
      PM_SANDBOX: 'true',
      PM_HUB_BASE_URL: 'https://127.0.0.1:1',
      PM_CORE_BASE_URL: 'http://127.0.0.1:1',
      PM_JWS_SIGNING_KEY_FILE: 'jws.key',
      PM_JWS_PEER_KEYS_FOLDER: 'peers',
      ...tls('INBOUND', 'server'),
      ...tls('HUB', 'client'),
      ...variables,
    };
    const { config } = await loadConfig(undefined, all, folder);
    return (await fileFindings(config, now))
      .filter(({ state }) => state !== 'passed')
      .map(({ check, state, message }) => `${state} ${check}: ${message}`);
  }

  test('made with the commands of docs/operations/tls-certificates.md they are as they should be', async () => {
    assert.deepEqual(await complaints(), []);
  });

  test('a logo that the portal would not show has failed, and one that it shows has not', async () => {
    const logo = (inside: string) => writeFile(join(folder, 'logo.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`);
    const looked = () => complaints({ PM_MANAGEMENT_BRAND_LOGO_FILE: 'logo.svg' });
    assert.match((await looked()).join(), /^failed management\.brand\.logoFile: .*cannot be read \(ENOENT\)/);
    await logo('<script>x</script>');
    assert.match((await looked()).join(), /^failed management\.brand\.logoFile: .*logo\.svg is an SVG with an element that runs/);
    await logo('');
    assert.deepEqual(await looked(), []);
  });

  test('one that is not there, a pair that does not belong together, and what cannot be read, have failed, all at once', async () => {
    const found = await complaints({
      PM_INBOUND_TLS_CERTIFICATE_FILE: 'tls/nowhere.pem',
      PM_HUB_TLS_KEY_FILE: 'tls/server.key',
      PM_JWS_SIGNING_KEY_FILE: 'ca/ca.pem',
      PM_OPERATIONS_ALARM_WEBHOOK_CA_FILE: 'nowhere-ca.pem',
    });
    assert.equal(found.length, 4, found.join('\n'));
    assert.match(found[0] ?? '', /^failed inbound\.tls: .*nowhere\.pem \(ENOENT\)/);
    assert.match(found[1] ?? '', /^failed hub\.tls: .*do not belong together/);
    assert.match(found[2] ?? '', /^failed jws\.signingKeyFile: .*no private key/);
    assert.match(found[3] ?? '', /^failed operations\.alarmWebhook\.caFile: .*nowhere-ca\.pem cannot be used \(ENOENT\)/);
  });

  test('a certificate that has ended, is not valid yet, or soon ends, is told', async () => {
    const now = systemClock.now();
    assert.match((await complaints({}, now + 366 * dayMs))[0] ?? '', /^failed inbound\.tls: .*expired/);
    assert.match((await complaints({}, now + 350 * dayMs))[0] ?? '', /^warning inbound\.tls: .*only \d+ days left/);
    assert.match((await complaints({}, now - 2 * dayMs))[0] ?? '', /^failed inbound\.tls: .*not valid before/);
  });

  test('a folder of peers’ keys that is missing, empty, or holds nothing that can be used, has failed; no key of the hub is told', async () => {
    await mkdir(join(folder, 'none'));
    await mkdir(join(folder, 'useless'));
    await writeFile(join(folder, 'useless/bluewallet.pem'), 'not PEM');
    const peers = async (name: string) => complaints({ PM_JWS_PEER_KEYS_FOLDER: name });
    assert.match((await peers('nowhere'))[0] ?? '', /^failed jws\.peerKeysFolder: .*cannot be read \(ENOENT\)/);
    assert.match((await peers('none'))[0] ?? '', /^failed jws\.peerKeysFolder: .*no key that can be used; .*payments can neither be sent/);
    const [first, second] = await peers('useless');
    assert.match(first ?? '', /^warning jws\.peerKeysFolder: bluewallet\.pem cannot be used/);
    assert.match(second ?? '', /^failed jws\.peerKeysFolder: .*no key that can be used/);
    assert.match((await complaints({ PM_HUB_ID: 'other-hub' }))[0] ?? '', /^warning jws\.peerKeysFolder: other-hub\.pem is missing/);
  });

  test('a client certificate for another than us, and a server certificate without a host, are told', async () => {
    assert.match((await complaints({ PM_FSP_ID: 'redbank' }))[0] ?? '', /^warning hub\.tls: .*is for greenbank, and we are redbank/);
    const found = await complaints({ PM_INBOUND_TLS_CERTIFICATE_FILE: 'tls/client.pem', PM_INBOUND_TLS_KEY_FILE: 'tls/client.key' });
    assert.match(found[0] ?? '', /^warning inbound\.tls: .*names no host/);
  });

  test('a caFile that holds another certificate than a CA’s is told', async () => {
    const [found] = await complaints({ PM_HUB_TLS_CA_FILE: 'tls/server.pem' });
    assert.match(found ?? '', /^warning hub\.tls: .*tls\/server\.pem: .*CN=payments\.greenbank\.example is not a CA certificate/);
  });

  test('what is switched off, and what a vault has, is not looked for', async () => {
    const none = { PM_INBOUND_TLS_KEY_FILE: 'nowhere', PM_JWS_SIGNING_KEY_FILE: 'nowhere', PM_JWS_PEER_KEYS_FOLDER: 'nowhere' };
    assert.deepEqual(
      await complaints({
        ...none,
        PM_INBOUND_TLS_ENABLED: 'false',
        PM_JWS_SIGN: 'false',
        PM_JWS_VERIFY: 'false',
        PM_SANDBOX: 'true',
      }),
      [],
    );
  });
});

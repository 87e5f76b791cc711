import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CredentialsInvalid, loadTlsCredentials, type TlsFiles } from '@payment-manager/configuration/files';
import { type Credentials, type RecordedLog, seededRandom, systemClock, systemRandom } from '@payment-manager/runtime';
import { type CertificateFiles, openAuthority, openSigningKey } from '@payment-manager/sandbox';
import { type KeysOfFiles, keysOfFiles, polledUntil, withoutVault } from '../test/keys-of-files.ts';

let folder: string;
let first: CertificateFiles;
let second: CertificateFiles;
let files: Required<TlsFiles>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-tls-'));
  const authority = await openAuthority({ folder: join(folder, 'ca'), clock: systemClock, random: systemRandom });
  await authority.issue({ name: 'one' });
  await authority.issue({ name: 'two' });
  [first, second] = [authority.files('one'), authority.files('two')];
  files = { certificateFile: join(folder, 'server.pem'), keyFile: join(folder, 'server.key'), caFile: first.ca };
});
after(() => rm(folder, { recursive: true }));

async function use({ certificate, privateKey }: CertificateFiles): Promise<void> {
  await copyFile(certificate, files.certificateFile);
  await copyFile(privateKey, files.keyFile);
}

const watchInbound = async (of: TlsFiles = files): Promise<KeysOfFiles> =>
  keysOfFiles(await withoutVault(({ inbound }) => ({ inbound: { ...inbound, tls: { ...inbound.tls, ...of, enabled: true } } })));
const watchSigningKey = async (signingKeyFile: string): Promise<KeysOfFiles> =>
  keysOfFiles(await withoutVault(({ jws }) => ({ jws: { ...jws, sign: true, signingKeyFile } })));

const errors = (log: RecordedLog) => log.lines.filter((line) => line.level === 'error').length;

describe('TLS credentials', () => {
  test('a certificate with its key and a CA are loaded, and the validity is known', async () => {
    await use(first);
    const { credentials, status } = await loadTlsCredentials('inbound', files);
    assert.match(credentials.certificate, /BEGIN CERTIFICATE/);
    assert.equal(String(credentials.privateKey), '[secret]');
    assert.ok(status !== undefined && status.validTo > systemClock.now());
  });

  test('a missing file, a key of another certificate and broken files are refused, naming the file and not its contents', async () => {
    const broken = join(folder, 'broken.pem');
    await writeFile(broken, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
    const [empty, garbage, half, unreadable] = ['empty', 'garbage', 'half', 'unreadable'].map((name) => join(folder, `${name}.pem`)) as [
      string,
      string,
      string,
      string,
    ];
    const ca = await readFile(files.caFile, 'utf8');
    await writeFile(empty, '');
    await writeFile(garbage, 'c2VjcmV0');
    await writeFile(half, `${ca}${ca.slice(0, 300)}`);
    await writeFile(unreadable, `${ca}-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n`);
    const cases: [TlsFiles, RegExp][] = [
      [{ ...files, certificateFile: '/nowhere.pem' }, /nowhere\.pem \(ENOENT\)/],
      [{ ...files, keyFile: second.privateKey }, /do not belong together/],
      [{ ...files, certificateFile: broken }, /no certificate/],
      [{ ...files, keyFile: broken }, /no private key/],
      [{ ...files, certificateFile: empty }, /certificate for inbound .*empty\.pem.* holds no certificate/],
      [{ ...files, caFile: empty }, /CA bundle for inbound .*empty\.pem.* holds no certificate/],
      [{ ...files, caFile: garbage }, /CA bundle for inbound .* holds no certificate/],
      [{ caFile: half }, /CA bundle for inbound .* is cut off/],
      [{ caFile: unreadable }, /number 2 of 2/],
    ];
    for (const [wrong, reason] of cases) {
      await assert.rejects(loadTlsCredentials('inbound', wrong), (error: unknown) => {
        assert.ok(error instanceof CredentialsInvalid);
        assert.match(error.message, reason);
        assert.doesNotMatch(error.message, /c2VjcmV0/);
        return true;
      });
    }
  });

  test('promise 8: replaced files are taken while running; half-replaced ones change nothing until they fit', async () => {
    await use(first);
    const { keys, time, log } = await watchInbound();
    const before = keys.inbound?.credentials;
    const taken: Credentials[] = [];
    keys.inbound?.onChange((credentials) => void taken.push(credentials));
    await copyFile(second.certificate, files.certificateFile);
    await polledUntil(time, () => errors(log) > 0);
    assert.deepEqual([taken.length, errors(log)], [0, 1], 'the new certificate does not fit the old key yet');
    await copyFile(second.privateKey, files.keyFile);
    await polledUntil(time, () => taken.length > 0);
    assert.equal(taken.length, 1);
    assert.notEqual(taken[0]?.certificate, before?.certificate);
    keys.stop();
  });

  for (const [how, content] of [
    ['empty', ''],
    ['garbage', 'garbage'],
    ['half-written', '-----BEGIN CERTIFICATE-----\nMIIB'],
  ] as const)
    test(`a CA bundle that becomes ${how} changes nothing; an alarm stands until it can be used again`, async () => {
      await use(first);
      const caFile = join(folder, 'watched-ca.pem');
      await copyFile(first.ca, caFile);
      const { keys, time, log } = await watchInbound({ ...files, caFile });
      const taken: Credentials[] = [];
      keys.inbound?.onChange((credentials) => void taken.push(credentials));
      await writeFile(caFile, content);
      await polledUntil(time, () => keys.alarms().length > 0);
      assert.deepEqual(
        keys.alarms().map(({ id, code }) => [id, code]),
        [['credentials-inbound', 'CREDENTIALS_NOT_TAKEN']],
      );
      assert.match(keys.alarms()[0]?.reason ?? '', /watched-ca\.pem/);
      assert.deepEqual([taken.length, errors(log)], [0, 1]);
      await copyFile(first.ca, caFile);
      await polledUntil(time, () => keys.alarms().length === 0);
      assert.deepEqual([taken.length, keys.alarms().length], [0, 0]);
      keys.stop();
    });

  test('the signing key is replaced while running; a weak or broken one is not taken', async () => {
    const [one, two] = [await openSigningKey(join(folder, 'jws'), 'one'), await openSigningKey(join(folder, 'jws'), 'two')];
    const file = join(folder, 'signing.pem');
    await copyFile(one.privateKeyFile, file);
    const { keys, time, log } = await watchSigningKey(file);
    const before = keys.signingKey();
    assert.equal(before?.type, 'public', 'its private part does not come out');
    await writeFile(file, 'half a k');
    await polledUntil(time, () => errors(log) > 0);
    assert.equal(keys.signingKey(), before);
    assert.deepEqual(
      keys.alarms().map(({ id }) => id),
      ['credentials-jws'],
    );
    await copyFile(two.privateKeyFile, file);
    await polledUntil(time, () => keys.signingKey() !== before);
    assert.notEqual(keys.signingKey(), before);
    keys.stop();
    await writeFile(file, seededRandom(1).bytes(32));
    await assert.rejects(watchSigningKey(file), CredentialsInvalid);
  });
});

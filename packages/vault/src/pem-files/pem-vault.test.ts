import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { recordedLog, Secret, systemClock, systemRandom, threadPoolSignatures, virtualTime } from '@payment-manager/runtime';
import { memoryStore } from '../store/memory-store.ts';
import { openVault } from '../vault.ts';
import { CALLERS_OF_FILES, openPemVault, type PemFiles, type PemVault } from './pem-vault.ts';

const doing = { by: 'a test', why: 'to see' };
const environment = 'production';

interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

/** A certificate of a CA of its own. */
async function newPair(): Promise<Pair> {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const { keys, authority, credentials } = vault.environment(environment);
  const { id: ca } = await authority.create({ commonName: 'CA' }, 30, doing, 'EC-P256');
  await keys.activate('dfsp-ca', ca, doing);
  const { id } = await keys.generate('tls-server', doing, 'EC-P256');
  const request = await keys.request('tls-server', id, { usage: 'server', subject: { commonName: 'x' }, names: { dns: ['x'] } });
  await keys.storeChain('tls-server', id, (await authority.sign(request, { usage: 'server', days: 1 })).join(''));
  await keys.activate('tls-server', id, doing);
  const { certificate, privateKey, trustedCas } = await credentials('tls-server');
  return { certificate, key: privateKey.reveal(), ca: trustedCas };
}

let folder: string;
let opened: PemVault | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-pem-'));
});
afterEach(async () => {
  opened?.stop();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

async function put({ certificate, key, ca }: Pair, where = ''): Promise<void> {
  await writeFile(at(`${where}server.pem`), certificate);
  await writeFile(at(`${where}server.key`), key);
  await writeFile(at(`${where}ca.pem`), ca);
}

const serverFiles = (): PemFiles => ({
  environment,
  pollMs: 1_000,
  server: { name: 'inbound', files: { certificateFile: at('server.pem'), keyFile: at('server.key'), caFile: at('ca.pem') } },
});

async function open(files: PemFiles) {
  const time = virtualTime();
  const world = { clock: time, timers: time, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog() };
  opened = await openPemVault(files, world);
  return { ...opened, own: opened.vault.environment(environment) };
}

describe('PEM files as a vault', () => {
  test('certificate, key and CA are what the files hold, and the names of those that change are told', async () => {
    const [first, second] = [await newPair(), await newPair()];
    await put(first);
    const { vault, own } = await open(serverFiles());
    const told: string[] = [];
    vault.onChange(({ purpose, id }) => void told.push(`${purpose}/${id}`));
    const before = await own.credentials('tls-server', [CALLERS_OF_FILES]);
    assert.deepEqual([before.certificate, before.privateKey.reveal(), before.trustedCas], [first.certificate, first.key, first.ca]);
    await vault.refresh();
    assert.deepEqual(told, [], 'nothing has changed');
    await put(second);
    await vault.refresh();
    assert.deepEqual(told, ['tls-server/own', 'hub-ca/callers']);
    const after = await own.credentials('tls-server', [CALLERS_OF_FILES]);
    assert.deepEqual([after.certificate, after.privateKey.reveal(), after.trustedCas], [second.certificate, second.key, second.ca]);
    assert.notEqual(after.keyId, before.keyId);
  });

  test('certificate and key that are replaced one after the other, or are broken or gone: the old pair stays, and an alarm stands', async () => {
    const [first, second] = [await newPair(), await newPair()];
    await put(first);
    const { vault, own, alarms } = await open(serverFiles());
    const inUse = async () => (await own.credentials('tls-server', [CALLERS_OF_FILES])).certificate;
    for (const [name, content] of [
      ['server.pem', second.certificate],
      ['server.pem', second.certificate.slice(0, 100)],
      ['server.key', ''],
      ['ca.pem', ''],
      ['ca.pem', undefined],
    ] as const) {
      if (content === undefined) await rm(at(name));
      else await writeFile(at(name), content);
      await vault.refresh();
      assert.equal(await inUse(), first.certificate, name);
      assert.deepEqual(
        alarms().map(({ id, code }) => [id, code]),
        [['credentials-inbound', 'CREDENTIALS_NOT_TAKEN']],
      );
    }
    assert.equal((await own.credentials('tls-server', [CALLERS_OF_FILES])).trustedCas, first.ca);
    await put(second);
    await vault.refresh();
    assert.equal(await inUse(), second.certificate);
    assert.deepEqual(alarms(), []);
  });

  test('a swapped symbolic link, as Kubernetes does it, is new certificate, key and CA at once', async () => {
    const [first, second] = [await newPair(), await newPair()];
    for (const [version, pair] of [
      ['v1', first],
      ['v2', second],
    ] as const) {
      await mkdir(at(version));
      await put(pair, `${version}/`);
    }
    await symlink('v1', at('..data'));
    for (const name of ['server.pem', 'server.key', 'ca.pem']) await symlink(`..data/${name}`, at(name));
    const { vault, own, alarms } = await open(serverFiles());
    await symlink('v2', at('..data_new'));
    await rename(at('..data_new'), at('..data'));
    await vault.refresh();
    const { certificate, trustedCas } = await own.credentials('tls-server', [CALLERS_OF_FILES]);
    assert.deepEqual([certificate, trustedCas, alarms().length], [second.certificate, second.ca, 0]);
  });

  test('it is read only: no key is made, taken in, certified, activated or distrusted, and no secret is kept', async () => {
    await put(await newPair());
    const { own } = await open(serverFiles());
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [server] = await own.keys.list('tls-server');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const writing of [
      () => own.keys.generate('tls-server', doing, 'EC-P256'),
      () => own.keys.import('jws-signing', doing, new Secret(pem)),
      () => own.keys.move('tls-server', server?.id ?? '', 'retiring', doing),
      () => own.authority.create({ commonName: 'CA' }, 30, doing, 'EC-P256'),
      () => own.trust.present('peer-jws', 'bluewallet', [publicKey.export({ type: 'spki', format: 'pem' }) as string], 'a test', doing),
      () => own.secrets.put('x', new Secret('y'), doing),
    ])
      await assert.rejects(writing, { code: 'VAULT_READ_ONLY' });
    assert.equal(server?.state, 'active');
  });

  test('a file that cannot be used keeps from opening, and no peer’s file does', async () => {
    await put(await newPair());
    await writeFile(at('server.key'), 'garbage');
    await assert.rejects(open(serverFiles()), { code: 'CREDENTIALS_INVALID', message: /server\.key/ });
    await mkdir(at('peers'));
    await writeFile(at('peers/bluewallet.pem'), 'garbage');
    const { own, alarms, vault } = await open({ environment, pollMs: 1_000, peers: { folder: at('peers'), overlapMs: 1_000 } });
    assert.deepEqual(await own.trust.ids('peer-jws'), []);
    assert.deepEqual(
      alarms().map(({ id }) => id),
      ['credentials-bluewallet.pem'],
    );
    await rm(at('peers/bluewallet.pem'));
    await vault.refresh();
    assert.deepEqual(alarms(), []);
  });

  test('a key of a peer that was removed and comes back is trusted again, and its revisions only grow', async () => {
    await mkdir(at('peers'));
    const { own, vault } = await open({ environment, pollMs: 1_000, peers: { folder: at('peers'), overlapMs: 1_000 } });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    for (let turn = 0; turn < 3; turn++) {
      await writeFile(at('peers/bluewallet.pem'), pem);
      await vault.refresh();
      assert.equal((await own.trust.trusted('peer-jws', 'bluewallet')).length, 1);
      await rm(at('peers/bluewallet.pem'));
      await vault.refresh();
      assert.deepEqual(await own.trust.trusted('peer-jws', 'bluewallet'), []);
    }
  });
});

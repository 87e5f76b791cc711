import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import {
  type Credentials,
  createHttpClient,
  createMetrics,
  probeTls,
  type RecordedLog,
  recordedLog,
  startHttpServer,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { type Environment, memoryStore, openVault, type Vault, type VaultStore } from '@payment-manager/vault';
import { type LoadedKeys, loadKeys } from './watch-signer.ts';
import { guardedClient } from './watch-tls.ts';

const doing = { by: 'a test', why: 'to see' };
const subject = { commonName: 'greenbank' };
const hubKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

const folder = await mkdtemp(join(tmpdir(), 'pm-vault-keys-'));
after(() => rm(folder, { recursive: true }));
const { config } = await loadConfig(
  undefined,
  {
    PM_FSP_ID: 'greenbank',
    PM_SANDBOX: 'true',
    PM_HUB_BASE_URL: 'https://127.0.0.1:1',
    PM_CORE_BASE_URL: 'http://127.0.0.1:1',
    PM_HUB_TLS_ENABLED: 'true',
    PM_INBOUND_TLS_ENABLED: 'true',
    PM_VAULT_STORE: 'file',
    PM_ENVIRONMENT: 'sandbox',
  },
  folder,
);

let store: VaultStore;
let vault: Vault;
let own: Environment;
let log: RecordedLog;

beforeEach(async () => {
  store = memoryStore();
  vault = await openVault({ store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  own = vault.environment('sandbox');
  log = recordedLog();
});

const load = (of = config): Promise<LoadedKeys> =>
  loadKeys(of, vault, {
    random: systemRandom,
    clock: systemClock,
    timers: systemTimers,
    log,
    metrics: createMetrics(),
    signatures: threadPoolSignatures,
  });

async function newCa(): Promise<void> {
  const { id } = await own.authority.create({ commonName: `CA ${systemRandom.uuid()}` }, 365, doing, 'EC-P256');
  await own.keys.activate('dfsp-ca', id, doing);
}

/** A certificate of our own CA in use; answers its fingerprint. */
async function certified(purpose: 'tls-client' | 'tls-server'): Promise<string> {
  const usage = purpose === 'tls-client' ? 'client' : 'server';
  const { id } = await own.keys.generate(purpose, doing, 'EC-P256');
  const chain = await own.authority.sign(await own.keys.request(purpose, id, { usage, subject, names: { ip: ['127.0.0.1'] } }), {
    usage,
    days: 30,
  });
  await own.keys.storeChain(purpose, id, chain.join('\n'));
  await own.keys.activate(purpose, id, doing);
  return new X509Certificate(chain[0] ?? '').fingerprint256;
}

async function newSigningKey(): Promise<string> {
  const { id } = await own.keys.generate('jws-signing', doing);
  await own.keys.activate('jws-signing', id, doing);
  return id;
}

/** Resolves when what was changed has been read again. */
async function settled(what: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !what(); turn++) await new Promise<void>((resolve) => systemTimers.after(5, resolve));
  assert.ok(what(), 'it is taken');
}

const printOf = ({ certificate }: Credentials): string => new X509Certificate(certificate).fingerprint256;

describe('keys out of the vault', () => {
  test('an empty vault starts, says what is missing, and each part is taken as it comes', async () => {
    const keys = await load();
    const taken: string[] = [];
    keys.hub?.onChange((credentials) => void taken.push(credentials.certificate === '' ? 'none' : printOf(credentials)));
    assert.deepEqual(keys.missing(), ['server certificate', 'client certificate', 'JWS key']);
    await newCa();
    await certified('tls-server');
    await newSigningKey();
    await settled(() => keys.missing().length === 1);
    const client = await certified('tls-client');
    await settled(() => keys.missing().includes('CA of the hub'));
    assert.deepEqual(taken, ['none'], 'a certificate without anybody to trust is not used');
    await own.trust.present('hub-ca', 'hub', await own.authority.chain(), 'a test', doing);
    await settled(() => keys.missing().length === 0);
    assert.equal(taken.at(-1), client);
    assert.deepEqual(
      keys.certificates().map(({ side }) => side),
      ['inbound', 'hub'],
    );
    keys.stop();
  });

  test('the hub’s servers may come from another CA than the hub’s own, out of a file: it is trusted beside that, never instead of it', async () => {
    const { authority, keys: publicKeys } = vault.environment('public');
    const { id, chain: [publicCa = ''] = [] } = await authority.create({ commonName: 'Public CA' }, 365, doing, 'EC-P256');
    await publicKeys.activate('dfsp-ca', id, doing);
    const caFile = join(folder, 'public.pem');
    await writeFile(caFile, publicCa.trimEnd());
    const beside: typeof config = { ...config, hub: { ...config.hub, tls: { ...config.hub.tls, caFile } } };
    await newCa();
    await certified('tls-client');
    const keys = await load(beside);
    assert.ok(keys.missing().includes('CA of the hub'), 'the hub’s own is needed all the same');
    await own.trust.present('hub-ca', 'hub', await own.authority.chain(), 'a test', doing);
    await settled(() => !keys.missing().includes('CA of the hub'));
    const trusted = keys.hub?.credentials.trustedCas ?? '';
    for (const ca of [publicCa, ...(await own.authority.chain())]) assert.ok(trusted.includes(ca.trim()));
    assert.doesNotMatch(trusted, /CERTIFICATE----------BEGIN/);
    keys.stop();
    const nowhere = { ...beside, hub: { ...beside.hub, tls: { ...beside.hub.tls, caFile: join(folder, 'nowhere.pem') } } };
    await assert.rejects(load(nowhere), /CA bundle for hub cannot be read/);
  });

  test('a live server refuses TLS before it has a certificate, and then presents each new one; old callers stay trusted while their CA retires', async () => {
    const keys = await load();
    assert.ok(keys.inbound);
    const server = await startHttpServer(
      {
        host: '127.0.0.1',
        port: 0,
        maxBodyBytes: 1_000,
        handler: async () => ({ status: 204 }),
        refuse: () => ({ status: 503 }),
        tls: { credentials: keys.inbound.credentials, requireClientCertificate: true },
      },
      recordedLog(),
    );
    keys.inbound.onChange((credentials) => server.setCredentials(credentials));
    const look = () => probeTls({ host: '127.0.0.1', port: server.port, timeoutMs: 2_000 });
    const presents = async (): Promise<string | undefined> => {
      const seen = await look();
      return seen.kind === 'served' ? new X509Certificate(seen.certificate).fingerprint256 : undefined;
    };
    assert.equal(await presents(), undefined);
    await newCa();
    const first = await certified('tls-server');
    await settled(() => keys.inbound?.snapshot() !== undefined);
    assert.equal(await presents(), first);
    await certified('tls-client');
    const caller = createHttpClient({ credentials: await own.credentials('tls-client', [{ purpose: 'dfsp-ca' }]) });
    const ask = async () => (await caller.request({ method: 'GET', url: server.url, headers: {}, timeoutMs: 2_000 })).kind;
    assert.equal(await ask(), 'answer');
    await newCa();
    const second = await certified('tls-server');
    await settled(() => keys.inbound !== undefined && printOf(keys.inbound.credentials) === second);
    assert.equal(await presents(), second);
    assert.equal(await ask(), 'answer', 'the caller’s certificate is of the CA that retires');
    await caller.close();
    await server.close(0);
    keys.stop();
  });

  test('the JWS key signs in the vault; a new one is used at once, and a compromised one never again', async () => {
    const first = await newSigningKey();
    const keys = await load();
    const data = Buffer.from('a message');
    const held = keys.signingKey();
    assert.ok(held && keys.signatures);
    assert.equal(held.type, 'public', 'its private part does not come out');
    const signature = await keys.signatures.sign('RS256', held, data);
    assert.ok(verify('sha256', data, held, signature));
    const second = await newSigningKey();
    await settled(() => keys.signingKey() !== held);
    assert.ok(await keys.signatures.sign('RS256', held, data), 'what is being signed with the former key is finished');
    const fresh = keys.signingKey();
    assert.ok(fresh);
    assert.notEqual(first, second);
    await own.keys.move('jws-signing', second, 'compromised', doing);
    await settled(() => keys.signingKey() === undefined);
    await assert.rejects(keys.signatures.sign('RS256', fresh, data), { code: /VAULT_(KEY_STATE|NO_KEY)/ });
    assert.deepEqual(
      keys.missing().filter((what) => what === 'JWS key'),
      ['JWS key'],
    );
    keys.stop();
  });

  test('a peer’s keys overlap as the vault says, also after a restart; who is distrusted verifies no more', async () => {
    const [one, two] = [hubKey(), hubKey()];
    await own.trust.present('peer-jws', 'bluewallet', [one], 'a test', doing);
    let keys = await load();
    assert.equal(keys.peers.keysOf('bluewallet').length, 1);
    await own.trust.present('peer-jws', 'bluewallet', [two], 'a test', doing);
    await settled(() => keys.peers.keysOf('bluewallet').length === 2);
    keys.stop();
    keys = await load();
    assert.deepEqual(
      keys.peers.keysOf('bluewallet').map((key) => key.equals(createPublicKey(two))),
      [true, false],
      'the present key comes first',
    );
    await own.trust.distrust('peer-jws', 'bluewallet', doing);
    await settled(() => keys.peers.keysOf('bluewallet').length === 0);
    await own.trust.present('peer-jws', 'redbank', [one], 'a test', doing);
    await settled(() => keys.peers.keysOf('redbank').length === 1);
    assert.deepEqual(keys.peers.keysOf('nobody'), []);
    keys.stop();
  });

  test('a message that does not verify makes the vault be read once more, and not for every such message', async () => {
    let reads = 0;
    const counted: VaultStore = {
      ...store,
      read(path) {
        if (path.includes('peer-jws')) reads++;
        return store.read(path);
      },
    };
    const writer = vault;
    vault = await openVault({ store: counted, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
    await own.trust.present('peer-jws', 'bluewallet', [hubKey()], 'a test', doing);
    const keys = await load();
    await writer.environment('sandbox').trust.present('peer-jws', 'bluewallet', [hubKey()], 'a test', doing);
    reads = 0;
    assert.equal(await keys.peers.refresh('bluewallet'), true);
    assert.equal(keys.peers.keysOf('bluewallet').length, 2);
    for (let n = 0; n < 20; n++) await keys.peers.refresh('bluewallet');
    assert.equal(reads, 1);
    assert.equal(await keys.peers.refresh('nobody'), false);
    keys.stop();
  });

  test('a peer that signs with its new key too soon: the scheme is asked for it, once for many messages, and no message waits for long', async () => {
    const fresh = hubKey();
    await own.trust.present('peer-jws', 'bluewallet', [hubKey()], 'a test', doing);
    const keys = await load();
    let sought = 0;
    keys.seekPeersWith(async () => {
      sought++;
      await own.trust.present('peer-jws', 'bluewallet', [fresh], 'a test', doing);
    });
    const refreshed = await Promise.all(Array.from({ length: 10 }, () => keys.peers.refresh('bluewallet')));
    assert.ok(refreshed.every((changed) => changed));
    assert.ok(keys.peers.keysOf('bluewallet')[0]?.equals(createPublicKey(fresh)));
    assert.equal(sought, 1);
    keys.seekPeersWith(() => new Promise(() => {}));
    const began = machineSpeed.now();
    await keys.peers.refresh('stranger');
    assert.ok(machineSpeed.now() - began < 4_000);
    keys.stop();
  });

  test('a vault that cannot be read changes nothing that is in use', async () => {
    await newCa();
    const first = await certified('tls-server');
    let broken = false;
    const other: VaultStore = { ...store, read: (path) => (broken ? Promise.reject(new Error('canary')) : store.read(path)) };
    const sick = await openVault({ store: other, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
    const healthy = vault;
    vault = sick;
    const keys = await load();
    vault = healthy;
    broken = true;
    await certified('tls-server');
    await sick.refresh().catch(() => {});
    await keys.peers.refresh('x');
    assert.equal(keys.inbound && printOf(keys.inbound.credentials), first);
    assert.doesNotMatch(JSON.stringify(log.lines), /canary/);
    keys.stop();
  });
});

test('a client without keys sends nothing, and says why', async () => {
  let missing: string | undefined = 'client certificate';
  const sent: string[] = [];
  const client = guardedClient(
    {
      async request({ url }) {
        sent.push(url);
        return { kind: 'answer', status: 200, headers: {}, body: new Uint8Array() };
      },
      load: () => ({ running: 0, waiting: 0 }),
      setCredentials() {},
      async close() {},
    },
    () => missing,
  );
  const ask = () => client.request({ method: 'GET', url: 'https://hub', headers: {}, timeoutMs: 1 });
  const refused = await ask();
  assert.ok(refused.kind === 'failed' && !refused.sent);
  assert.match(refused.message, /client certificate/);
  assert.deepEqual(sent, []);
  missing = undefined;
  assert.equal((await ask()).kind, 'answer');
});

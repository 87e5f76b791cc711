import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, type KeyAlgorithm, memoryStore, openVault } from '@payment-manager/vault';
import forge from 'node-forge';
import { pmIn } from '../../../test/command-line.ts';

const doing = { by: 'hub', why: 'test' };
let folder: string;
let hub: Environment;
let authority: (name: string, algorithm: KeyAlgorithm) => Promise<Environment>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-manual-'));
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  authority = async (name, algorithm) => {
    const environment = vault.environment(name);
    const { id } = await environment.authority.create({ commonName: `${name} CA` }, 3650, doing, algorithm);
    await environment.keys.activate('dfsp-ca', id, doing);
    return environment;
  };
  hub = await authority('hub', 'EC-P256');
  await writeFile(join(folder, 'hub-ca.pem'), (await hub.authority.chain()).join(''));
  await writeFile(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank
sandbox: true
core: { baseUrl: 'http://127.0.0.1:9' }
vault: { store: file }
connectionManager:
  keyAlgorithm: EC-P256
  dnsNames: [pm.greenbank.example]
  ingressUrl: https://pm.greenbank.example:4000
  egress: ['192.0.2.10:443+8000-8010']
environments:
  pilot: { hub: { baseUrl: 'http://127.0.0.1:9' } }
  live: { hub: { baseUrl: 'http://127.0.0.1:9' } }
  managed: { hub: { baseUrl: 'https://127.0.0.1:9', tls: { enabled: true } }, inbound: { tls: { enabled: true } }, connectionManager: { url: 'https://127.0.0.1:9' } }
`,
  );
});
after(() => rm(folder, { recursive: true }));

const pmOf = (environment: string, args: readonly string[]) => pmIn(folder, args, { USER: 'ada', PM_ENVIRONMENT: environment });
const pm = (...args: string[]) => pmOf('pilot', args);

async function done(...args: string[]): Promise<string> {
  const { exitCode, text } = await pm(...args);
  assert.equal(exitCode, 0, text);
  return text;
}

/** Has our present request signed by the hub, and imports what comes. */
async function renewClient(days: number): Promise<void> {
  const request = await done('export', 'csr');
  await writeFile(join(folder, 'client.pem'), (await hub.authority.sign(request, { usage: 'client', days })).join(''));
  await done('import', 'certificate', 'client.pem');
}

describe('a DFSP without a Connection Manager', () => {
  test('gets its certificates, and whom to trust, from files', async () => {
    assert.equal((await pm('cert', 'needs-renewal')).exitCode, 1);
    const unasked = await pm('import', 'hub-ca', 'hub-ca.pem');
    assert.equal(unasked.exitCode, 64);
    assert.match(unasked.text, /CN=hub CA[\s\S]*SHA-256 [0-9A-F:]{95}/);
    await done('import', 'hub-ca', 'hub-ca.pem', '--yes');
    assert.equal(await done('export', 'csr'), await done('export', 'csr'), 'asked again it is the same request');
    await renewClient(90);
    const leaf = new X509Certificate(await done('cert', 'export', 'client'));
    assert.match(leaf.subject ?? '', /CN=greenbank/);
    assert.match(await done('cert', 'renew', 'server'), /renewed, until/);
    assert.match(new X509Certificate(await done('cert', 'export', 'server')).subjectAltName ?? '', /DNS:pm\.greenbank\.example/);
    assert.match(await done('export', 'ca'), /BEGIN CERTIFICATE/);
    const list = await done('cert');
    assert.match(list, /^client +active +CN=greenbank +CN=hub CA .* (?:89|90) d /m);
    assert.match(list, /^hub-ca +active +CN=hub CA/m);
    assert.match(await done('cert', 'needs-renewal'), /No certificate needs renewal/);
  });

  test('takes a certificate that comes with its key in PKCS #12; the passphrase is never said', async () => {
    const other = await authority('other-hub', 'RSA-2048');
    await writeFile(join(folder, 'other-ca.pem'), (await other.authority.chain()).join(''));
    await done('import', 'hub-ca', 'other-ca.pem', '--yes');
    const elsewhere = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
    const { keys, credentials } = elsewhere.environment('elsewhere');
    const { id } = await keys.generate('tls-client', doing, 'RSA-2048');
    const request = await keys.request('tls-client', id, { usage: 'client', subject: { commonName: 'greenbank' } });
    await keys.storeChain('tls-client', id, (await other.authority.sign(request, { usage: 'client', days: 60 })).join(''));
    await keys.activate('tls-client', id, doing);
    const { certificate, privateKey } = await credentials('tls-client', []);
    const key = forge.pki.privateKeyFromPem(privateKey.reveal());
    const [leaf = ''] = certificate.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const file = forge.asn1.toDer(forge.pkcs12.toPkcs12Asn1(key, [forge.pki.certificateFromPem(leaf)], 'hunter2')).getBytes();
    await writeFile(join(folder, 'client.p12'), Buffer.from(file, 'binary'));
    await writeFile(join(folder, 'passphrase'), 'hunter2\n');
    await writeFile(join(folder, 'wrong'), 'hunter3');
    assert.match((await pm('import', 'certificate', 'client.p12')).text, /--passphrase-file/);
    const wrong = await pm('import', 'certificate', 'client.p12', '--passphrase-file', 'wrong');
    assert.equal(wrong.exitCode, 1);
    assert.doesNotMatch(wrong.text, /hunter/);
    const text = await done('import', 'certificate', 'client.p12', '--passphrase-file', 'passphrase');
    assert.doesNotMatch(text, /hunter|PRIVATE/);
    assert.match(await done('cert'), /^client +active +CN=greenbank +CN=other-hub CA .* (?:59|60) d /m);
  });

  test('cron learns by the exit code what is due', async () => {
    const request = await done('export', 'csr');
    await writeFile(join(folder, 'client.pem'), (await hub.authority.sign(request, { usage: 'client', days: 0.01 })).join(''));
    await done('import', 'certificate', 'client.pem');
    const { exitCode, text } = await pm('cert', 'needs-renewal', '--json');
    assert.equal(exitCode, 1);
    assert.deepEqual(
      (JSON.parse(text) as { due: { certificate: string; reason: string }[] }).due.map(({ certificate, reason }) => [certificate, reason]),
      [['client', 'PAST_TWO_THIRDS']],
    );
    await renewClient(90);
    assert.equal((await pm('cert', 'needs-renewal')).exitCode, 0);
  });

  test('gives away its JWS key, and changes it when the peers have the new one', async () => {
    const first = await done('export', 'jws');
    assert.match(await done('keys', 'rotate', 'jws'), /The present key still signs/);
    assert.equal(await done('export', 'jws'), first);
    const next = await done('export', 'jws', '--next');
    assert.notEqual(next, first);
    const early = await pm('keys', 'rotate', 'jws', '--activate');
    assert.equal(early.exitCode, 64);
    assert.match(early.text, /Peers may need \d+ minutes? more/);
    await done('keys', 'rotate', 'jws', '--activate', '--yes');
    const set = JSON.parse(await done('export', 'jws', '--jwks')) as { keys: { kty: string }[] };
    assert.equal(
      createPublicKey({ key: set.keys[0] as never, format: 'jwk' })
        .export({ type: 'spki', format: 'pem' })
        .toString()
        .trim(),
      next,
    );
    assert.match(await done('keys', 'list'), /jws-signing +own +\w+ +RSA-2048 +active +\S+ +ada +\.\/pm keys rotate jws/);
  });

  test('takes a peer’s keys as PEM or as a set, and says whose they are', async () => {
    const { publicKey } = await hub.keys.generate('jws-signing', doing);
    await writeFile(join(folder, 'blue.json'), JSON.stringify({ keys: [createPublicKey(publicKey).export({ format: 'jwk' })] }));
    assert.equal((await pm('import', 'peer-jws', 'blue.json')).exitCode, 64);
    assert.equal((await pm('import', 'peer-jws', 'blue.json', '--peer', 'greenbank')).exitCode, 64);
    assert.match(await done('import', 'peer-jws', 'blue.json', '--peer', 'bluebank'), /1 key of bluebank is trusted/);
    assert.match(await done('keys'), /^peer-jws +bluebank +\w+ +RSA-2048 +active/m);
  });

  test('a key that somebody else may have counts for nothing, whoever’s it is', async () => {
    type Listed = { keys: { purpose: string; keyId: string; state: string }[] };
    const keys = async () => (JSON.parse(await done('keys', '--json')) as Listed).keys;
    const idOf = async (purpose: string) => (await keys()).find((key) => key.purpose === purpose && key.state === 'active')?.keyId ?? '';
    for (const purpose of ['peer-jws', 'jws-signing']) {
      const id = await idOf(purpose);
      assert.match((await pm('keys', 'compromised', id)).text, /immediately and permanently.*It is in use/);
      assert.equal(await idOf(purpose), id);
      await done('keys', 'compromised', id, '--yes');
      assert.notEqual(await idOf(purpose), id);
    }
    assert.equal((await pm('keys', 'compromised', 'nonsense', '--yes')).exitCode, 64);
    assert.match((await pm('import', 'peer-jws', 'blue.json', '--peer', 'bluebank')).text, /may be trusted|compromised/);
  });

  test('signs the hub’s request for the certificate with which it calls', async () => {
    const { id } = await hub.keys.generate('tls-client', doing, 'EC-P256');
    const request = await hub.keys.request('tls-client', id, { usage: 'client', subject: { commonName: 'whatever' } });
    await writeFile(join(folder, 'hub.csr'), request);
    const [leaf, ca] = (await done('import', 'hub-csr', 'hub.csr')).match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const signed = new X509Certificate(leaf ?? '');
    assert.equal(signed.subject, 'CN=pm.greenbank.example');
    assert.ok(signed.checkIssued(new X509Certificate(ca ?? '')) && !signed.ca);
    assert.match((await pm('import', 'hub-csr', 'hub-ca.pem')).text, /no certificate request/);
  });

  test('says from where it calls and is called', async () => {
    assert.deepEqual(JSON.parse(await done('export', 'endpoints')), {
      fspId: 'greenbank',
      ingress: { url: 'https://pm.greenbank.example:4000', dnsNames: ['pm.greenbank.example'], ips: [] },
      egress: [{ address: '192.0.2.10', ports: ['443', '8000-8010'] }],
    });
  });

  test('a refusal says what is wrong, and leaves what was in use', async () => {
    const before = await done('cert', 'export', 'client');
    const foreign = await pm('import', 'certificate', 'hub-ca.pem');
    assert.equal(foreign.exitCode, 1);
    assert.match(foreign.text, /None of its certificates is for a client key of ours/);
    assert.equal((await pm('import', 'certificate', 'nowhere.pem')).exitCode, 69);
    assert.equal((await pm('import', 'nonsense', 'hub-ca.pem')).exitCode, 64);
    assert.equal((await pm('cert', 'renew', 'nonsense')).exitCode, 64);
    assert.equal(await done('cert', 'export', 'client'), before);
    const out = ['export', 'ca', '--out', 'ca.pem'];
    await done(...out);
    assert.match((await pm(...out)).text, /exists already/);
    assert.match(await readFile(join(folder, 'ca.pem'), 'utf8'), /BEGIN CERTIFICATE/);
  });

  test('another user than the product’s is refused before anything is written', async (t) => {
    const { getuid } = process;
    t.after(() => void Object.assign(process, { getuid }));
    Object.assign(process, { getuid: () => 4_294_967_000 });
    const { exitCode, text } = await pm('keys');
    assert.equal(exitCode, 78);
    assert.match(text, /belongs to the user with the number \d+[\s\S]*Run the command as that user/);
  });

  test('environments share no key', async () => {
    assert.match((await pmOf('live', ['keys'])).text, /live has no keys yet/);
  });

  test('where there is a Connection Manager nothing is imported, and a renewal begins with a key that waits', async () => {
    assert.match((await pmOf('managed', ['import', 'hub-ca', 'hub-ca.pem', '--yes'])).text, /would conflict with them/);
    const { exitCode, text } = await pmOf('managed', ['cert', 'renew', 'client']);
    assert.equal(exitCode, 0, text);
    assert.match(text, /renewal has started/);
    assert.match((await pmOf('managed', ['cert', 'renew', 'client'])).text, /is waiting already/);
    assert.match((await pmOf('managed', ['keys'])).text, /tls-client +own +\w+ +EC-P256 +pre-active/);
  });
});

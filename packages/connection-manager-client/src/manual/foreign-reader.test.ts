import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, memoryStore, openVault } from '@payment-manager/vault';
import forge from 'node-forge';
import { signHubRequest } from './give.ts';

/** Schemes' Connection Managers read with node-forge what we send, and make with it what we sign. */
const doing = { by: 'a test', why: 'to see' };
const subject = {
  commonName: 'bank-a',
  organization: 'Bänk A',
  organizationalUnit: 'Payments',
  locality: 'Nairobi',
  state: 'Nairobi County',
  country: 'KE',
};
const sha256WithRsa = forge.pki.oids['sha256WithRSAEncryption'];

async function ourVault(): Promise<Environment> {
  const vault = await openVault({ store: memoryStore(), clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
  const environment = vault.environment('live');
  await nextCa(environment, 'CA of bank-a');
  return environment;
}

async function nextCa({ authority, keys }: Environment, commonName: string): Promise<forge.pki.Certificate> {
  const { id } = await authority.create({ ...subject, commonName }, 3_650, doing, 'RSA-2048');
  await keys.activate('dfsp-ca', id, doing);
  return read((await authority.chain())[0]);
}

const read = (pem: string | undefined): forge.pki.Certificate => forge.pki.certificateFromPem(pem ?? '');

function believes(ca: forge.pki.Certificate, leaf: string | undefined): boolean {
  return forge.pki.verifyCertificateChain(forge.pki.createCaStore([ca]), [read(leaf)]);
}

test('node-forge reads our requests: signature, algorithm, subject and names', async () => {
  const { keys } = await ourVault();
  const { id } = await keys.generate('tls-client', doing, 'RSA-2048');
  const pem = await keys.request('tls-client', id, { usage: 'client', subject, names: { dns: ['connector.bank-a.example'] } });
  const request = forge.pki.certificationRequestFromPem(pem);
  assert.ok(request.verify());
  assert.equal(request.signatureOid, sha256WithRsa);
  assert.deepEqual(
    request.subject.attributes.map(({ shortName, value }) => `${shortName}=${forge.util.decodeUtf8(String(value))}`).sort(),
    ['C=KE', 'CN=bank-a', 'L=Nairobi', 'O=Bänk A', 'OU=Payments', 'ST=Nairobi County'],
  );
  assert.match(JSON.stringify(request.getAttribute({ name: 'extensionRequest' })), /connector\.bank-a\.example/);
});

test('node-forge believes what our CA signs, also during a change of it', async () => {
  const ours = await ourVault();
  const { authority, keys } = ours;
  const serverCertificate = async (): Promise<readonly string[]> => {
    const { id } = await keys.generate('tls-server', doing, 'RSA-2048');
    const request = await keys.request('tls-server', id, { usage: 'server', subject, names: { dns: ['x.example'], ip: ['192.0.2.1'] } });
    return authority.sign(request, { usage: 'server', days: 365 });
  };
  const first = read((await authority.chain())[0]);
  assert.ok(first.verify(first) && first.signatureOid === sha256WithRsa);
  const [before] = await serverCertificate();
  assert.ok(believes(first, before));
  const second = await nextCa(ours, 'CA of bank-a 2');
  const [after] = await serverCertificate();
  assert.ok(believes(second, after));
  assert.throws(() => believes(first, after));
});

test('a request that node-forge made for the hub, with no subject and CRLF, is signed for our connector', async () => {
  const ours = await ourVault();
  const pair = forge.pki.rsa.generateKeyPair(2048);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = pair.publicKey;
  request.setSubject([]);
  request.sign(pair.privateKey, forge.md.sha256.create());
  const pem = forge.pki.certificationRequestToPem(request);
  assert.match(pem, /\r\n/);
  const wanted = { fspId: 'bank-a', subject, dnsNames: [], ips: [], connectorFqdn: 'connector.bank-a.example', ingressUrl: '', egress: [] };
  const [leaf] = (await signHubRequest(ours, wanted, Buffer.from(pem), doing)).match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  assert.equal(read(leaf).subject.getField('CN')?.value, 'connector.bank-a.example');
  assert.equal(
    forge.pki.publicKeyToPem(read(leaf).publicKey as forge.pki.rsa.PublicKey),
    forge.pki.publicKeyToPem(pair.publicKey as forge.pki.rsa.PublicKey),
  );
  assert.ok(believes(read((await ours.authority.chain())[0]), leaf));
});

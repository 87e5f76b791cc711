import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { Secret, systemClock, systemRandom, threadPoolSignatures } from '@payment-manager/runtime';
import { keyWithExponentOne, rsaPrivateKey } from '../../test/weak-keys.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { VaultStore } from '../store/vault-store.ts';
import { openVault } from '../vault.ts';
import { selfSigned } from '../x509/authority.ts';
import { loadX509, signingAlgorithm } from '../x509/x509.ts';

const doing = { by: 'a test', why: 'to see' };
const day = 1;

const open = (store: VaultStore = memoryStore()) =>
  openVault({ store, clock: systemClock, random: systemRandom, signatures: threadPoolSignatures });
const ecKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const publicOf = (privateKey: string): string =>
  createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }) as string;
/** Certificates of a CA: each of the same key, with its own name and serial number. */
const caOf = (privateKey: string, commonName: string, algorithm: 'EC-P256' | 'RSA-2048' = 'EC-P256'): Promise<string> =>
  selfSigned({ privateKey, algorithm }, { commonName }, day, Date.now(), systemRandom.bytes(16));

describe('a compromised key never comes back, whatever it comes in', () => {
  test('a CA’s key under another certificate is refused, and neither is trusted', async () => {
    const { trust } = (await open()).environment('sandbox');
    const [stolen, good] = [ecKey(), ecKey()];
    const [first, again, other] = [await caOf(stolen, 'hub CA'), await caOf(stolen, 'hub CA 2'), await caOf(good, 'hub CA 3')];
    await trust.present('hub-ca', 'hub', [first], 'cm', doing);
    const [{ id = '' } = {}] = await trust.trusted('hub-ca', 'hub');
    await trust.move('hub-ca', 'hub', id, 'compromised', doing);
    await assert.rejects(trust.present('hub-ca', 'hub', [again], 'cm', doing), { code: 'VAULT_KEY_UNSUITABLE' });
    assert.equal((await trust.present('hub-ca', 'hub', [again, other], 'cm', doing)).length, 1);
    assert.deepEqual(
      (await trust.trusted('hub-ca', 'hub')).map(({ chain }) => new X509Certificate(chain?.[0] ?? '').subject),
      ['CN=hub CA 3'],
    );
  });

  test('every certificate of that key ends with it, also those of other entries, and their readers are told', async () => {
    const vault = await open();
    const { trust } = vault.environment('sandbox');
    const stolen = ecKey();
    await trust.present('hub-ca', 'hub', [await caOf(stolen, 'A'), await caOf(stolen, 'B')], 'cm', doing);
    await trust.present('peer-jws', 'bank-b', [publicOf(stolen)], 'cm', doing);
    const told: string[] = [];
    vault.onChange(({ purpose }) => told.push(purpose));
    const [{ id = '' } = {}] = await trust.trusted('peer-jws', 'bank-b');
    await trust.move('peer-jws', 'bank-b', id, 'compromised', doing);
    assert.deepEqual([await trust.trusted('hub-ca', 'hub'), await trust.ids('hub-ca')], [[], []]);
    assert.deepEqual(told.toSorted(), ['hub-ca', 'peer-jws']);
  });

  test('a peer’s compromised key is refused as another peer’s, as ours, and in another process over the same vault', async () => {
    const store = memoryStore();
    const { trust } = (await open(store)).environment('sandbox');
    const stolen = rsaPrivateKey(2_048);
    await trust.present('peer-jws', 'bank-b', [publicOf(stolen)], 'cm', doing);
    const [{ id = '' } = {}] = await trust.trusted('peer-jws', 'bank-b');
    await trust.move('peer-jws', 'bank-b', id, 'compromised', doing);
    const other = (await open(store)).environment('sandbox');
    assert.equal(other.trust.isCompromised(id), true);
    await assert.rejects(other.trust.present('peer-jws', 'bank-c', [publicOf(stolen)], 'cm', doing), { code: 'VAULT_KEY_UNSUITABLE' });
    await assert.rejects(other.keys.import('jws-signing', doing, new Secret(stolen)), { code: 'VAULT_KEY_UNSUITABLE' });
  });

  test('our own compromised key is refused as a peer’s, and its request is not signed', async () => {
    const at = (await open()).environment('sandbox');
    const ca = await at.authority.create({ commonName: 'CA' }, 30, doing, 'EC-P256');
    await at.keys.activate('dfsp-ca', ca.id, doing);
    const own = await at.keys.generate('tls-client', doing, 'EC-P256');
    const request = await at.keys.request('tls-client', own.id, { usage: 'client', subject: { commonName: 'a' } });
    await at.keys.move('tls-client', own.id, 'compromised', doing);
    await assert.rejects(at.trust.present('peer-jws', 'bank-b', [own.publicKey], 'cm', doing), { code: 'VAULT_KEY_UNSUITABLE' });
    await assert.rejects(at.authority.sign(request, { usage: 'client', days: 1 }), { code: 'VAULT_KEY_UNSUITABLE' });
  });

  test('in another environment it counts for itself', async () => {
    const vault = await open();
    const key = publicOf(rsaPrivateKey(2_048));
    const { trust } = vault.environment('sandbox');
    await trust.present('peer-jws', 'bank-b', [key], 'cm', doing);
    const [{ id = '' } = {}] = await trust.trusted('peer-jws', 'bank-b');
    await trust.move('peer-jws', 'bank-b', id, 'compromised', doing);
    assert.equal(vault.environment('production').trust.isCompromised(id), false);
  });
});

describe('a weak key is not taken into the vault', () => {
  test('of ours: RSA-1024, and RSA with the exponent 3', async () => {
    const { keys } = (await open()).environment('sandbox');
    for (const weak of [rsaPrivateKey(1_024), rsaPrivateKey(2_048, 3)])
      await assert.rejects(keys.import('jws-signing', doing, new Secret(weak)), { code: 'VAULT_KEY_UNSUITABLE' });
  });

  test('of a peer: RSA with the exponent 1', async () => {
    const { trust } = (await open()).environment('sandbox');
    await assert.rejects(trust.present('peer-jws', 'bank-b', [keyWithExponentOne()], 'cm', doing), {
      code: 'VAULT_KEY_UNSUITABLE',
      message: /exponent/,
    });
  });

  test('of the hub: a CA with RSA-1024, and one whose certificate is signed with SHA-1', async () => {
    const { trust } = (await open()).environment('sandbox');
    const weak = await caOf(rsaPrivateKey(1_024), 'weak', 'RSA-2048');
    await assert.rejects(trust.present('hub-ca', 'hub', [weak], 'cm', doing), { code: 'VAULT_CHAIN_INVALID', message: /RSA-1024/ });
    await assert.rejects(trust.present('hub-ca', 'hub', [await caWithSha1()], 'cm', doing), {
      code: 'VAULT_CHAIN_INVALID',
      message: /SHA-2/,
    });
  });

  test('in the chain of a certificate of ours: an issuer whose certificate is signed with SHA-1', async () => {
    const at = (await open()).environment('sandbox');
    const { id, publicKey } = await at.keys.generate('tls-client', doing, 'EC-P256');
    const chain = await chainUnderSha1(publicKey);
    await assert.rejects(at.keys.storeChain('tls-client', id, chain), { code: 'VAULT_CHAIN_INVALID', message: /SHA-2/ });
  });
});

const sha1 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-1' } as const;

interface CaKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function caKeys(): Promise<CaKeys> {
  return (await webcrypto.subtle.generateKey(signingAlgorithm('EC-P256'), true, ['sign', 'verify'])) as CaKeys;
}

async function caWithSha1(keys?: CaKeys): Promise<string> {
  const x509 = await loadX509();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=old',
    notBefore: new Date(Date.now() - 1_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: sha1,
    keys: keys ?? (await caKeys()),
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  return certificate.toString('pem');
}

async function chainUnderSha1(publicKey: string): Promise<string> {
  const x509 = await loadX509();
  const keys = await caKeys();
  const ca = await caWithSha1(keys);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=bank-a',
    issuer: 'CN=old',
    notBefore: new Date(Date.now() - 1_000),
    notAfter: new Date(Date.now() + 86_400_000),
    publicKey: new x509.PublicKey(publicKey),
    signingKey: keys.privateKey,
    signingAlgorithm: signingAlgorithm('EC-P256'),
  });
  return `${leaf.toString('pem')}\n${ca}`;
}

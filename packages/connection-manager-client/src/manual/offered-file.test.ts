import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Secret } from '@payment-manager/runtime';
import forge from 'node-forge';
import { FileUnusable } from './clean-pem.ts';
import { readOffered } from './offered-file.ts';

type Quadruple = [string, string, string, string];
let keys: forge.pki.rsa.KeyPair;
let certificate: forge.pki.Certificate;
let pem: string;
let privatePem: string;

before(() => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const privateKey = forge.pki.privateKeyFromPem(privatePem);
  const publicKey = forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  keys = { privateKey, publicKey };
  certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.setSubject([{ name: 'commonName', value: 'greenbank' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'greenbank' }]);
  certificate.validity.notBefore = new Date('2026-01-01');
  certificate.validity.notAfter = new Date('2036-01-01');
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  pem = forge.pki.certificateToPem(certificate);
});

const bytes = (text: string): Uint8Array => Buffer.from(text);
const der = (asn1: forge.asn1.Asn1): Uint8Array => Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary');
const fingerprints = (pems: readonly string[]) => pems.map((one) => new X509Certificate(one).fingerprint256);
const refused = (file: Uint8Array, words: RegExp, passphrase?: string) =>
  assert.rejects(readOffered(file, passphrase === undefined ? undefined : new Secret(passphrase)), (error) => {
    assert.ok(error instanceof FileUnusable);
    assert.match(error.message, words);
    assert.doesNotMatch(error.message, /MII|hunter2/);
    return true;
  });

describe('a file that somebody brings', () => {
  test('PEM: certificates and keys, whatever else stands there; DER: one certificate', async () => {
    const offered = await readOffered(bytes(`Bag Attributes\n${pem}subject=x\n${privatePem}\n${forge.pki.publicKeyToPem(keys.publicKey)}`));
    assert.deepEqual(fingerprints(offered.certificates), fingerprints([pem]));
    assert.equal(offered.publicKeys.length, 1);
    assert.equal(offered.privateKeys[0]?.reveal(), privatePem);
    assert.doesNotMatch(JSON.stringify(offered), /PRIVATE KEY/);
    assert.deepEqual(fingerprints((await readOffered(new X509Certificate(pem).raw)).certificates), fingerprints([pem]));
  });

  test('PKCS #7 as DER and PEM', async () => {
    const bundle = forge.pkcs7.createSignedData();
    bundle.addCertificate(certificate);
    for (const file of [der(bundle.toAsn1()), bytes(forge.pkcs7.messageToPem(bundle))])
      assert.deepEqual(fingerprints((await readOffered(file)).certificates), fingerprints([pem]));
  });

  for (const algorithm of ['3des', 'aes256'] as const)
    test(`PKCS #12 sealed with ${algorithm}: certificate unchanged, and its key`, async () => {
      const file = der(forge.pkcs12.toPkcs12Asn1(keys.privateKey, [certificate], 'hunter2', { algorithm }));
      const { certificates, privateKeys } = await readOffered(file, new Secret('hunter2'));
      assert.deepEqual(fingerprints(certificates), fingerprints([pem]));
      assert.ok(new X509Certificate(pem).publicKey.equals(createPublicKey(privateKeys[0]?.reveal() ?? '')));
      await refused(file, /PM_PASSPHRASE/);
      await refused(file, /passphrase is another/, 'hunter3');
    });

  test('PKCS #12 that wants millions of rounds is refused before one is done, wherever it says so', async () => {
    const file = Buffer.from(der(forge.pkcs12.toPkcs12Asn1(keys.privateKey, [certificate], 'hunter2', { count: 0x01_02_03 })));
    // The INTEGER 66,051 stands once for the key and once for the whole (MacData); for the certificates, too.
    const rounds = Buffer.from('0203010203', 'hex');
    let found = 0;
    for (let at = file.indexOf(rounds); at >= 0; at = file.indexOf(rounds, at + 1), found++) {
      const greedy = Buffer.from(file);
      Buffer.from('02037fffff', 'hex').copy(greedy, at);
      await refused(greedy, /more than 2000000 rounds/, 'hunter2');
    }
    assert.ok(found >= 2, `${found}`);
    assert.equal((await readOffered(file, new Secret('hunter2'))).privateKeys.length, 1);
  });

  test('PKCS #12 of OpenSSL with an EC key and a chain', async (t) => {
    const openssl = promisify(execFile);
    const folder = await mkdtemp(join(tmpdir(), 'pm-pkcs12-'));
    t.after(() => rm(folder, { recursive: true }));
    const [key, own, other, file] = ['ec.key', 'ec.pem', 'ca.pem', 'ec.p12'].map((name) => join(folder, name)) as Quadruple;
    await writeFile(other, pem);
    try {
      await openssl('openssl', [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        key,
        '-out',
        own,
        '-subj',
        '/CN=ec',
      ]);
    } catch {
      return t.skip('openssl is not installed');
    }
    await openssl('openssl', [
      'pkcs12',
      '-export',
      '-inkey',
      key,
      '-in',
      own,
      '-certfile',
      other,
      '-passout',
      'pass:hunter2',
      '-out',
      file,
    ]);
    const { certificates, privateKeys } = await readOffered(await readFile(file), new Secret('hunter2'));
    assert.deepEqual(fingerprints(certificates), fingerprints([await readFile(own, 'utf8'), pem]));
    assert.equal(createPublicKey(privateKeys[0]?.reveal() ?? '').asymmetricKeyType, 'ec');
    // an RSA certificate that an EC key signed
    const [rsaKey, csr, signed, mixed] = ['rsa.key', 'rsa.csr', 'rsa.pem', 'rsa.p12'].map((name) => join(folder, name)) as Quadruple;
    await openssl('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', rsaKey, '-out', csr, '-subj', '/CN=rsa']);
    await openssl('openssl', ['x509', '-req', '-in', csr, '-CA', own, '-CAkey', key, '-set_serial', '7', '-out', signed]);
    await openssl('openssl', ['pkcs12', '-export', '-inkey', rsaKey, '-in', signed, '-passout', 'pass:hunter2', '-out', mixed]);
    const offered = await readOffered(await readFile(mixed), new Secret('hunter2'));
    assert.deepEqual(fingerprints(offered.certificates), fingerprints([await readFile(signed, 'utf8')]));
  });

  test('a JSON Web Key Set gives public keys; a private one in it is refused', async () => {
    const jwk = createPublicKey(pem).export({ format: 'jwk' });
    assert.equal((await readOffered(bytes(JSON.stringify({ keys: [jwk, jwk] })))).publicKeys.length, 2);
    assert.equal((await readOffered(bytes(` ${JSON.stringify(jwk)}`))).publicKeys.length, 1);
    await refused(bytes(JSON.stringify({ keys: [{ ...jwk, d: 'AQAB' }] })), /Key 1 of the set is private/);
    await refused(bytes(JSON.stringify({ keys: [jwk, { kty: 'RSA' }] })), /Key 2/);
  });

  test('what is none of these, empty, damaged or too large is told', async () => {
    await refused(bytes('hello'), /neither PEM/);
    await refused(bytes('{ hello'), /JSON/);
    await refused(bytes('-----BEGIN CERTIFICATE-----\nMIIhunter2'), /no block of it is whole/);
    await refused(bytes('-----BEGIN CERTIFICATE-----\nTUlJaHVudGVyMg==\n-----END CERTIFICATE-----'), /cannot be read/);
    await refused(bytes('-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----'), /no certificate and no key/);
    await refused(Buffer.from('3082ffff00', 'hex'), /damaged/);
    await refused(new Uint8Array(1_048_577), /limit/);
    await refused(bytes(pem.repeat(101)), /101/);
  });
});

import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Clock, type Credentials, type Random, Secret, type World } from '@payment-manager/runtime';
import * as x509 from '@peculiar/x509';
import { readTextFile, writePrivateFile } from './private-file.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 365;
/** A certificate that ends sooner than this is issued anew at the next start. */
const RENEWAL_DAYS = 14;
/** P-256 rather than RSA: handshakes cost less, and a laptop makes the keys at once. */
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** What a certificate is for. */
export interface CertificateRequest {
  /** Common name: the FSP id. The hub compares it with FSPIOP-Source. 1–32 characters of `A-Za-z0-9._-`. */
  readonly name: string;
  /** Extra DNS names or IP addresses for the server side; `127.0.0.1`, `::1` and `localhost` are always in. */
  readonly hosts?: readonly string[];
}

/** A certificate authority of a sandbox. Its key never leaves its folder. Not for production: it has no revocation. */
export interface Authority {
  /** The CA's own certificate, PEM: what everybody trusts. */
  readonly certificate: string;
  /** A certificate for TLS server and client use alike, kept under `folder` and used again at the next start. */
  issue(request: CertificateRequest): Promise<Credentials>;
  /** The files of an issued certificate, for configurations that name files. */
  files(name: string): CertificateFiles;
}

/** Absolute or relative as `folder` is. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly ca: string;
}

export interface AuthorityOptions extends Pick<World, 'clock' | 'random'> {
  /** Where keys and certificates are kept (made when missing, 0700; files 0600). */
  readonly folder: string;
  /** Common name of the CA. */
  readonly name?: string;
}

/** Opens the CA kept in `folder`, or makes a new one there. */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const own = await openOwn(options);
  return {
    certificate: own.certificate.toString('pem'),
    issue: (request) => openIssued(request, own, options),
    files: (name) => filesOf(options.folder, name),
  };
}

function filesOf(folder: string, name: string): CertificateFiles {
  return { certificate: join(folder, `${name}.pem`), privateKey: join(folder, `${name}-key.pem`), ca: join(folder, 'ca.pem') };
}

interface Own {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

async function openOwn(options: AuthorityOptions): Promise<Own> {
  const files = filesOf(options.folder, 'ca');
  const certificatePem = readTextFile(files.certificate);
  const keyPem = readTextFile(files.privateKey);
  if (certificatePem !== undefined && keyPem !== undefined) {
    const certificate = new x509.X509Certificate(certificatePem);
    if (!isEnding(certificate, options.clock)) return { certificate, key: await importKey(keyPem) };
  }
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(options.random),
    name: `CN=${options.name ?? 'Payment Manager sandbox CA'}`,
    ...validity(options.clock, AUTHORITY_DAYS),
    signingAlgorithm: KEY,
    keys: keys as webcrypto.CryptoKeyPair,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  writePrivateFile(files.privateKey, await exportKey(keys.privateKey as CryptoKey));
  writePrivateFile(files.certificate, certificate.toString('pem'));
  return { certificate, key: keys.privateKey as CryptoKey };
}

async function openIssued(request: CertificateRequest, own: Own, options: AuthorityOptions): Promise<Credentials> {
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(request.name) || request.name === 'ca')
    throw new TypeError(`not a name for a certificate: ${JSON.stringify(request.name)}`);
  const files = filesOf(options.folder, request.name);
  const trustedCas = own.certificate.toString('pem');
  const certificatePem = readTextFile(files.certificate);
  const keyPem = readTextFile(files.privateKey);
  if (certificatePem !== undefined && keyPem !== undefined) {
    const certificate = new x509.X509Certificate(certificatePem);
    const ours = await certificate.verify({ publicKey: own.certificate.publicKey, signatureOnly: true });
    if (ours && !isEnding(certificate, options.clock)) return { certificate: certificatePem, privateKey: new Secret(keyPem), trustedCas };
  }
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await sign(request, keys.publicKey as CryptoKey, own, options);
  const privateKey = await exportKey(keys.privateKey as CryptoKey);
  writePrivateFile(files.privateKey, privateKey);
  writePrivateFile(files.certificate, certificate);
  return { certificate, privateKey: new Secret(privateKey), trustedCas };
}

async function sign(request: CertificateRequest, publicKey: CryptoKey, own: Own, options: AuthorityOptions): Promise<string> {
  const hosts = new Set(['127.0.0.1', '::1', 'localhost', request.name, ...(request.hosts ?? [])]);
  const names = [...hosts].map((host): x509.JsonGeneralName => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(options.random),
    subject: `CN=${request.name}`,
    issuer: own.certificate.subject,
    ...validity(options.clock, CERTIFICATE_DAYS),
    signingAlgorithm: KEY,
    publicKey,
    signingKey: own.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(own.certificate),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return certificate.toString('pem');
}

/** Valid since yesterday, so that a peer whose clock is behind does not refuse a fresh certificate. */
function validity(clock: Clock, days: number): { notBefore: Date; notAfter: Date } {
  const now = clock.now();
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}

function isEnding(certificate: x509.X509Certificate, clock: Clock): boolean {
  return certificate.notAfter.getTime() - clock.now() < RENEWAL_DAYS * DAY_MS;
}

/** Sixteen random bytes, positive as RFC 5280 (4.1.2.2) wants it. */
function serialNumber(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new TypeError('the sandbox CA key file holds no PEM block: remove the ca folder to make a new CA');
  return (await webcrypto.subtle.importKey('pkcs8', der, KEY, false, ['sign'])) as CryptoKey;
}

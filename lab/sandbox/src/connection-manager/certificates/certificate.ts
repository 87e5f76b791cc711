import 'reflect-metadata';
import { createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { AlternativeNamesInfo, CertificateInfo, CsrInfo, NameInfo } from '../records.ts';

x509.cryptoProvider.set(webcrypto as Crypto);

/** How the server signs, and the only way that its validations call valid for a certificate. */
export const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

const NAME_PARTS = ['CN', 'O', 'OU', 'C', 'L', 'ST', 'E'] as const;

/**
 * Reads a certificate request.
 *
 * @throws Error with the reason: unreadable, or no RSA key, which the real server's library cannot read
 */
export function readCsr(pem: unknown): x509.Pkcs10CertificateRequest {
  return withRsaKey(new x509.Pkcs10CertificateRequest(firstBlock(pem, 'CERTIFICATE REQUEST')));
}

/**
 * Reads the first certificate of a text.
 *
 * @throws Error with the reason, as for requests
 */
export function readCertificate(pem: unknown): x509.X509Certificate {
  return withRsaKey(new x509.X509Certificate(firstBlock(pem, 'CERTIFICATE')));
}

/** Reads all certificates of a text, or of a list of texts. @throws Error */
export function readCertificates(pem: unknown): x509.X509Certificate[] {
  const text = Array.isArray(pem) ? pem.join('\n') : String(pem ?? '');
  return (text.match(blocksOf('CERTIFICATE')) ?? []).map((block) => readCertificate(block));
}

function blocksOf(label: string): RegExp {
  return new RegExp(`-----BEGIN (?:NEW )?${label}-----[^-]+-----END (?:NEW )?${label}-----`, 'g');
}

function firstBlock(pem: unknown, label: string): string {
  const block = typeof pem === 'string' ? pem.match(blocksOf(label))?.[0] : undefined;
  if (block === undefined) throw new Error('Invalid PEM formatted message.');
  return block;
}

function withRsaKey<T extends { readonly publicKey: x509.PublicKey }>(parsed: T): T {
  if (keyBits(parsed.publicKey) === undefined) throw new Error('Cannot read public key. OID is not RSA.');
  return parsed;
}

/** Length of an RSA key; undefined for any other. */
export function keyBits(publicKey: x509.PublicKey): number | undefined {
  const key = createPublicKey(publicKey.toString('pem'));
  return key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
}

/** Whether two parsed things hold the same public key. */
export function sameKey(a: x509.PublicKey, b: x509.PublicKey): boolean {
  return createPublicKey(a.toString('pem')).equals(createPublicKey(b.toString('pem')));
}

/** `sha256WithRSAEncryption` and its like. */
export function signatureAlgorithmOf(parsed: x509.Pkcs10CertificateRequest | x509.X509Certificate): string {
  const { name, hash } = parsed.signatureAlgorithm as { name: string; hash?: { name: string } };
  const digest = (hash?.name ?? '').replace('-', '').toLowerCase();
  return name === RSA.name ? `${digest}WithRSAEncryption` : `${name}-${digest}`;
}

/** What the server tells of a request. */
export function csrInfoOf(csr: x509.Pkcs10CertificateRequest): CsrInfo {
  return {
    subject: nameInfo(csr.subjectName),
    extensions: alternativeNames(csr.extensions),
    signatureAlgorithm: signatureAlgorithmOf(csr),
    publicKeyLength: keyBits(csr.publicKey) ?? 0,
  };
}

/** What the server tells of a certificate. */
export function certificateInfoOf(certificate: x509.X509Certificate): CertificateInfo {
  return {
    subject: nameInfo(certificate.subjectName),
    issuer: nameInfo(certificate.issuerName),
    extensions: alternativeNames(certificate.extensions),
    serialNumber: certificate.serialNumber,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    signatureAlgorithm: signatureAlgorithmOf(certificate),
    publicKeyLength: keyBits(certificate.publicKey) ?? 0,
  };
}

function nameInfo(name: x509.Name): NameInfo {
  return Object.fromEntries(NAME_PARTS.flatMap((part) => name.getField(part).map((value) => [part, value])));
}

/** The names of a request or certificate, as the library lists them. */
export function namesOf(extensions: readonly x509.Extension[]): x509.JsonGeneralName[] {
  return extensions.flatMap((one) => (one instanceof x509.SubjectAlternativeNameExtension ? one.names.toJSON() : []));
}

function alternativeNames(extensions: readonly x509.Extension[]): AlternativeNamesInfo {
  const names = namesOf(extensions);
  const of = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => String(value));
  return { subjectAltName: { dns: of('dns'), ips: of('ip'), uris: of('url'), emailAddresses: of('email') } };
}

/** Makes an RSA key pair, in a thread of its own. */
export async function makeKeys(bits: number): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { ...RSA, modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** PKCS#8, PEM. */
export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** @throws TypeError when it is not PEM */
export async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new TypeError('the private key is not PEM');
  return webcrypto.subtle.importKey('pkcs8', der, RSA, false, ['sign']);
}

/** The hub's request for a client certificate: empty subject, PEM with CRLF line ends, as the real server makes it. */
export async function makeEmptyRequest(bits: number): Promise<{ csr: string; key: string }> {
  const keys = await makeKeys(bits);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: RSA });
  return { csr: `${request.toString('pem').trim().replaceAll(/\r?\n/g, '\r\n')}\r\n`, key: await exportKey(keys.privateKey) };
}

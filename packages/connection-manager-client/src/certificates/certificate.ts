import { createPublicKey, X509Certificate } from 'node:crypto';
import { keyIdOf, oneLine } from '@payment-manager/vault';

const longestBundle = 20;

/** The certificates of a PEM text in its order; undefined when there is none, too many, or one cannot be read. */
export function readBundle(pem: string | undefined): X509Certificate[] | undefined {
  const blocks = pem?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > longestBundle) return undefined;
  const certificates = blocks.map(readCertificate);
  return certificates.every((one) => one !== undefined) ? certificates : undefined;
}

/** The same few certificates are looked at again and again. */
const read = new Map<string, X509Certificate>();
const keptReadMost = 100;

/** One certificate; undefined when it cannot be read. */
export function readCertificate(pem: string | undefined): X509Certificate | undefined {
  if (pem === undefined) return undefined;
  const known = read.get(pem);
  if (known) return known;
  try {
    const certificate = new X509Certificate(pem);
    if (read.size >= keptReadMost) read.clear();
    read.set(pem, certificate);
    return certificate;
  } catch {
    return undefined;
  }
}

/** The id under which the vault knows a public key, given as PEM; undefined when it cannot be read. A private key, whoever published it, is none. */
export function keyIdOfPem(pem: string | undefined): string | undefined {
  if (pem === undefined || !/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) return undefined;
  try {
    return keyIdOf(createPublicKey(pem));
  } catch {
    return undefined;
  }
}

/** The subject on one line, for people. */
export function subjectLine(certificate: X509Certificate): string {
  return oneLine(certificate.subject).slice(0, 120);
}

/** CN of the subject. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(certificate.subject ?? '')?.[1];
}

/** Whether both are the same certificate, however their texts are broken into lines. */
export function sameCertificate(one: string | undefined, other: string | undefined): boolean {
  const [first, second] = [readCertificate(one), readCertificate(other)];
  return first !== undefined && first.fingerprint256 === second?.fingerprint256;
}

/** Whether `issuer` is a CA that signed `certificate`: by name, use of its key, and signature. */
export function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Whether it is its own issuer. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** A point in time as people read it, to the minute, UTC. */
export function day(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

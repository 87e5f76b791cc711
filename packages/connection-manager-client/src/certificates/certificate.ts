import { createPublicKey, X509Certificate } from 'node:crypto';
import { publicKeyId as keyIdOf, onceFor, strictCertificates, strictPem } from '@payment-manager/runtime/calls';
import { oneLine } from '@payment-manager/vault/one-line';
import { readOnce } from './read-once.ts';

const LONGEST_BUNDLE = 20;

/** The certificates of a PEM text in its order; undefined when there is none, too many, or one cannot be read. */
export function readBundle(pem: string | undefined): X509Certificate[] | undefined {
  const certificates = strictCertificates(pem ?? '', LONGEST_BUNDLE)?.map(readBlock);
  return certificates?.every((one) => one !== undefined) ? certificates : undefined;
}

/** `block`: of the strict form. */
const readBlock = readOnce((block) => new X509Certificate(block));

/** The first certificate of a PEM text; undefined when it, or another one there, cannot be read. */
export function readCertificate(pem: string | undefined): X509Certificate | undefined {
  return readBundle(pem)?.[0];
}

/** A public key that somebody published, given as PEM; undefined when it cannot be read. A private key is none. */
export const readPublicKey = readOnce((pem) => {
  const block = strictPem(pem, 'PUBLIC KEY', 'RSA PUBLIC KEY');
  return block === undefined ? undefined : createPublicKey(block);
});

/** The id under which the vault knows a public key, given as PEM; undefined when it cannot be read. */
export function keyIdOfPem(pem: string | undefined): string | undefined {
  const key = readPublicKey(pem);
  return key && idOf(key);
}

const idOf = onceFor(keyIdOf);

/** The id of the key that a certificate is for. */
export const keyIdOfCertificate = onceFor(({ publicKey }: X509Certificate) => keyIdOf(publicKey));

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

const signedBy = onceFor((certificate: X509Certificate) =>
  onceFor((issuer: X509Certificate) => issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)),
);

/** Whether `issuer` is a CA that signed `certificate`: by name, use of its key, and signature. */
export function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return signedBy(certificate)(issuer);
}

/** Whether it is its own issuer. */
export const isSelfSigned = onceFor(
  (certificate: X509Certificate) => certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey),
);

/** A point in time as people read it, to the minute, UTC. */
export function day(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

import { createPublicKey, X509Certificate } from 'node:crypto';
import { onceFor } from '@payment-manager/runtime';
import { keyIdOf, oneLine } from '@payment-manager/vault';

const longestBundle = 20;

/** The certificates of a PEM text in its order; undefined when there is none, too many, or one cannot be read. */
export function readBundle(pem: string | undefined): X509Certificate[] | undefined {
  const blocks = pem?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > longestBundle) return undefined;
  const certificates = blocks.map(readCertificate);
  return certificates.every((one) => one !== undefined) ? certificates : undefined;
}

const keptMost = 100;

/** Reads a PEM text; the same few are looked at again and again, and read once. Undefined when it cannot be read. */
function readOnce<T>(read: (pem: string) => T | undefined): (pem: string | undefined) => T | undefined {
  const known = new Map<string, T>();
  return (pem) => {
    if (pem === undefined) return undefined;
    const before = known.get(pem);
    if (before !== undefined) return before;
    try {
      const found = read(pem);
      if (found === undefined) return undefined;
      if (known.size >= keptMost) known.clear();
      known.set(pem, found);
      return found;
    } catch {
      return undefined;
    }
  };
}

/** One certificate; undefined when it cannot be read. */
export const readCertificate = readOnce((pem) => new X509Certificate(pem));

/** The id under which the vault knows a public key, given as PEM; undefined when it cannot be read. A private key, whoever published it, is none. */
export const keyIdOfPem = readOnce((pem) =>
  /^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem) ? keyIdOf(createPublicKey(pem)) : undefined,
);

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

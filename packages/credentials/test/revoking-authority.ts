import { webcrypto, X509Certificate } from 'node:crypto';
import { type Credentials, Secret } from '@payment-manager/runtime';
import { loadX509 } from '@payment-manager/vault';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;

/** A CA of a test, which also revokes. */
export interface RevokingAuthority {
  readonly certificate: string;
  /** For 127.0.0.1, trusting this CA. */
  issue(name: string): Promise<Credentials>;
  /** A list of what was revoked, PEM; `over`: one whose time is over. */
  list(revoked: readonly Credentials[], over?: boolean): Promise<string>;
}

/** Makes a CA with a fresh key. */
export async function revokingAuthority(name: string): Promise<RevokingAuthority> {
  const x509 = await loadX509();
  const newKeys = async () =>
    (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as { privateKey: CryptoKey; publicKey: CryptoKey };
  const keys = await newKeys();
  const dates = { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + hourMs) };
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    ...dates,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const certificate = own.toString('pem');
  return {
    certificate,
    async issue(subject) {
      const { privateKey, publicKey } = await newKeys();
      const issued = await x509.X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: own.subject,
        publicKey,
        signingKey: keys.privateKey,
        ...dates,
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      });
      const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
      const pem = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
      return { certificate: issued.toString('pem'), privateKey: new Secret(pem), trustedCas: certificate };
    },
    async list(revoked, over = false) {
      const list = await x509.X509CrlGenerator.create({
        issuer: own.subject,
        thisUpdate: new Date(Date.now() - hourMs),
        nextUpdate: new Date(Date.now() + (over ? -1_000 : hourMs)),
        entries: revoked.map((one) => ({ serialNumber: new X509Certificate(one.certificate).serialNumber, revocationDate: new Date() })),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
      });
      // The library's own label is another than that of RFC 7468.
      const content = Buffer.from(list.rawData).toString('base64');
      return `-----BEGIN X509 CRL-----\n${content}\n-----END X509 CRL-----\n`;
    },
  };
}

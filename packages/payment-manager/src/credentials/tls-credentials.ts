import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Credentials, Secret } from '@payment-manager/runtime';
import { CredentialsInvalid } from './credentials-invalid.ts';

/** Where one side's PEM files are. The last two may be missing where the configuration allows it. */
export interface TlsFiles {
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
}

/** What a side of TLS uses now, for the health report. */
export interface CertificateStatus {
  /** `inbound`, `outbound`, `hub` or `core`. */
  readonly side: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

export interface LoadedCredentials {
  readonly credentials: Credentials;
  /** Undefined for a side that trusts a CA and has no certificate of its own. */
  readonly status: CertificateStatus | undefined;
}

/**
 * Reads and checks one side's files: they must be PEM, and the key must be that of the certificate. A certificate that
 * has expired is taken (the health report says so): a clock that is wrong must not keep the product from starting.
 *
 * @throws CredentialsInvalid, naming the file and what to do; never with the contents of a file.
 */
export async function loadTlsCredentials(side: string, files: TlsFiles): Promise<LoadedCredentials> {
  const [certificate, key, cas] = await Promise.all([
    read(side, 'certificate', files.certificateFile),
    read(side, 'private key', files.keyFile),
    read(side, 'CA bundle', files.caFile),
  ]);
  for (const block of pemCertificates(cas)) parseCertificate(block, files.caFile);
  const status = certificate === '' ? undefined : checkPair(side, certificate, key, files);
  return { credentials: { certificate, privateKey: new Secret(key), trustedCas: cas }, status };
}

async function read(side: string, what: string, file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CredentialsInvalid(
      `The ${what} for ${side} cannot be read: ${file} (${code}). Check the path and that this user may read the file.`,
      { cause },
    );
  }
}

function checkPair(side: string, certificate: string, key: string, files: TlsFiles): CertificateStatus {
  const leaf = parseCertificate(pemCertificates(certificate)[0] ?? certificate, files.certificateFile);
  const privateKey = parsePrivateKey(key, files.keyFile);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new CredentialsInvalid(
      `The certificate and the private key for ${side} do not belong together: ${files.certificateFile} and ${files.keyFile}. The first certificate of the file must be that of the key.`,
    );
  }
  return { side, validFrom: leaf.validFromDate.getTime(), validTo: leaf.validToDate.getTime() };
}

function pemCertificates(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function parseCertificate(pem: string, file: string | undefined): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CredentialsInvalid(`${file} holds no certificate that can be read. It must be PEM (-----BEGIN CERTIFICATE-----).`);
  }
}

function parsePrivateKey(pem: string, file: string | undefined) {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause is dropped on purpose: nothing of a private key's file may reach a log.
    throw new CredentialsInvalid(`${file} holds no private key that can be read. It must be PEM (PKCS#8) without a passphrase.`);
  }
}

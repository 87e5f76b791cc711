import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Credentials, readCertificates, Secret } from '@payment-manager/runtime';
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
 * Reads and checks one side's files: each that is named holds at least one certificate, or the key, none of them is cut off or unreadable,
 * and the key is that of the first certificate. A certificate that has expired is taken (the health report says so): a clock that is
 * wrong must not keep the product from starting.
 *
 * @throws CredentialsInvalid, naming the file and what to do; never with the contents of a file.
 */
export async function loadTlsCredentials(side: string, files: TlsFiles): Promise<LoadedCredentials> {
  const [certificate, key, cas] = await Promise.all([
    read(side, 'certificate', files.certificateFile),
    read(side, 'private key', files.keyFile),
    read(side, 'CA bundle', files.caFile),
  ]);
  if (files.caFile !== undefined) certificatesOf(side, 'CA bundle', cas, files.caFile);
  const status = files.certificateFile === undefined ? undefined : checkPair(side, certificate, key, files);
  return { credentials: { certificate, privateKey: new Secret(key), trustedCas: cas }, status };
}

/** A bundle of CAs alone, PEM. @throws CredentialsInvalid when it cannot be read, or holds no certificate */
export async function loadCaBundle(side: string, caFile: string): Promise<string> {
  return (await loadTlsCredentials(side, { caFile })).credentials.trustedCas;
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
  const { certificateFile = '', keyFile = '' } = files;
  const [leaf] = certificatesOf(side, 'certificate', certificate, certificateFile);
  const privateKey = parsePrivateKey(key, keyFile);
  if (leaf?.checkPrivateKey(privateKey) !== true) {
    throw new CredentialsInvalid(
      `The certificate and the private key for ${side} do not belong together: ${certificateFile} and ${keyFile}. The first certificate of the file must be that of the key.`,
    );
  }
  return { side, validFrom: leaf.validFromDate.getTime(), validTo: leaf.validToDate.getTime() };
}

/** An empty list of CAs would be every public CA, and an empty certificate none at all. */
function certificatesOf(side: string, what: string, pem: string, file: string): readonly X509Certificate[] {
  try {
    return readCertificates(pem, `The ${what} for ${side} (${file})`);
  } catch (error) {
    throw new CredentialsInvalid(`${(error as Error).message} Put a complete PEM file there.`);
  }
}

function parsePrivateKey(pem: string, file: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause is dropped on purpose: nothing of a private key's file may reach a log.
    throw new CredentialsInvalid(`${file} holds no private key that can be read. It must be PEM (PKCS#8) without a passphrase.`);
  }
}

import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { revocationMark } from '@payment-manager/runtime';
import { loadX509 } from '@payment-manager/vault';

/** What revocation lists say. */
export interface Revocations {
  /** See `revocationMark`. */
  readonly revoked: ReadonlySet<string>;
  /** What is wrong with them, for people; what they say counts all the same, as far as a trusted CA has signed it. */
  readonly flaws: readonly string[];
}

/** Real lists have some kilobytes; the largest public ones some megabytes. */
const MAX_FILE_BYTES = 8_388_608;
const MOST_LISTS = 20;
const BLOCK = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

/**
 * Reads a file of certificate revocation lists (RFC 5280, section 5; PEM, one for each CA). A list counts when one of these CAs has signed
 * it, also after its time: what was revoked stays so.
 *
 * @param cas PEM bundle: the CAs that are trusted, and CAs below them that have lists of their own.
 * @param now milliseconds since the epoch
 * @throws CredentialsInvalid when the file cannot be read, or holds no list that can be
 */
export async function readRevocations(file: string, cas: string, now: number): Promise<Revocations> {
  const lists = [...(await textOf(file)).matchAll(BLOCK)].map(([, content = '']) => Buffer.from(content, 'base64'));
  if (lists.length === 0 || lists.length > MOST_LISTS)
    throw new CredentialsInvalid(`${file} must hold 1 to ${MOST_LISTS} revocation lists in PEM (-----BEGIN X509 CRL-----).`);
  const x509 = await loadX509();
  const issuers = certificatesIn(cas);
  const revoked = new Set<string>();
  const flaws: string[] = [];
  for (const der of lists) {
    const list = attempt(file, () => new x509.X509Crl(der));
    const issuer = await issuerOf(list, issuers);
    if (issuer === undefined) flaws.push(`No trusted CA has signed the revocation list of ${list.issuer.slice(0, 120)}.`);
    else for (const { serialNumber } of list.entries) revoked.add(revocationMark(issuer.publicKey, serialNumber));
    const { nextUpdate } = list;
    if (nextUpdate !== undefined && nextUpdate.getTime() <= now)
      flaws.push(`The revocation list of ${list.issuer.slice(0, 120)} should have been replaced on ${nextUpdate.toISOString()}.`);
  }
  return { revoked, flaws };
}

type Crl = InstanceType<Awaited<ReturnType<typeof loadX509>>['X509Crl']>;

async function issuerOf(list: Crl, issuers: readonly X509Certificate[]): Promise<X509Certificate | undefined> {
  const { X509Certificate: Certificate } = await loadX509();
  for (const issuer of issuers) {
    const signed = await list.verify({ publicKey: new Certificate(issuer.raw) }).catch(() => false);
    if (signed) return issuer;
  }
  return undefined;
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= MAX_FILE_BYTES) return await readFile(file, 'latin1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CredentialsInvalid(
      `The revocation lists cannot be read: ${file} (${code}). Check the path and that this user may read the file.`,
    );
  }
  throw new CredentialsInvalid(`The revocation lists ${file} are larger than ${MAX_FILE_BYTES} bytes.`);
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new CredentialsInvalid(`${file} holds a revocation list that cannot be read.`);
  }
}

function certificatesIn(bundle: string): X509Certificate[] {
  return (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
}

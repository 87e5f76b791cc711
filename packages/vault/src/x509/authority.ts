import type { JsonGeneralName, X509Certificate } from '@peculiar/x509';
import type { KeyAlgorithm } from '../keys/ring.ts';
import { VaultError } from '../vault-error.ts';
import { type CertificateUsage, nameExtensions, readRequest, usageExtensions } from './request.ts';
import { type Subject, subjectName } from './subject.ts';
import { cryptoKeys, loadX509, signingAlgorithm } from './x509.ts';

/** How a request is to be signed. Names are those of the request for a server; for a client there are none but the subject. */
export interface SigningOrder {
  readonly usage: CertificateUsage;
  /** Whom the certificate is for, instead of whom the request names: hubs ask without a subject. */
  readonly subject?: Subject;
  /** Validity from now on; never beyond the CA's own end. */
  readonly days: number;
  /** What it is for, kept with the record of what was signed for a client: `enrolment 12`. */
  readonly reference?: string;
}

/** A CA of this DFSP: in the vault itself, or in HashiCorp's PKI. */
export interface CertificateAuthority {
  /** Its certificate and its issuers, PEM, the issuing one first. @throws VaultError `VAULT_NO_KEY` when there is none. */
  chain(): Promise<readonly string[]>;
  /**
   * Signs a request after checking it; the certificate and its issuers, PEM.
   *
   * @throws VaultError `VAULT_REQUEST_INVALID`, `VAULT_KEY_UNSUITABLE`, `VAULT_NO_KEY`, `VAULT_REFUSED`
   */
  sign(request: string, order: SigningOrder): Promise<readonly string[]>;
}

const DAY_MS = 86_400_000;
/** A fresh certificate is valid since a while ago: clocks of peers may be behind. */
const BACKDATED_MS = 3_600_000;

/** The CA's key and certificate for one signature. */
export interface Issuer {
  readonly privateKey: string;
  readonly algorithm: KeyAlgorithm;
  /** PEM, own certificate first. */
  readonly chain: readonly string[];
}

/** A self-signed CA certificate, PEM. */
export async function selfSigned(
  issuer: Omit<Issuer, 'chain'>,
  subject: Subject,
  days: number,
  now: number,
  serial: Uint8Array,
): Promise<string> {
  const x509 = await loadX509();
  const keys = cryptoKeys(issuer.privateKey, issuer.algorithm);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(serial),
    name: subjectName(subject),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + checkedDays(days) * DAY_MS),
    signingAlgorithm: signingAlgorithm(issuer.algorithm),
    keys,
    extensions: [
      // One more CA below it: its successor, see `crossCertificate`.
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certificate.toString('pem');
}

/**
 * What a CA says of the key of its successor (RFC 4210, section 4.4: "new with old"): who knows only the former CA believes by it what
 * the new one signs. PEM.
 *
 * @param successor The successor's self-signed certificate, PEM.
 */
export async function crossCertificate(issuer: Issuer, successor: string, now: number, serial: Uint8Array): Promise<string> {
  const x509 = await loadX509();
  const [own, next] = [new x509.X509Certificate(issuer.chain[0] ?? ''), new x509.X509Certificate(successor)];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(serial),
    subject: next.subjectName,
    issuer: own.subjectName,
    notBefore: new Date(Math.max(now - BACKDATED_MS, own.notBefore.getTime())),
    notAfter: new Date(Math.min(next.notAfter.getTime(), own.notAfter.getTime())),
    publicKey: next.publicKey,
    signingKey: cryptoKeys(issuer.privateKey, issuer.algorithm).privateKey,
    signingAlgorithm: signingAlgorithm(issuer.algorithm),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.AuthorityKeyIdentifierExtension.create(own),
      await x509.SubjectKeyIdentifierExtension.create(next.publicKey),
    ],
  });
  return certificate.toString('pem');
}

/**
 * Signs a request. Only subject (unless the order has one) and, for a server, names (host names and addresses) are taken from it; what the
 * certificate may be used for is said here, so that no request can ask for a CA.
 *
 * @throws VaultError `VAULT_REQUEST_INVALID`, `VAULT_KEY_UNSUITABLE`
 */
export async function signRequest(issuer: Issuer, pem: string, order: SigningOrder, now: number, serial: Uint8Array): Promise<string[]> {
  const x509 = await loadX509();
  const own = new x509.X509Certificate(issuer.chain[0] ?? '');
  if (own.notAfter.getTime() <= now)
    throw new VaultError('VAULT_NO_KEY', `The CA ${own.subject.slice(0, 120)} has expired. Make a new one.`);
  const { request, algorithm, names } = await readRequest(pem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(serial),
    subject: order.subject === undefined ? request.subjectName : subjectName(order.subject),
    issuer: own.subjectName,
    ...validity(own, order.days, now),
    publicKey: request.publicKey,
    signingKey: cryptoKeys(issuer.privateKey, issuer.algorithm).privateKey,
    signingAlgorithm: signingAlgorithm(issuer.algorithm),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...usageExtensions(x509, order.usage, algorithm),
      ...nameExtensions(x509, order.usage === 'server' ? grantable(names) : []),
      await x509.AuthorityKeyIdentifierExtension.create(own),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
    ],
  });
  return [certificate.toString('pem'), ...issuer.chain];
}

function validity(own: X509Certificate, days: number, now: number): { notBefore: Date; notAfter: Date } {
  const notBefore = Math.max(now - BACKDATED_MS, own.notBefore.getTime());
  return { notBefore: new Date(notBefore), notAfter: new Date(Math.min(now + checkedDays(days) * DAY_MS, own.notAfter.getTime())) };
}

function grantable(names: readonly JsonGeneralName[]): JsonGeneralName[] {
  const refused = names.find(({ type }) => type !== 'dns' && type !== 'ip');
  if (refused)
    throw new VaultError(
      'VAULT_REQUEST_INVALID',
      `The certificate request asks for a name of kind ${refused.type}; host names and addresses only.`,
    );
  return [...names];
}

function checkedDays(days: number): number {
  if (!(days > 0 && days <= 10_000))
    throw new VaultError('VAULT_REQUEST_INVALID', 'A certificate is valid for more than 0 and up to 10,000 days.');
  return days;
}

/** Sixteen random bytes, positive and without leading zeros as RFC 5280 (4.1.2.2) wants it. */
function serialNumber(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

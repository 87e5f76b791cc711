import 'reflect-metadata';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock, Random } from '@payment-manager/runtime';
import * as x509 from '@peculiar/x509';
import { crash } from '../api/problem.ts';
import type { AuthorityRecord } from '../records.ts';
import { exportKey, importKey, keyBits, makeKeys, namesOf, RSA, readCertificate, readCsr } from './certificate.ts';

const DAY_MS = 86_400_000;
/** A signed certificate is valid from this long before its signing, as Vault does it. */
const BACKDATED_MS = 30_000;
/** Vault's roles want this many bits at least. */
const KEY_BITS_MIN = 2048;

/** What is wrong with a certificate that the hub signs on purpose. */
export const FLAWS = ['wrong-key', 'wrong-ca', 'expired', 'not-yet-valid', 'server-only', 'invalid'] as const;
export type Flaw = (typeof FLAWS)[number];

export interface AuthorityTools {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
  /** RSA bits of the hub's keys. */
  readonly keyBits: number;
}

/** Subject of a CA. */
export interface CaSubject {
  readonly CN: string;
  readonly O: string;
  readonly OU?: string;
  readonly C?: string;
  readonly ST?: string;
  readonly L?: string;
}

/** Makes a root CA with a fresh key. */
export async function makeAuthority(subject: CaSubject, days: number, tools: AuthorityTools): Promise<AuthorityRecord> {
  const keys = await makeKeys(tools.keyBits);
  const now = tools.clock.now();
  const name: x509.JsonName = (['C', 'ST', 'L', 'O', 'OU', 'CN'] as const).flatMap((part) => {
    const value = subject[part];
    return value === undefined ? [] : [{ [part]: [value] }];
  });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(tools.random),
    name,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + days * DAY_MS),
    signingAlgorithm: RSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await exportKey(keys.privateKey) };
}

/** What one certificate shall be. */
export interface SigningOrder {
  readonly csr: string;
  /** Taken when the request has no common name. */
  readonly commonName: string;
  readonly ttlSeconds: number;
  readonly flaw?: Flaw;
}

/**
 * Signs a request as Vault does with the real server's role: a CN in the request wins over `commonName`, its SANs are kept and the
 * CN is added to them, O, OU, C, L and ST are dropped.
 *
 * @throws Problem 500: the request's signature is wrong, its key too short, or the certificate would outlive the CA
 */
export async function signRequest(order: SigningOrder, authority: AuthorityRecord, tools: AuthorityTools): Promise<string> {
  const csr = readCsr(order.csr);
  if (!(await csr.verify().catch(() => false))) throw crash('Error', 'Error signing certificate: request signature invalid');
  const bits = keyBits(csr.publicKey) ?? 0;
  if (bits < KEY_BITS_MIN)
    throw crash('Error', `Error signing certificate: role requires a minimum of a ${KEY_BITS_MIN}-bit key, but CSR's key is ${bits} bits`);
  const commonName = csr.subjectName.getField('CN')[0] ?? order.commonName;
  const publicKey = order.flaw === 'wrong-key' ? await x509.PublicKey.create((await makeKeys(KEY_BITS_MIN)).publicKey) : csr.publicKey;
  const signer = order.flaw === 'wrong-ca' ? await makeAuthority({ CN: 'Another CA', O: 'Nobody' }, 365, tools) : authority;
  return certify({ ...order, commonName, names: withName(namesOf(csr.extensions), commonName), publicKey }, signer, tools);
}

/** A TLS server certificate of the hub, with a fresh key. */
export async function issueServer(
  order: { readonly hosts: readonly string[]; readonly ttlSeconds: number },
  authority: AuthorityRecord,
  tools: AuthorityTools,
): Promise<{ certificate: string; privateKey: string }> {
  const keys = await makeKeys(tools.keyBits);
  const [commonName = 'localhost'] = order.hosts;
  const names = order.hosts.reduce(withName, [] as x509.JsonGeneralName[]);
  const publicKey = await x509.PublicKey.create(keys.publicKey);
  const certificate = await certify({ commonName, names, publicKey, ttlSeconds: order.ttlSeconds }, authority, tools);
  return { certificate, privateKey: await exportKey(keys.privateKey) };
}

interface Wanted {
  readonly commonName: string;
  readonly names: readonly x509.JsonGeneralName[];
  readonly publicKey: x509.PublicKey;
  readonly ttlSeconds: number;
  readonly flaw?: Flaw;
}

async function certify(wanted: Wanted, authority: AuthorityRecord, { clock, random }: AuthorityTools): Promise<string> {
  const root = readCertificate(authority.certificate);
  const { notBefore, notAfter } = validityOf(wanted, clock.now());
  if (notAfter > root.notAfter) {
    throw crash(
      'Error',
      `cannot satisfy request, as TTL would result in notAfter of ${notAfter.toISOString()} that is beyond the expiration of the CA certificate at ${root.notAfter.toISOString()}`,
    );
  }
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  const flags = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement | x509.KeyUsageFlags.keyEncipherment;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(random),
    subject: [{ CN: [wanted.commonName] }],
    issuer: root.issuerName.toJSON(),
    notBefore,
    notAfter,
    signingAlgorithm: RSA,
    publicKey: wanted.publicKey,
    signingKey: await importKey(authority.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(flags, true),
      new x509.ExtendedKeyUsageExtension(wanted.flaw === 'server-only' ? [serverAuth] : [serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension([...wanted.names]),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(wanted.publicKey),
    ],
  });
  return certificate.toString('pem');
}

function validityOf({ flaw, ttlSeconds }: Pick<Wanted, 'flaw' | 'ttlSeconds'>, now: number): { notBefore: Date; notAfter: Date } {
  const shift = flaw === 'expired' ? -(ttlSeconds * 1_000 + DAY_MS) : flaw === 'not-yet-valid' ? DAY_MS : 0;
  return { notBefore: new Date(now + shift - BACKDATED_MS), notAfter: new Date(now + shift + ttlSeconds * 1_000) };
}

function withName(names: readonly x509.JsonGeneralName[], value: string): x509.JsonGeneralName[] {
  const type = isIP(value) === 0 ? 'dns' : 'ip';
  const isThere = names.some((name) => name.type === type && name.value === value);
  const canBe = type === 'ip' || /^[A-Za-z0-9*_][A-Za-z0-9._-]{0,252}$/.test(value);
  return isThere || !canBe ? [...names] : [...names, { type, value }];
}

/** Whether a private key (PEM) belongs to a certificate. */
export function holdsKey(privateKey: string, certificate: x509.X509Certificate): boolean {
  return createPublicKey(createPrivateKey(privateKey)).equals(createPublicKey(certificate.publicKey.toString('pem')));
}

/** Sixteen random bytes, positive as RFC 5280 (4.1.2.2) wants it. */
function serial(random: Pick<Random, 'bytes'>): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

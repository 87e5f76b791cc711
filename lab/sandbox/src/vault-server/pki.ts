import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock, Random } from '@payment-manager/runtime';
import * as x509 from '@peculiar/x509';
import { textOf, VaultRefusal } from './vault-answer.ts';

/** What a role of the PKI engine allows. */
export interface PkiRole {
  readonly usage: 'client' | 'server';
  /** Host names must end with one of these; absent: any name. */
  readonly allowedDomains?: readonly string[];
  readonly maxTtlSeconds: number;
}

/** A PKI engine that makes real certificates. */
export interface Pki {
  /** Its CA, PEM. */
  readonly certificate: string;
  /** Makes another CA, which signs from now on. */
  renew(): Promise<void>;
  /** Signs a CSR, or makes key and certificate when there is none. */
  issue(role: string, body: Readonly<Record<string, unknown>>): Promise<object>;
}

/** As that of the server when nobody says otherwise. */
const KEY = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

interface Root {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

async function makeRoot(number: number, clock: Pick<Clock, 'now'>, random: Pick<Random, 'bytes'>): Promise<Root> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(random),
    name: `CN=Vault stand-in CA${number === 1 ? '' : ` ${number}`}`,
    notBefore: new Date(clock.now() - DAY_MS),
    notAfter: new Date(clock.now() + 3_650 * DAY_MS),
    signingAlgorithm: KEY,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)],
  });
  return { certificate, key: keys.privateKey };
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

/** Makes a root CA with a fresh key; it lives as long as the server. */
export async function openPki(
  roles: Readonly<Record<string, PkiRole>>,
  clock: Pick<Clock, 'now'>,
  random: Pick<Random, 'bytes'>,
): Promise<Pki> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  let made = 1;
  let root = await makeRoot(made, clock, random);

  const certify = async (role: PkiRole, subject: string, publicKey: x509.PublicKey, names: x509.JsonGeneralName[], seconds: number) => {
    const usage = role.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    return x509.X509CertificateGenerator.create({
      serialNumber: serial(random),
      subject,
      issuer: root.certificate.subject,
      notBefore: new Date(clock.now() - 30_000),
      notAfter: new Date(clock.now() + seconds * 1_000),
      signingAlgorithm: KEY,
      publicKey,
      signingKey: root.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
  };

  return {
    get certificate() {
      return root.certificate.toString('pem');
    },
    async renew() {
      root = await makeRoot(++made, clock, random);
    },
    async issue(roleName, body) {
      const role = roles[roleName];
      if (!role) throw new VaultRefusal(400, `unknown role: ${roleName}`);
      const request = body['csr'] === undefined ? undefined : await readCsr(textOf(body, 'csr'));
      const fresh = request ? undefined : await makeKeys();
      const commonName = request?.subjectName.getField('CN')[0] ?? textOf(body, 'common_name');
      const names = namesOf(request, body);
      for (const { type, value } of names) checkName(role, type === 'dns' ? String(value) : undefined);
      if (role.allowedDomains) checkName(role, commonName);
      const seconds = Math.min(secondsOf(body['ttl']) ?? role.maxTtlSeconds, role.maxTtlSeconds);
      const publicKey = request?.publicKey ?? (await x509.PublicKey.create(fresh?.publicKey as CryptoKey));
      const pem = root.certificate.toString('pem');
      const certificate = await certify(role, `CN=${commonName}`, publicKey, names, seconds);
      return {
        data: {
          certificate: certificate.toString('pem'),
          issuing_ca: pem,
          ca_chain: [pem],
          serial_number: certificate.serialNumber,
          expiration: Math.floor(certificate.notAfter.getTime() / 1_000),
          ...(fresh ? { private_key: await exported(fresh.privateKey), private_key_type: 'rsa' } : {}),
        },
      };
    },
  };
}

async function readCsr(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    if (await request.verify()) return request;
  } catch {
    // told below
  }
  throw new VaultRefusal(400, 'certificate request could not be parsed or its signature is invalid');
}

function namesOf(request: x509.Pkcs10CertificateRequest | undefined, body: Readonly<Record<string, unknown>>): x509.JsonGeneralName[] {
  const asked = request?.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
  if (asked) return asked.names.toJSON();
  const listed = [body['alt_names'], body['ip_sans']].flatMap((text) => (typeof text === 'string' && text !== '' ? text.split(',') : []));
  return listed.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
}

function checkName({ allowedDomains }: PkiRole, name: string | undefined): void {
  if (name === undefined || allowedDomains === undefined || allowedDomains.some((domain) => name.endsWith(domain))) return;
  throw new VaultRefusal(400, `subject alternate name ${name} not allowed by this role`);
}

/** `720h` or a number of seconds. */
function secondsOf(ttl: unknown): number | undefined {
  const [, count, unit] = /^(\d+)(h|s)?$/.exec(String(ttl ?? '')) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'h' ? 3_600 : 1);
}

async function exported(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function serial(random: Pick<Random, 'bytes'>): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

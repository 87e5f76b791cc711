import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Secret } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import type { CertificateAuthority, SigningOrder } from '../x509/authority.ts';
import { orderedChain, readCertificates } from '../x509/chain.ts';
import { type CertificateUsage, readRequest } from '../x509/request.ts';
import type { AlternativeNames } from '../x509/subject.ts';
import type { HashicorpAnswer, HashicorpClient } from './hashicorp-client.ts';

export interface PkiOptions {
  readonly client: HashicorpClient;
  /** The mount of the PKI engine, such as `pki`. */
  readonly mount: string;
  /** The role for each use; it must allow the names that are asked for. */
  readonly roles: Readonly<Record<CertificateUsage, string>>;
}

/** What the PKI engine made: for policies that do not let a request be signed. */
export interface IssuedPair {
  /** PEM; for `OwnKeys.import`. It has travelled, so a request is better. */
  readonly privateKey: Secret<string>;
  /** PEM, own certificate first. */
  readonly chain: readonly string[];
}

/** The DFSP's CA in a PKI engine of HashiCorp Vault or OpenBao. */
export interface PkiAuthority extends CertificateAuthority {
  /** Which engine it is, for people. */
  readonly origin: string;
  /** Lets the engine make key and certificate. */
  issue(commonName: string, names: AlternativeNames, order: SigningOrder): Promise<IssuedPair>;
}

/**
 * A CA over a PKI engine; roles decide what it signs, and what they make of a request is compared with it. All methods reject with
 * VaultError.
 */
export function pkiAuthority({ client, mount, roles }: PkiOptions): PkiAuthority {
  const ask = async (verb: 'sign' | 'issue', order: SigningOrder, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await client.request('POST', `${mount}/${verb}/${roles[order.usage]}`, {
      ...body,
      ttl: `${Math.max(1, Math.round(order.days * 24))}h`,
      format: 'pem',
    });
    if (answer.status >= 400)
      throw new VaultError(
        'VAULT_REFUSED',
        `The PKI of the vault's server refuses (${answer.status}): ${answer.complaint}. Check role ${roles[order.usage]} at ${mount}.`,
      );
    return dataOf(answer);
  };
  const caOf = async (path: 'ca' | 'ca_chain'): Promise<X509Certificate[]> => {
    const { certificate, ca_chain: chain } = dataOf(await client.request('GET', `${mount}/cert/${path}`));
    const pem = [chain, certificate].find((one) => typeof one === 'string' && one.includes('BEGIN CERTIFICATE'));
    return typeof pem === 'string' ? readCertificates(pem) : [];
  };
  return {
    origin: `PKI engine at ${mount}`,
    async chain() {
      const [own] = await caOf('ca');
      if (!own) throw new VaultError('VAULT_NO_KEY', `The PKI engine at ${mount} has no CA yet. Make one there.`);
      const texts = [own, ...(await caOf('ca_chain'))].map((one) => one.toString());
      return orderedChain([...new Set(texts)].join('\n'), own.publicKey);
    },
    async sign(pem, order) {
      const { request, names } = await readRequest(pem);
      const commonName = order.subject?.commonName ?? request.subjectName.getField('CN')[0] ?? '';
      const listed = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => String(value));
      const [dns, ips] = order.usage === 'server' ? [listed('dns'), listed('ip')] : [[], []];
      const data = await ask('sign', order, { csr: pem, common_name: commonName, alt_names: dns.join(','), ip_sans: ips.join(',') });
      const chain = chainOf(data, createPublicKey(request.publicKey.toString('pem')));
      const flaw = flawIn(new X509Certificate(chain[0] ?? ''), { usage: order.usage, commonName, dns, ips });
      if (flaw === undefined) return chain;
      const role = `${mount}/roles/${roles[order.usage]}`;
      throw new VaultError('VAULT_REFUSED', `The PKI of the vault's server does not certify what was asked: ${flaw}. Correct ${role}.`);
    },
    async issue(commonName, names, order) {
      const data = await ask('issue', order, {
        common_name: commonName,
        alt_names: (names.dns ?? []).join(','),
        ip_sans: (names.ip ?? []).join(','),
        private_key_format: 'pkcs8',
      });
      const privateKey = data['private_key'];
      if (typeof privateKey !== 'string') throw new VaultError('VAULT_UNAVAILABLE', `The PKI engine at ${mount} gives no key.`);
      return { privateKey: new Secret(privateKey), chain: chainOf(data, publicPart(privateKey)) };
    },
  };
}

interface Asked {
  readonly usage: CertificateUsage;
  readonly commonName: string;
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

const USAGE_OIDS = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

/** How a certificate is not what was asked for, with the role's parameter that decides it. What we would not take, no peer must get. */
function flawIn(certificate: X509Certificate, { usage, commonName, dns, ips }: Asked): string | undefined {
  const named = certificate.subject?.split('\n').includes(`CN=${commonName}`);
  if (!named) return `its CN is not ${commonName} (use_csr_common_name)`;
  const { keyUsage, subjectAltName = '' } = certificate;
  if (keyUsage !== undefined && !keyUsage.includes(USAGE_OIDS[usage])) return `it is for no TLS ${usage} (${usage}_flag)`;
  if (usage === 'client') return undefined;
  const granted = [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name);
  const missing = [...dns.filter((name) => !granted.includes(name)), ...ips.filter((ip) => certificate.checkIP(ip) === undefined)];
  if (missing.length > 0) return `the name ${missing[0]} is missing (allowed_domains, allow_ip_sans, use_csr_sans)`;
  const added = granted.find((name) => !dns.includes(name));
  return added === undefined ? undefined : `it has the name ${added} as well (exclude_cn_from_sans)`;
}

/** What comes back is checked: it must be for our key. */
function chainOf(data: Readonly<Record<string, unknown>>, key: KeyObject): string[] {
  const { certificate, ca_chain: issuers, issuing_ca: issuer } = data;
  const above = Array.isArray(issuers) && issuers.length > 0 ? issuers : [issuer];
  const texts = [certificate, ...above].filter((one): one is string => typeof one === 'string');
  return orderedChain([...new Set(texts.map((text) => text.trim()))].join('\n'), key);
}

function publicPart(privateKey: string): KeyObject {
  try {
    return createPublicKey(privateKey);
  } catch {
    throw new VaultError('VAULT_KEY_UNSUITABLE', 'The PKI engine gives a key that cannot be read.');
  }
}

function dataOf(answer: HashicorpAnswer): Readonly<Record<string, unknown>> {
  return (answer.content['data'] ?? {}) as Record<string, unknown>;
}

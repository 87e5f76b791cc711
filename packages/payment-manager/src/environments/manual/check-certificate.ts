import { X509Certificate } from 'node:crypto';
import { oneLine } from '../inventory.ts';
import { FileUnusable } from './offered-file.ts';

/** What a certificate is to be used for in TLS. */
export type Side = 'client' | 'server';

export interface CheckedFor {
  readonly side: Side;
  /** Everything that came with it, PEM. */
  readonly bundle: readonly string[];
  /** CAs that it must come from, PEM. Undefined: whoever issued it, the other side decides whether to trust it. */
  readonly trusted: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Extended key usages (RFC 5280, 4.2.1.12). */
const usages: Readonly<Record<Side, string>> = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' };
const anyUsage = '2.5.29.37.0';

/**
 * Checks a certificate before it is used: subject, dates, usage, and its chain. That it belongs to our key is for the vault to check.
 *
 * @throws FileUnusable, saying what is wrong with it and whom to ask.
 */
export function checkCertificate(pem: string, order: CheckedFor): void {
  const certificate = new X509Certificate(pem);
  const shown = oneLine(certificate.subject);
  const wrong = wrongWith(certificate, order);
  if (wrong !== undefined) throw new FileUnusable(`The certificate ${shown} cannot be used: ${wrong}`);
  if (order.trusted !== undefined) checkChain(certificate, order.bundle, order.trusted);
}

function wrongWith(certificate: X509Certificate, { side, now }: CheckedFor): string | undefined {
  const { validFromDate, validToDate, ca, keyUsage, subject, subjectAltName } = certificate;
  if (now >= validToDate.getTime()) return `it expired on ${validToDate.toISOString()}. Ask for a new one.`;
  if (now < validFromDate.getTime())
    return `it is not valid before ${validFromDate.toISOString()}. Check this machine’s clock, or wait until then.`;
  if (ca) return 'it is that of a CA. Whoever holds it could make certificates in its name: ask the hub for one for TLS.';
  // the type says string[]; a certificate without the extension has none
  const allowed = keyUsage as readonly string[] | undefined;
  if (allowed !== undefined && !allowed.includes(usages[side]) && !allowed.includes(anyUsage))
    return `it is not meant for a TLS ${side} (extended key usage). Ask the issuer for ${side === 'client' ? 'clientAuth' : 'serverAuth'}.`;
  if (side === 'server' && subjectAltName === undefined)
    return 'it has no host name (subjectAltName), so that nobody who calls could trust it. Ask for one with the names under which the hub calls.';
  if (side === 'client' && !/(?:^|\n)CN=./.test(subject ?? ''))
    return 'its subject has no CN, by which the hub knows who calls. Ask for one with it.';
  return undefined;
}

const longestChain = 8;

function checkChain(leaf: X509Certificate, bundle: readonly string[], trusted: readonly string[]): void {
  const anchors = trusted.map((pem) => new X509Certificate(pem));
  const others = bundle.map((pem) => new X509Certificate(pem));
  let last = leaf;
  for (let length = 0; length < longestChain; length++) {
    if (anchors.some((anchor) => anchor.fingerprint256 === last.fingerprint256 || vouches(anchor, last))) return;
    const issuer = others.find((one) => one.fingerprint256 !== last.fingerprint256 && vouches(one, last));
    if (issuer === undefined) break;
    last = issuer;
  }
  throw new FileUnusable(
    `The certificate ${oneLine(leaf.subject)} comes from ${oneLine(last.issuer)}, and no trusted CA of the hub vouches for that. If the hub has a new CA, import it first (./pm import hub-ca FILE); if an issuer in between is missing, ask for the whole chain.`,
  );
}

/** By name, by signature, and it is a CA. */
export function vouches(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

import type { X509Certificate } from 'node:crypto';
import { weaknessOfCertificate } from '@payment-manager/runtime';
import { day, isSelfSigned, issuedBy, keyIdOfCertificate, keyIdOfPem, readBundle, subjectLine } from './certificate.ts';

/** What a certificate is checked against before it is used. */
export interface CertificateOrder {
  /** PEM: the certificate, perhaps with issuers. */
  readonly pem: string;
  /** PEM of the key that it must be for. */
  readonly publicKey: string;
  /** Trusted issuers. */
  readonly cas: readonly X509Certificate[];
  readonly usage: 'client' | 'server';
  readonly now: number;
}

/** A certificate that may be used, with the issuers that a peer needs (without the root, which it has); or why not. */
export type Verdict =
  | { readonly kind: 'good'; readonly certificate: X509Certificate; readonly chain: readonly string[] }
  | {
      readonly kind: 'bad';
      readonly why: string;
      readonly nextStep: string;
      /** When it ended, if that is all that is wrong with it. */
      readonly endedAt?: number;
    };

const USAGES = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' } as const;
const ANY_USAGE = '2.5.29.37.0';
const LONGEST_CHAIN = 8;
/** A hub's clock may be ahead of ours. */
const SKEW_MS = 300_000;

/** Checks a certificate that somebody issued for a key of ours: key, chain, dates, use, subject. */
export function verdictOn({ pem, publicKey, cas, usage, now }: CertificateOrder): Verdict {
  const bundle = readBundle(pem);
  const wanted = keyIdOfPem(publicKey);
  const certificate = bundle?.find((one) => keyIdOfCertificate(one) === wanted);
  if (!bundle) return bad('it cannot be read', 'Ask the hub to sign the request again.');
  if (!certificate) return bad('it is for another key than the one that asked', 'Ask the hub to sign this very request again.');
  const path = pathOf(certificate, [...cas, ...bundle]);
  const anchored = path.some((one) => cas.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256));
  if (!anchored)
    return bad(
      `its issuer (${subjectLine(path.at(-1) ?? certificate).slice(0, 80)}) does not lead to the hub's CA that we trust`,
      "Ask the hub's operator which CA signed it; if the hub has a new CA, the hub must publish that first.",
    );
  const weak = [certificate, ...path].map((one) => [one, weaknessOfCertificate(one)] as const).find(([, why]) => why !== undefined);
  if (weak)
    return bad(
      `${subjectLine(weak[0])} ${weak[1]}`,
      'Ask the hub for a certificate with SHA-2, under a CA with RSA of 2048 bits or more, or EC on P-256.',
    );
  const outOfDate = [certificate, ...path].find((one) => one.validFromDate.getTime() > now + SKEW_MS || one.validToDate.getTime() <= now);
  if (outOfDate) {
    const [from, to] = [outOfDate.validFromDate.getTime(), outOfDate.validToDate.getTime()];
    return {
      ...bad(
        `${subjectLine(outOfDate)} is valid from ${day(from)} to ${day(to)}, and it is ${day(now)}`,
        "Compare this machine's clock with the hub's; if both are right, ask the hub to sign the request again.",
      ),
      ...(outOfDate === certificate && to <= now ? { endedAt: to } : {}),
    };
  }
  const allowed = certificate.keyUsage ?? [];
  if (certificate.ca) return bad('it is the certificate of a CA', 'Ask the hub to sign the request with its role for clients.');
  if (allowed.length > 0 && !allowed.includes(USAGES[usage]) && !allowed.includes(ANY_USAGE))
    return bad(`it is not for a TLS ${usage}`, `Ask the hub to sign the request with its role for ${usage}s.`);
  if (!certificate.subject && !certificate.subjectAltName)
    return bad('it names nobody', 'Ask the hub to keep the subject of the request when it signs.');
  const chain = [certificate, ...path.filter((one) => !isSelfSigned(one))].map(String);
  return { kind: 'good', certificate, chain };
}

/** The issuers of a certificate, the nearest first, as far as they are known. */
export function pathOf(certificate: X509Certificate, known: readonly X509Certificate[]): X509Certificate[] {
  const path: X509Certificate[] = [];
  for (let last = certificate; path.length < LONGEST_CHAIN && !isSelfSigned(last); ) {
    const issuer = known.find((one) => !path.includes(one) && issuedBy(last, one));
    if (!issuer) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

function bad(why: string, nextStep: string): Extract<Verdict, { kind: 'bad' }> {
  return { kind: 'bad', why, nextStep };
}

import { type KeyObject, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Credentials } from './credentials.ts';
import { publicKeyId } from './key-strength.ts';
import { onceFor } from './once-for.ts';

/** How a revoked certificate is named: by its issuer's key and its serial number (hexadecimal). */
export function revocationMark(issuer: KeyObject, serialNumber: string): string {
  return `${publicKeyId(issuer)}/${serialNumber.toLowerCase().replace(/^(?:00)+(?=.)/, '')}`;
}

/** Certificates from the other side's own to its root, at most. */
const LONGEST_PATH = 8;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The CAs of a bundle; texts are few and change seldom. */
const casOf = onceFor(({ trustedCas }: Credentials) =>
  (trustedCas.match(BLOCK) ?? []).flatMap((pem) => {
    try {
      return new X509Certificate(pem);
    } catch {
      return [];
    }
  }),
);

/** What must be known of whoever is at the other end. */
export interface Standing {
  /** Why it must not be served; undefined: it may be. */
  readonly distrust: string | undefined;
  /** When the first of its certificates ends, milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Whether whoever is at the other end of a connection may be served under these credentials. Node has looked at the certificate in the
 * handshake, under the credentials of then; this is for what it does not look at, and for connections that stay. `now`: milliseconds
 * since the epoch.
 */
export function distrustOf(socket: TLSSocket, credentials: Credentials, now: number): Standing {
  const own = socket.getPeerX509Certificate();
  if (own === undefined) return { distrust: 'it shows no certificate', until: 0 };
  const cas = casOf(credentials);
  const path = pathOf(own, cas);
  const until = Math.min(...path.map(({ validToDate }) => validToDate.getTime()));
  return { distrust: distrustIn(path, cas, credentials, until <= now), until };
}

function distrustIn(
  path: readonly X509Certificate[],
  cas: readonly X509Certificate[],
  { peerKeys, revoked }: Credentials,
  isOver: boolean,
): string | undefined {
  const [own] = path;
  if (peerKeys !== undefined && !(own && peerKeys.includes(publicKeyId(own.publicKey)))) return 'its key is not one that is let in';
  if (isOver) return 'its certificate, or that of an issuer, has ended';
  if (!path.some((one) => cas.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256))) return 'its CA is not trusted';
  const isRevoked = path.some((one, index) => {
    const issuer = path[index + 1];
    return issuer !== undefined && revoked?.has(revocationMark(issuer.publicKey, one.serialNumber));
  });
  return isRevoked ? 'its certificate, or that of an issuer, was revoked' : undefined;
}

/** The certificate and its issuers, as far as each has signed the one before it: those that are trusted, else those that came with it. */
function pathOf(own: X509Certificate, cas: readonly X509Certificate[]): readonly X509Certificate[] {
  const path = [own];
  for (let last = own; path.length < LONGEST_PATH; ) {
    const issuer = cas.find((ca) => issued(ca, last)) ?? offeredIssuer(last);
    if (issuer === undefined || path.some(({ fingerprint256 }) => fingerprint256 === issuer.fingerprint256)) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

function offeredIssuer(certificate: X509Certificate): X509Certificate | undefined {
  const issuer = certificate.issuerCertificate;
  return issuer !== undefined && issued(issuer, certificate) ? issuer : undefined;
}

/** The issuer may come from the other side, with a key that cannot be read. */
function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

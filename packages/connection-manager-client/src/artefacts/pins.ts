import type { X509Certificate } from 'node:crypto';
import { isSelfSigned, issuedBy } from '../certificates/certificate.ts';

/** What the Connection Manager may not change by its word alone: a person has to accept it. */
export interface Pins {
  /** SHA-256 of CA certificates of the hub's, 64 hexadecimal digits. Empty: none is pinned by its fingerprint. */
  readonly hubCas: readonly string[];
  /** A new root of the hub's must be certified by one that is trusted. */
  readonly certifiedByFormer: boolean;
  /** FSP id of the hub, when its JWS key may not change by itself. */
  readonly hubKeyOf?: string;
}

export const NO_PINS: Pins = { hubCas: [], certifiedByFormer: false };

/** SHA-256 of a certificate, 64 hexadecimal digits in small letters. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

/** How the vault names a key or certificate: the first 32 digits of the SHA-256. */
export function shortForm(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase().slice(0, 32);
}

/**
 * Which of the hub's CA certificates break the pins. One holds when it is pinned or a person has accepted it; with `certifiedByFormer` also
 * when it is trusted already, has the key for which a trusted one vouches, or when nothing is trusted yet; and whatever one that holds has
 * itself signed. Without pins all hold.
 */
export function brokenPins(
  presented: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  pins: Pins,
  isAccepted: (id: string) => boolean,
): readonly X509Certificate[] {
  if (pins.hubCas.length === 0 && !pins.certifiedByFormer) return [];
  if (pins.hubCas.length === 0 && trusted.length === 0) return [];
  const known = (one: X509Certificate): boolean => trusted.some((other) => fingerprintOf(other) === fingerprintOf(one));
  const holds = new Set(
    presented.filter(
      (one) =>
        pins.hubCas.includes(fingerprintOf(one)) ||
        isAccepted(shortForm(fingerprintOf(one))) ||
        (pins.certifiedByFormer && (known(one) || trusted.some((former) => issuedBy(one, former)))),
    ),
  );
  for (let before = -1; before !== holds.size; ) {
    before = holds.size;
    for (const one of presented)
      if ([...holds].some((other) => issuedBy(one, other) || (isSelfSigned(one) && sameKey(one, other)))) holds.add(one);
  }
  return presented.filter((one) => !holds.has(one));
}

/** The root itself, beside the same key as a trusted CA has certified it: whoever trusts the one has to trust the other. */
function sameKey(one: X509Certificate, other: X509Certificate): boolean {
  return one.subject === other.subject && one.publicKey.equals(other.publicKey);
}

/** Whether a key of the hub's must wait: there was another one, and nobody has accepted this. `known`: all that there ever were, with what is trusted of them. */
export function breaksKeyPin(
  fspId: string,
  keyId: string,
  known: readonly { readonly id: string; readonly state: string }[],
  { hubKeyOf }: Pins,
  isAccepted: (id: string) => boolean,
): boolean {
  if (fspId !== hubKeyOf || known.length === 0 || isAccepted(keyId)) return false;
  return !known.some(({ id, state }) => id === keyId && (state === 'active' || state === 'retiring'));
}

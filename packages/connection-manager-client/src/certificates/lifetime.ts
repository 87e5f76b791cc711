import type { X509Certificate } from 'node:crypto';
import type { Artefact, WatchedCertificate } from '../condition.ts';

const RENEW_AFTER = 2 / 3;
/** At most so much of the lifetime earlier, so that not all come at once. */
const RENEW_EARLIER = 0.05;
const DAY_MS = 86_400_000;

/** When a certificate is to be renewed: at two thirds of its lifetime, or up to a twentieth of it earlier, as its key's id decides. */
export function renewalOf(certificate: X509Certificate, keyId: string): number {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const fraction = Number.parseInt(keyId.slice(0, 6), 16) / 0x1000000;
  return Math.floor(from + (to - from) * (RENEW_AFTER - RENEW_EARLIER * (Number.isNaN(fraction) ? 0 : fraction)));
}

/** How near the end of a certificate is. */
export interface Ending {
  /** The number of the limit that was passed last, from 1, and how many there are. */
  readonly limit: number;
  readonly limits: number;
  /** When it was passed, milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The last of the limits that a certificate has passed: a third and a sixth of its lifetime left, 7 days and 1 day; those in days only
 * where they come after the sixth, for a certificate of one day is always near its end. Undefined before the first.
 */
export function endingOf({ validFrom, validTo }: Pick<WatchedCertificate, 'validFrom' | 'validTo'>, now: number): Ending | undefined {
  const lifetime = validTo - validFrom;
  const limits = [lifetime / 3, lifetime / 6, ...[7 * DAY_MS, DAY_MS].filter((limit) => limit < lifetime / 6)];
  const passed = limits.filter((left) => validTo - now <= left);
  const last = passed.at(-1);
  return last === undefined ? undefined : { limit: passed.length, limits: limits.length, since: validTo - last };
}

/** A certificate to keep an eye on. */
export function watched(artefact: Artefact, name: string, certificate: X509Certificate): WatchedCertificate {
  return {
    artefact,
    name,
    fingerprint: certificate.fingerprint256,
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
  };
}

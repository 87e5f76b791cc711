import type { CertificateEntry } from '@payment-manager/connection-manager-client';
import { counted } from '@payment-manager/connection-manager-client/counted';
import { type Finding, findingsOf } from './finding.ts';

export interface Validity {
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

const DAY_MS = 86_400_000;
/** What has less than this part of its life left should have been renewed long ago. */
const LATE_LEFT = 1 / 6;

/** Whether a certificate is in date. `shown` names it. */
export function validityFinding(part: string, shown: string, { validFrom, validTo }: Validity, now: number): Finding {
  const findings = findingsOf(part);
  const until = new Date(validTo).toISOString().slice(0, 10);
  if (now >= validTo)
    return findings.failed('certificate', `${shown}: expired on ${until}`, 'Renew it: peers that check it refuse the connection.');
  if (now < validFrom)
    return findings.failed(
      'certificate',
      `${shown}: not valid before ${new Date(validFrom).toISOString()}`,
      'Check this machine’s clock. If it is right, ask the issuer for a valid certificate.',
    );
  const days = Math.floor((validTo - now) / DAY_MS);
  if (validTo - now < (validTo - validFrom) * LATE_LEFT)
    return findings.warning('certificate', `${shown}: only ${counted(days, 'day')} left, until ${until}`, 'Renew it now.');
  return findings.passed('certificate', `${shown}: until ${until}, ${counted(days, 'day')}`);
}

/** What we need to have in use towards the scheme. */
export interface Needs {
  readonly client: boolean;
  readonly server: boolean;
}

/** Our certificates in use and the hub's CAs, as the vault has them. */
export function certificateFindings(entries: readonly CertificateEntry[], needs: Needs, now: number): readonly Finding[] {
  const inUse = entries.filter(({ state }) => state === 'active' || state === 'retiring');
  const wanted = [
    ...(needs.client ? (['tls-client', 'hub-ca'] as const) : []),
    ...(needs.server ? (['tls-server', 'dfsp-ca'] as const) : []),
  ];
  const missing = wanted
    .filter((purpose) => !inUse.some((one) => one.purpose === purpose && one.state === 'active'))
    .map((purpose) =>
      findingsOf('certificates').failed(
        purpose,
        'no certificate is in use',
        'Connect first: ./pm onboard; without a Connection Manager: ./pm export and ./pm import.',
      ),
    );
  return [
    ...missing,
    ...inUse
      .filter(({ state }) => state === 'active')
      .map((one) => ({ ...validityFinding('certificates', one.subject, one, now), check: one.purpose })),
  ];
}

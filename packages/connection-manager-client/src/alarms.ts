import { day } from './certificates/certificate.ts';
import { endingOf } from './certificates/lifetime.ts';
import type { Alarm, Condition, WatchedCertificate } from './condition.ts';

/** What is known of an artefact, for its alarms. */
export interface Watch {
  readonly condition: Condition;
  readonly certificates: readonly WatchedCertificate[];
  readonly failingSince: number | undefined;
}

/** What somebody should look at now, most urgent first. */
export function alarmsOf(watches: readonly Watch[], failingLimitMs: number, now: number): readonly Alarm[] {
  const alarms = watches.flatMap((watch) => [
    ...watch.certificates.flatMap((certificate) => ofCertificate(certificate, watch.condition, now)),
    ...ofFailing(watch, failingLimitMs, now),
    ...ofKeys(watch),
  ]);
  return alarms.sort((one, other) => rank(one) - rank(other) || one.since - other.since);
}

function rank({ severity }: Alarm): number {
  return severity === 'critical' ? 0 : 1;
}

function ofCertificate(certificate: WatchedCertificate, condition: Condition, now: number): Alarm[] {
  const { artefact, name, fingerprint, validTo } = certificate;
  const nextStep =
    condition.state === 'Ready'
      ? `Renew ${artefact}, or ask the hub’s operator to.`
      : `${condition.message} ${condition.nextStep ?? ''}`.trim();
  if (validTo <= now)
    return [
      {
        code: 'CERTIFICATE_EXPIRED',
        artefact,
        id: `CERTIFICATE_EXPIRED:${artefact}:${fingerprint}`,
        severity: 'critical',
        message: `The certificate has ended on ${day(validTo)}: ${name}.`,
        nextStep,
        since: validTo,
      },
    ];
  const ending = endingOf(certificate, now);
  if (!ending) return [];
  return [
    {
      code: 'CERTIFICATE_EXPIRING',
      artefact,
      id: `CERTIFICATE_EXPIRING:${artefact}:${fingerprint}:${ending.limit}`,
      severity: ending.limit === ending.limits ? 'critical' : 'warning',
      message: `The certificate ends on ${day(validTo)} and was not renewed: ${name}.`,
      nextStep,
      since: ending.since,
    },
  ];
}

function ofFailing({ condition, failingSince }: Watch, limitMs: number, now: number): Alarm[] {
  if (failingSince === undefined || now - failingSince < limitMs) return [];
  const { artefact, message, nextStep = 'See the log.' } = condition;
  const since = failingSince + limitMs;
  return [{ code: 'ARTEFACT_FAILING', artefact, id: `ARTEFACT_FAILING:${artefact}`, severity: 'warning', message, nextStep, since }];
}

function ofKeys({ condition }: Watch): Alarm[] {
  const { artefact, reason, message, nextStep = '', since } = condition;
  const told = { artefact, message, nextStep, since };
  if (reason === 'PEER_KEYS_UNUSABLE') return [{ ...told, code: 'PEER_KEYS_MISSING', id: 'PEER_KEYS_MISSING', severity: 'warning' }];
  if (reason === 'PIN_BROKEN') return [{ ...told, code: 'TRUST_WAITS', id: `TRUST_WAITS:${artefact}`, severity: 'critical' }];
  if (reason === 'HUB_KEY_CHANGED') return [{ ...told, code: 'HUB_KEY_CHANGED', id: 'HUB_KEY_CHANGED', severity: 'critical' }];
  if (reason === 'SIGNING_LIMITED') return [{ ...told, code: 'SIGNING_LIMITED', id: 'SIGNING_LIMITED', severity: 'critical' }];
  if (reason === 'FOREIGN_KEY') return [{ ...told, code: 'FOREIGN_KEY_SEEN', id: 'FOREIGN_KEY_SEEN', severity: 'critical' }];
  return [];
}

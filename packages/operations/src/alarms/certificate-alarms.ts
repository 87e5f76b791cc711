import type { Config } from '@payment-manager/configuration';
import type { CertificateStatus } from '@payment-manager/configuration/files';
import { endingOf } from '@payment-manager/connection-manager-client/ending';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import { countAlarms } from './alarm-counts.ts';

export interface CertificateAlarmsDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  certificates(): readonly CertificateStatus[];
}

/**
 * Alarms for certificates in use that nobody renews by themselves: those in files, and without a Connection Manager those in the vault. The
 * others are the Connection Manager's client's, which knows what keeps their renewal.
 */
export function watchCertificates(config: Config, deps: CertificateAlarmsDeps): { alarms(): readonly AlarmEntry[]; stop(): void } {
  const renewed = config.vault.store !== 'none' && config.connectionManager.url !== undefined ? ['inbound', 'hub'] : [];
  const alarms = (): readonly AlarmEntry[] =>
    deps
      .certificates()
      .filter(({ side }) => !renewed.includes(side))
      .flatMap((certificate) => certificateAlarm(certificate, deps.clock.now()));
  return { alarms, stop: countAlarms(alarms, deps).stop };
}

/** At a third and a sixth of its lifetime, 7 days, 1 day and the end; none before. */
export function certificateAlarm({ side, validFrom, validTo }: CertificateStatus, now: number): readonly AlarmEntry[] {
  const ending = endingOf({ validFrom, validTo }, now);
  if (ending === undefined) return [];
  const day = new Date(validTo).toISOString().slice(0, 10);
  const expired = validTo <= now;
  const todo = 'Replace it: docs/connect-to-a-hub.md for files, docs/onboarding.md for the vault.';
  return [
    {
      id: `certificate-${side}`,
      level: 'alarm',
      code: expired ? 'CERTIFICATE_EXPIRED' : 'CERTIFICATE_EXPIRING',
      reason: `The certificate in use for ${side} ${expired ? 'has ended' : 'ends'} on ${day}. ${todo}`,
      since: expired ? validTo : ending.since,
    },
  ];
}

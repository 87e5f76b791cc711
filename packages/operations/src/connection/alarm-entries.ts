import { type ConnectionManagerClient, endingOf } from '@payment-manager/connection-manager-client';
import type { AlarmEntry } from '@payment-manager/runtime';
import type { Served } from './served.ts';

type ClientAlarm = ReturnType<ConnectionManagerClient['alarms']>[number];

/** What the Connection Manager's client raises. */
export function clientAlarm({ artefact, code, message, nextStep, since }: ClientAlarm): AlarmEntry {
  return { id: `connection-${artefact}`, level: 'alarm', code, reason: `${message} ${nextStep}`, since };
}

/** The hub's own server certificate, too, is somebody's to renew; ours have their alarms already. */
export function endingAlarm({ where, address, certificate, state }: Served, now: number): AlarmEntry[] {
  const ending = where === 'hub' && state === 'Ready' && certificate ? endingOf(certificate, now) : undefined;
  if (ending === undefined || certificate === undefined) return [];
  const until = new Date(certificate.validTo).toISOString().slice(0, 16);
  const reason = `${address}: the hub’s server certificate ends on ${until}Z and was not renewed. Ask the hub’s operator.`;
  return [{ id: `served-hub-ending-${address}`, level: 'alarm', code: 'CERTIFICATE_EXPIRING', reason, since: ending.since }];
}

/** What is served and should not be. */
export function servedAlarm({ where, address, message, nextStep = '', since }: Served): AlarmEntry {
  return { id: `served-${where}`, level: 'alarm', code: 'SERVED_CERTIFICATE_WRONG', reason: `${address}: ${message} ${nextStep}`, since };
}

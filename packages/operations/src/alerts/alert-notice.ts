import type { ToldWords } from '@payment-manager/runtime/words';
import type { Severity } from './alert-rules.ts';
import type { Delivery, Incident, IncidentEvent } from './incident.ts';

/** Who tells, and where people look. */
export interface AlertIdentity {
  readonly fspId: string;
  readonly environment: string;
  /** Origin of the portal; undefined: there is none. */
  readonly portalUrl: string | undefined;
}

/** What anybody outside is told: our own words, codes and times. No reason, no id of a payment, no name of a person, peer or host. */
export interface AlertNotice {
  /** Of this delivery; the same when it is repeated. */
  readonly id: string;
  /** Of the incident. */
  readonly incident: string;
  readonly event: IncidentEvent | 'test';
  readonly rule: string;
  readonly severity: Severity;
  readonly code: string;
  /** What it is about: the rule’s words, like each text here in the language of those who are told. */
  readonly title: string;
  /** The code’s words, where it has some. */
  readonly what?: string;
  /** Payments that it is about; 1 for what is about none. */
  readonly count: number;
  readonly fspId: string;
  readonly environment: string;
  /** ISO 8601 */
  readonly began: string;
  readonly ended?: string;
  /** Page of the portal with everything about it. */
  readonly link?: string;
}

/** What is told of an incident, as it stands now. */
export function noticeOf(
  incident: Incident,
  { event, at }: Pick<Delivery, 'event' | 'at'>,
  identity: AlertIdentity,
  { alerts, alarms, exceptions }: ToldWords,
): AlertNotice {
  const { id, rule, severity, code, count, since, endedAt } = incident;
  const { fspId, environment, portalUrl } = identity;
  const { name } = alerts.rules[rule];
  const what = rule === 'exceptions' ? exceptions.codes[code]?.title : alarms.codes[code];
  return {
    id: `${id}.${event}.${at}`,
    incident: id,
    ...{ event, rule, severity, code, count, fspId, environment },
    title: rule === 'exceptions' ? `${name}: ${alerts.payments(String(count), count === 1)}` : name,
    ...(what !== undefined && { what }),
    began: new Date(since).toISOString(),
    ...(event === 'ended' && endedAt !== undefined && { ended: new Date(endedAt).toISOString() }),
    ...(portalUrl !== undefined && { link: `${portalUrl}/alerts?incident=${encodeURIComponent(id)}` }),
  };
}

/** What a channel is sent when somebody tries it. */
export function testNotice(at: number, { fspId, environment, portalUrl }: AlertIdentity, { alerts }: ToldWords): AlertNotice {
  return {
    ...{
      id: `test.${at}`,
      incident: `test.${at}`,
      event: 'test',
      rule: 'test',
      severity: 'warning',
      code: 'test',
      count: 1,
      fspId,
      environment,
    },
    title: alerts.tested,
    began: new Date(at).toISOString(),
    ...(portalUrl !== undefined && { link: `${portalUrl}/alerts` }),
  };
}

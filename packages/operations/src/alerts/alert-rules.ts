import type { AlertRuleName } from '@payment-manager/configuration';
import type { AlarmCode } from '@payment-manager/runtime';

/** `critical` is told at once, also in quiet hours; `warning` waits for their end. */
export type Severity = 'critical' | 'warning';

export interface AlertRule {
  readonly severity: Severity;
  /** May come and go within minutes: it must have lasted `alerts.beginsAfterMs` before it is told, and be gone for `alerts.endsAfterMs` before it has ended. */
  readonly flaps?: true;
  /** More of it while it stands (another payment, a nearer end) is told again, at most once an hour. */
  readonly grows?: true;
  /** Page of the portal that explains it. */
  readonly page: string;
}

/** Every rule, with what makes it sensible. docs/operations/alert-delivery.md says the same, and a test compares. */
export const RULES: Readonly<Record<AlertRuleName, AlertRule>> = {
  exceptions: { severity: 'critical', grows: true, page: '/exceptions' },
  hub: { severity: 'critical', flaps: true, page: '/health' },
  core: { severity: 'critical', flaps: true, page: '/health' },
  journal: { severity: 'critical', flaps: true, page: '/health' },
  'success-rate': { severity: 'critical', flaps: true, page: '/payments' },
  latency: { severity: 'warning', flaps: true, page: '/payments' },
  cap: { severity: 'critical', flaps: true, page: '/positions' },
  expiry: { severity: 'warning', grows: true, page: '/connection' },
  trust: { severity: 'critical', page: '/connection' },
  'read-model': { severity: 'warning', flaps: true, page: '/health' },
  delivery: { severity: 'warning', flaps: true, page: '/alerts' },
  operation: { severity: 'warning', flaps: true, page: '/health' },
};

export const ALERT_RULES = Object.keys(RULES) as readonly AlertRuleName[];

/** Codes of alarms by rule; each other that stands is of `operation`. What happened once and does not end makes no alert but for defects (`isTold`): it is in the log. */
const BY_CODE: Readonly<Partial<Record<AlarmCode, AlertRuleName>>> = {
  HUB_NOT_ANSWERING: 'hub',
  HUB_TOKEN_UNAVAILABLE: 'hub',
  HUB_TOKEN_REFUSED: 'hub',
  CORE_NOT_ANSWERING: 'core',
  JOURNAL_NOT_WRITABLE: 'journal',
  SUCCESS_RATE_LOW: 'success-rate',
  PAYMENTS_SLOW: 'latency',
  POSITION_NEAR_CAP: 'cap',
  CERTIFICATE_EXPIRING: 'expiry',
  CERTIFICATE_EXPIRED: 'expiry',
  FOREIGN_KEY_SEEN: 'trust',
  HUB_KEY_CHANGED: 'trust',
  SERVED_CERTIFICATE_WRONG: 'trust',
  TRUST_CHANGED: 'trust',
  TRUST_WAITS: 'trust',
  READ_MODEL_BEHIND: 'read-model',
  ALERTS_NOT_DELIVERED: 'delivery',
};

/** What is told at once although its rule waits for the end of quiet hours: no payment moves, or one stands still. */
const CRITICAL: ReadonlySet<string> = new Set<AlarmCode>(['ACTION_FAILED', 'CERTIFICATE_EXPIRED', 'FLOW_FAILED', 'PAYMENTS_NOT_RUNNING']);
/** Defects of the product: a payment stands still, and nothing says when it goes on. They happen once, and are told of for a day. */
const DEFECTS: ReadonlySet<string> = new Set<AlarmCode>(['ACTION_FAILED', 'FLOW_FAILED']);
const DEFECT_MS = 86_400_000;

/** Whether people are told of an alarm: one that stands, or a defect of the last day. What else happened once is in the log. */
export function isTold(
  { code, since, momentary }: { readonly code: string; readonly since: number; readonly momentary?: boolean },
  now: number,
): boolean {
  return momentary !== true || (DEFECTS.has(code) && now - since < DEFECT_MS);
}

/** What stands: a line of the alarms or of the exceptions. */
export interface StandingCondition {
  /** The same from every replica. */
  readonly id: string;
  readonly level: 'alarm' | 'exception';
  readonly code: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What makes one incident: everything of one code, but for certificates, of which each has its own end. A thousand payments that hang are one mail. */
export interface Cause {
  /** `hub HUB_NOT_ANSWERING`; the same for as long as the cause is the same. */
  readonly key: string;
  readonly rule: AlertRuleName;
  readonly severity: Severity;
  readonly code: string;
  /** The oldest one’s. */
  readonly reason: string;
  /** When the newest of it began: of a certificate, the threshold that was passed last. */
  readonly newest: number;
  readonly since: number;
  readonly count: number;
}

/** The causes among what stands, by key. */
export function causesOf(conditions: readonly StandingCondition[]): ReadonlyMap<string, Cause> {
  const causes = new Map<string, Cause>();
  for (const condition of conditions) {
    const next = causeOf(condition);
    const known = causes.get(next.key);
    causes.set(next.key, known === undefined ? next : merged(known, next));
  }
  return causes;
}

function causeOf({ id, level, code, reason, since }: StandingCondition): Cause {
  const rule = level === 'exception' ? 'exceptions' : (BY_CODE[code as AlarmCode] ?? 'operation');
  const severity = CRITICAL.has(code) ? 'critical' : RULES[rule].severity;
  const key = `${rule} ${rule === 'expiry' ? id : code}`.slice(0, 200);
  return { key, rule, severity, code, reason, newest: since, since, count: 1 };
}

function merged(one: Cause, other: Cause): Cause {
  const eldest = other.since < one.since ? other : one;
  return { ...eldest, newest: Math.max(one.newest, other.newest), count: one.count + other.count };
}

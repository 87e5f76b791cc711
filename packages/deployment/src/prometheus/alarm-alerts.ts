import { ALARMS_PAGE, saidOf } from '../alarms/alarms-page.ts';
import type { AlertRule } from './alert-rule.ts';

/** Alarms of which a rule tells whenever they stand. None whose threshold is configured, where the rule’s is its own: one may stand without the other. */
const OF_OTHER_RULES: readonly string[] = [
  'CERTIFICATE_EXPIRED',
  'CORE_NOT_ANSWERING',
  'HUB_NOT_ANSWERING',
  'HUB_TOKEN_REFUSED',
  'HUB_TOKEN_UNAVAILABLE',
  'MESSAGES_LOST',
  'READ_MODEL_BEHIND',
  'SERVED_CERTIFICATE_WRONG',
];
const TRUST: readonly string[] = ['FOREIGN_KEY_SEEN', 'HUB_KEY_CHANGED', 'TRUST_CHANGED', 'TRUST_WAITS'];
const OF_ITS_OWN: readonly string[] = ['JOURNAL_NOT_WRITABLE', 'PAYMENTS_NOT_RUNNING', 'POSITION_NEAR_CAP', ...TRUST];

/** The section of the alarm that is told. */
const OF_THE_CODE = `${ALARMS_PAGE}#{{ $labels.code | toLower }}`;

/** The product's own alarms, of which no figure tells. */
export const ALARM_ALERTS: readonly AlertRule[] = [
  {
    name: 'PaymentsNotRunning',
    expr: standing(['PAYMENTS_NOT_RUNNING']),
    forMinutes: 1,
    severity: 'critical',
    summary: 'no process takes payments',
    ...saidOf('PAYMENTS_NOT_RUNNING'),
    test: whileItStands('PAYMENTS_NOT_RUNNING', 5),
  },
  {
    name: 'JournalNotWritable',
    expr: standing(['JOURNAL_NOT_WRITABLE']),
    forMinutes: 1,
    severity: 'critical',
    summary: 'the journal cannot be written, or its disk is nearly full, or its database does not answer',
    ...saidOf('JOURNAL_NOT_WRITABLE'),
    test: whileItStands('JOURNAL_NOT_WRITABLE', 5),
  },
  {
    name: 'TrustNotAsExpected',
    expr: standing(TRUST),
    forMinutes: 0,
    severity: 'critical',
    summary: 'a key or certificate is not the expected one: {{ $labels.code }}',
    means:
      '`TRUST_WAITS`: what is new is not accepted yet. `TRUST_CHANGED`, `HUB_KEY_CHANGED`: it is in use already. `FOREIGN_KEY_SEEN`: peers may have had the other key, and taken what it signed for ours.',
    look: ['`./pm doctor`', '[alarms.md](alarms.md): the code'],
    page: OF_THE_CODE,
    act: [
      'At once: ask the owner of the key by another way than the Connection Manager. Not theirs, and in use: `./pm keys compromised KEY` distrusts it. Another key under our name: tell the hub’s operator. What waits: `./pm keys accept FINGERPRINT`, and only if it is theirs. Each code: [alarms.md](alarms.md).',
    ],
    test: {
      fires: [{ series: 'pm_connection_alarms{code="TRUST_CHANGED", severity="critical"}', values: '1x10' }],
      labels: { code: 'TRUST_CHANGED' },
      atMinutes: 5,
      silent: [{ series: 'pm_connection_alarms{code="ARTEFACT_FAILING", severity="warning"}', values: '1x10' }],
    },
  },
  {
    name: 'PositionNearCap',
    expr: standing(['POSITION_NEAR_CAP']),
    forMinutes: 5,
    severity: 'critical',
    summary: 'a position comes near its net debit cap',
    ...saidOf('POSITION_NEAR_CAP'),
    test: whileItStands('POSITION_NEAR_CAP', 8),
  },
  {
    name: 'AlarmStands',
    // one that is added later is told without a rule of its own
    expr: standing([...OF_OTHER_RULES, ...OF_ITS_OWN], '!~'),
    forMinutes: 10,
    severity: 'warning',
    summary: 'the alarm {{ $labels.code }} stands',
    means: 'What it means is said of each code in [alarms.md](alarms.md).',
    page: OF_THE_CODE,
    look: ['`./pm doctor`', '`GET /alarms` of the operations API, which has the reason'],
    act: ['As the code’s section in [alarms.md](alarms.md) says.'],
    test: {
      fires: [{ series: 'pm_alarms{code="PAYMENTS_SLOW"}', values: '1x30' }],
      labels: { code: 'PAYMENTS_SLOW' },
      atMinutes: 15,
      silent: [{ series: 'pm_alarms{code="HUB_NOT_ANSWERING"}', values: '1x30' }],
    },
  },
];

/** Some stand in the connection to the scheme, and are told of by its own gauge. */
function standing(codes: readonly string[], match: '=~' | '!~' = '=~'): string {
  const among = `code${match}"${codes.join('|')}"`;
  return `max by (code) (pm_alarms{${among}} or pm_connection_alarms{${among}}) > 0`;
}

/** It fires while the alarm stands, and not when it does not any more. */
function whileItStands(code: string, atMinutes: number): AlertRule['test'] {
  const series = `pm_alarms{code="${code}"}`;
  return { fires: [{ series, values: '1x10' }], labels: { code }, atMinutes, silent: [{ series, values: '0x10' }] };
}

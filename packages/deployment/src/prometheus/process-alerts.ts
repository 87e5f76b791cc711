import { saidOf } from '../alarms/alarms-page.ts';
import type { AlertRule } from './alert-rule.ts';

const DAY = 86_400;

/** What payments need: journal, machine, certificates, the connection to the scheme. */
export const PROCESS_ALERTS: readonly AlertRule[] = [
  {
    name: 'PaymentManagerOverloaded',
    expr: 'sum(rate(pm_shed_total[5m])) > 0',
    forMinutes: 5,
    severity: 'warning',
    summary: '{{ $value | humanize }} requests a second are refused for load',
    means: 'New payments get 503 with Retry-After. What was begun goes on.',
    look: ['the dashboard “Service”: work beside its limit, CPU, lag of the event loop'],
    act: ['More CPU, or more replicas ([replicas.md](../replicas.md)); what a machine can do: [performance.md](../performance.md).'],
    test: {
      fires: [{ series: 'pm_shed_total{kind="payment"}', values: '0+60x20' }],
      shown: '1',
      atMinutes: 15,
      silent: [{ series: 'pm_shed_total{kind="payment"}', values: '7x20' }],
    },
  },
  {
    name: 'ConnectionsUsedUp',
    // at every look of five minutes some wait: a burst does not
    expr: 'sum by (client) (min_over_time(pm_http_pool_requests{state="waiting"}[5m])) > 0',
    forMinutes: 5,
    severity: 'warning',
    summary: 'for minutes requests to {{ $labels.client }} have waited for a connection',
    means:
      'All connections of a process are in use: payments take longer, and where too many wait (`maxQueued`) the next ones are not sent.',
    look: [
      'the dashboard “Service”: requests on connections; “Payments”: how long hub and core take',
      '`hub.maxConnections`, `core.maxConnections`',
    ],
    act: [
      'The other side has become slow: [core-down.md](core-down.md), [hub-down.md](hub-down.md). It is as quick as ever: allow more connections.',
    ],
    test: {
      fires: [{ series: 'pm_http_pool_requests{client="core", state="waiting", worker="1"}', values: '3x20' }],
      labels: { client: 'core' },
      atMinutes: 15,
      silent: [
        { series: 'pm_http_pool_requests{client="core", state="waiting", worker="1"}', values: '3 0 3 0 3 0 3 0 3 0 3 0 3 0 3 0 3 0 3 0' },
        { series: 'pm_http_pool_requests{client="core", state="running", worker="1"}', values: '100x20' },
      ],
    },
  },
  {
    name: 'JournalFails',
    expr: 'sum by (instance) (increase(pm_journal_append_failures_total[10m])) > 0',
    forMinutes: 0,
    severity: 'critical',
    summary: 'the journal of {{ $labels.instance }} cannot be written',
    means: 'Nothing new is begun that is not on disk. The process ends when the disk is not to be trusted, and goes on after a start.',
    look: ['the log: ENOSPC, EIO, a database that is down', '`./pm doctor`: free space'],
    act: [
      'Space: [disk-full.md](disk-full.md); a broken disk: [backup.md](backup.md#when-the-disk-is-lost); PostgreSQL: [database-down.md](database-down.md).',
    ],
    test: {
      fires: [{ series: 'pm_journal_append_failures_total{instance="a"}', values: '0 0 1x10' }],
      labels: { instance: 'a' },
      atMinutes: 5,
      silent: [{ series: 'pm_journal_append_failures_total{instance="a"}', values: '3x20' }],
    },
  },
  {
    name: 'JournalSlow',
    expr: 'histogram_quantile(0.99, sum by (le) (rate(pm_journal_append_seconds_bucket[10m]))) > 0.5',
    forMinutes: 10,
    severity: 'warning',
    summary: 'one append in a hundred takes over {{ $value | humanizeDuration }}',
    means: 'Every step of a payment waits for the disk.',
    look: ['`iostat -x 5`, or the database’s own figures', 'who else writes to this disk'],
    act: ['A disk with a short fsync; the journal on a disk of its own.'],
    test: {
      fires: [
        { series: 'pm_journal_append_seconds_bucket{le="0.5"}', values: '0+5x40' },
        { series: 'pm_journal_append_seconds_bucket{le="1"}', values: '0+9x40' },
        { series: 'pm_journal_append_seconds_bucket{le="+Inf"}', values: '0+9x40' },
      ],
      shown: '988.8ms',
      atMinutes: 30,
      silent: [
        { series: 'pm_journal_append_seconds_bucket{le="0.5"}', values: '0+9x40' },
        { series: 'pm_journal_append_seconds_bucket{le="+Inf"}', values: '0+9x40' },
      ],
    },
  },
  {
    name: 'JournalReadsWait',
    // at every look of five minutes some wait: a burst does not
    expr: 'sum by (instance) (min_over_time(pm_journal_reads_waiting[5m])) > 0',
    forMinutes: 5,
    severity: 'warning',
    summary: 'for minutes questions of {{ $labels.instance }} to PostgreSQL have waited for a connection',
    means:
      'All `journal.readConnections` of a process are in use: what must be looked up in the journal first waits: repeats, and messages for payments of another replica.',
    look: [
      'the dashboard “Service”: questions that wait, until an append is durable',
      'the database’s own figures: `pg_stat_activity`, connections whose `application_name` ends with `reads`',
    ],
    act: [
      'A slow database: its disk, its load, long questions of others ([replicas.md](../replicas.md#1-the-database)). It is as quick as ever: a larger `journal.readConnections`, if `max_connections` of the server has room for it.',
    ],
    test: {
      fires: [
        { series: 'pm_journal_reads_waiting{instance="a", worker="1"}', values: '2x20' },
        { series: 'pm_journal_reads_waiting{instance="a", worker="2"}', values: '0x20' },
      ],
      labels: { instance: 'a' },
      atMinutes: 15,
      silent: [{ series: 'pm_journal_reads_waiting{instance="a", worker="1"}', values: '9 0 9 0 9 0 9 0 9 0 9 0 9 0 9 0 9 0 9 0' }],
    },
  },
  {
    name: 'JournalNotAnchored',
    // the interval is configured: seconds to days
    expr: 'max by (to) (time() - pm_anchor_kept_seconds - pm_anchor_every_seconds) > 600',
    forMinutes: 5,
    severity: 'warning',
    summary: 'the journal’s end should have been kept ({{ $labels.to }}) {{ $value | humanizeDuration }} ago',
    means:
      'It is over ten minutes later than `journal.anchor.everyMs` says. Who cut off the end of the journal since the last anchor could not be told.',
    look: ['the log: `ANCHOR_FAILED`', '`./pm verify`'],
    act: ['[verify.md](../verify.md), “Anchors”'],
    test: {
      fires: [
        { series: 'pm_anchor_kept_seconds{to="file", worker="1"}', values: '0x100' },
        { series: 'pm_anchor_every_seconds{to="file", worker="1"}', values: '600x100' },
        { series: 'pm_anchor_kept_seconds{to="file", worker="2"}', values: '0+60x100' },
        { series: 'pm_anchor_every_seconds{to="file", worker="2"}', values: '600x100' },
      ],
      labels: { to: 'file' },
      shown: '1h 20m 0s',
      atMinutes: 90,
      // once in seven days
      silent: [
        { series: 'pm_anchor_kept_seconds{to="file"}', values: '0x100' },
        { series: 'pm_anchor_every_seconds{to="file"}', values: '604800x100' },
      ],
    },
  },
  {
    name: 'CertificateExpires',
    expr: `min by (side) (pm_certificate_expires_seconds) - time() < ${9 * DAY} or min by (artefact) (pm_connection_certificate_expires_seconds) - time() < ${9 * DAY}`,
    forMinutes: 60,
    severity: 'warning',
    summary: 'a certificate ends in {{ $value | humanizeDuration }}',
    means:
      'When it has ended, nobody connects any more in that direction. The shortest that renews itself, of 30 days, does so with ten left.',
    look: ['`./pm cert list`', '`./pm doctor`'],
    act: [
      'With a Connection Manager it renews itself: see why it has not (`ArtefactFails`). Else [tls-certificates.md](tls-certificates.md).',
    ],
    test: {
      fires: [{ series: 'pm_certificate_expires_seconds{side="inbound"}', values: `${8 * DAY}x100` }],
      labels: { side: 'inbound' },
      shown: '7d 22h 30m 0s',
      atMinutes: 90,
      silent: [{ series: 'pm_certificate_expires_seconds{side="inbound"}', values: `${10 * DAY + 90 * 60}x100` }],
    },
  },
  {
    name: 'CertificateEndsNow',
    expr: `min by (side) (pm_certificate_expires_seconds) - time() < ${2 * DAY}`,
    forMinutes: 0,
    severity: 'critical',
    summary: 'the certificate for {{ $labels.side }} ends in {{ $value | humanizeDuration }}',
    means: 'In two days at most no payment goes in that direction any more.',
    look: ['`./pm cert list`', '`./pm onboard`'],
    act: [
      'In files: [tls-certificates.md](tls-certificates.md). In the vault: `./pm cert renew client` (or `server`); `./pm onboard` says who must sign it. Without a Connection Manager, or while it is down, or where it has ended already: by hand, [onboarding.md](../onboarding.md#3-without-a-connection-manager).',
    ],
    test: {
      fires: [{ series: 'pm_certificate_expires_seconds{side="hub"}', values: `${DAY}x10` }],
      labels: { side: 'hub' },
      shown: '23h 55m 0s',
      atMinutes: 5,
      silent: [{ series: 'pm_certificate_expires_seconds{side="hub"}', values: `${10 * DAY}x10` }],
    },
  },
  {
    name: 'WrongCertificateServed',
    expr: 'min by (where, address) (pm_served_certificate_right) == 0',
    forMinutes: 5,
    severity: 'critical',
    summary: '{{ $labels.where }} presents another certificate than the one in use',
    ...saidOf('SERVED_CERTIFICATE_WRONG'),
    test: {
      fires: [{ series: 'pm_served_certificate_right{where="inbound", address="a:443"}', values: '0x20' }],
      labels: { where: 'inbound', address: 'a:443' },
      atMinutes: 10,
      silent: [{ series: 'pm_served_certificate_right{where="inbound", address="a:443"}', values: '1x20' }],
    },
  },
  {
    name: 'ArtefactFails',
    expr: 'min by (artefact) (pm_connection_state) == 0',
    forMinutes: 15,
    severity: 'warning',
    summary: '{{ $labels.artefact }} cannot be had from the Connection Manager',
    means: 'Payments go on with what is there; a renewal or a new peer’s key does not arrive.',
    look: ['`./pm onboard`: what it says of the artefact'],
    act: saidOf('ARTEFACT_FAILING').act,
    test: {
      fires: [{ series: 'pm_connection_state{artefact="server-certificate"}', values: '0x40' }],
      labels: { artefact: 'server-certificate' },
      atMinutes: 30,
      silent: [{ series: 'pm_connection_state{artefact="server-certificate"}', values: '1x40' }],
    },
  },
  {
    name: 'HubTokenFails',
    expr: 'max(pm_alarms{code=~"HUB_TOKEN_.*"}) > 0',
    forMinutes: 2,
    severity: 'critical',
    summary: 'no token for the hub',
    means: 'The token server gives none, or the hub refuses those that it gives: no payment leaves.',
    look: ['`./pm doctor`: what the token server says, and what stands: `HUB_TOKEN_UNAVAILABLE` or `HUB_TOKEN_REFUSED`'],
    act: ['[alarms.md](alarms.md#hub_token_unavailable), [alarms.md](alarms.md#hub_token_refused)'],
    test: {
      fires: [{ series: 'pm_alarms{code="HUB_TOKEN_UNAVAILABLE"}', values: '1x10' }],
      atMinutes: 6,
      silent: [{ series: 'pm_alarms{code="HUB_TOKEN_UNAVAILABLE"}', values: '0x10' }],
    },
  },
  {
    name: 'ReadModelBehind',
    expr: 'max(pm_read_model_behind_seconds) > 300 or max(pm_alarms{code="READ_MODEL_BEHIND"}) > 0',
    forMinutes: 5,
    severity: 'warning',
    summary: 'lists and totals lack the last minutes',
    ...saidOf('READ_MODEL_BEHIND'),
    test: {
      fires: [
        { series: 'pm_read_model_behind_seconds', values: '200x20' },
        { series: 'pm_alarms{code="READ_MODEL_BEHIND"}', values: '1x20' },
      ],
      atMinutes: 15,
      silent: [
        { series: 'pm_read_model_behind_seconds', values: '200x20' },
        { series: 'pm_alarms{code="READ_MODEL_BEHIND"}', values: '0x20' },
      ],
    },
  },
  {
    name: 'MessagesLost',
    expr: 'max(pm_alarms{code="MESSAGES_LOST"}) > 0',
    forMinutes: 5,
    severity: 'warning',
    summary: 'the bytes of messages are not kept',
    ...saidOf('MESSAGES_LOST'),
    test: {
      fires: [{ series: 'pm_alarms{code="MESSAGES_LOST"}', values: '1x20' }],
      atMinutes: 10,
      silent: [{ series: 'pm_alarms{code="MESSAGES_LOST"}', values: '0x20' }],
    },
  },
  {
    name: 'DefectOfProduct',
    expr: 'sum by (code) (increase(pm_alarms_total{code=~"FLOW_FAILED|ACTION_FAILED"}[10m])) > 0',
    forMinutes: 0,
    severity: 'critical',
    summary: '{{ $labels.code }}: a payment cannot go on because of a defect',
    means: 'A payment stands still. Others go on.',
    look: ['the log: the line with this code names the payment', '`./pm payment ID`'],
    act: ['Send the line and `./pm --version` to whoever supports you; the payment goes on with a mended version.'],
    test: {
      fires: [{ series: 'pm_alarms_total{code="FLOW_FAILED"}', values: '0 0 1x10' }],
      labels: { code: 'FLOW_FAILED' },
      atMinutes: 5,
      silent: [{ series: 'pm_alarms_total{code="FLOW_FAILED"}', values: '2x20' }],
    },
  },
];

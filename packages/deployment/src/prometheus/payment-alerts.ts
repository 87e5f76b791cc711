import { saidOf } from '../alarms/alarms-page.ts';
import type { AlertRule } from './alert-rule.ts';

const ENDS_PAYER = 'completed|failed|aborted';
const ENDS_PAYEE = 'committed|aborted|refused';

/** Whether money moves. */
export const PAYMENT_ALERTS: readonly AlertRule[] = [
  {
    name: 'PaymentManagerDown',
    expr: 'up{job="payment-manager"} == 0',
    forMinutes: 1,
    severity: 'critical',
    summary: '{{ $labels.instance }} does not answer',
    means:
      'No payment goes in or out through this process. What was begun is in the journal and goes on when it runs again, or on another replica.',
    look: [
      '`systemctl status payment-manager`, or the state of the container',
      'the last lines of its log',
      '`./pm doctor` on the machine',
    ],
    act: [
      'Start it. Exit code 78: the configuration cannot be used, the log says which key. 69: something that it needs is not there (a port is taken, packages are missing, the database is not reached). 70: its disk or database is not to be trusted, or others went on without it: the log names the code ([errors.md](../errors.md)); the unit and containers start it again by themselves.',
    ],
    test: {
      fires: [{ series: 'up{job="payment-manager", instance="a:4002"}', values: '0x10' }],
      labels: { instance: 'a:4002', job: 'payment-manager' },
      atMinutes: 5,
      silent: [{ series: 'up{job="payment-manager", instance="a:4002"}', values: '1x10' }],
    },
  },
  {
    name: 'PaymentManagerGone',
    expr: 'absent(up{job="payment-manager"})',
    forMinutes: 2,
    severity: 'critical',
    summary: 'Prometheus knows no Payment Manager any more',
    means: 'Where targets come from names or a cluster, a process that is gone has no figures at all, not even that it is down.',
    look: ['the targets of the job `payment-manager` in Prometheus', 'containers or pods'],
    act: ['Start it; or the job has another name, then no rule here works.'],
    test: {
      fires: [{ series: 'up{job="something-else"}', values: '1x10' }],
      labels: { job: 'payment-manager' },
      atMinutes: 5,
      silent: [{ series: 'up{job="payment-manager", instance="a:4002"}', values: '0x10' }],
    },
  },
  {
    name: 'PaymentNeedsPerson',
    // every process shows all exceptions of the journal: each by itself is the sum, workers and replicas are none
    expr: 'max by (code) (sum without (age) (pm_exceptions)) > 0',
    forMinutes: 0,
    severity: 'critical',
    summary: 'payments that need a person: {{ $value }}, {{ $labels.code }}',
    means: 'Nobody but a person can say how these payments ended. Until then the money of a customer may be on hold, or missing.',
    look: ['`./pm exceptions`', '`./pm payment ID --messages`'],
    act: ['`./pm exceptions show ID` says what is allowed now; resolve it there ([exceptions.md](../exceptions.md)).'],
    test: {
      fires: [
        { series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="hour", instance="a", worker="1"}', values: '0 1x10' },
        { series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="day", instance="a", worker="1"}', values: '2x10' },
        { series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="hour", instance="a", worker="2"}', values: '0 1x10' },
        { series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="day", instance="a", worker="2"}', values: '2x10' },
        { series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="day", instance="b"}', values: '3x10' },
      ],
      labels: { code: 'OUTCOME_UNKNOWN' },
      shown: '3',
      atMinutes: 5,
      silent: [{ series: 'pm_exceptions{code="OUTCOME_UNKNOWN", age="hour", instance="a"}', values: '0x10' }],
    },
  },
  {
    name: 'PaymentsFail',
    expr: `sum(rate(pm_payments_total{flow="payer", stage="completed"}[15m])) / sum(rate(pm_payments_total{flow="payer", stage=~"${ENDS_PAYER}"}[15m])) < 0.8 and sum(increase(pm_payments_total{flow="payer", stage=~"${ENDS_PAYER}"}[15m])) >= 20`,
    forMinutes: 5,
    severity: 'critical',
    summary: 'only {{ $value | humanizePercentage }} of our customers’ payments complete',
    means:
      'At least a fifth of the payments that our customers made in the last 15 minutes ended without money moving. None of it is lost; they cannot pay.',
    look: [
      'the dashboard “Payments”: which side, which peer, which error code',
      '`./pm payment ID` of one of them: where it ended',
      '`./pm doctor`',
    ],
    act: [
      'By the first digit of the code:\n\n- 1 and 2, or no answer: the hub or the way to it ([hub-down.md](hub-down.md))\n- 3: what was asked for does not exist (3204: a number that nobody has), nobody’s fault\n- 4: our side; 4001: the net debit cap ([portal.md](portal.md#positions)); our core: [core-down.md](core-down.md)\n- 5: the payee’s side; tell the hub’s operator',
    ],
    test: {
      fires: [
        { series: 'pm_payments_total{flow="payer", stage="completed"}', values: '0+2x40' },
        { series: 'pm_payments_total{flow="payer", stage="failed"}', values: '0+2x40' },
      ],
      shown: '50%',
      atMinutes: 30,
      silent: [
        { series: 'pm_payments_total{flow="payer", stage="completed"}', values: '0+9x40' },
        { series: 'pm_payments_total{flow="payer", stage="failed"}', values: '0+1x40' },
      ],
    },
  },
  {
    name: 'IncomingPaymentsFail',
    expr: `sum(rate(pm_payments_total{flow="payee", stage="committed"}[15m])) / sum(rate(pm_payments_total{flow="payee", stage=~"${ENDS_PAYEE}"}[15m])) < 0.8 and sum(increase(pm_payments_total{flow="payee", stage=~"${ENDS_PAYEE}"}[15m])) >= 20`,
    forMinutes: 5,
    severity: 'critical',
    summary: 'only {{ $value | humanizePercentage }} of the payments to our customers are committed',
    means: 'At least a fifth of the transfers that reached us in the last 15 minutes were refused or aborted.',
    look: ['the dashboard “Payments”', '`./pm payment ID` of one of them', 'the core’s own log'],
    act: ['Our core refuses or is late: [core-down.md](core-down.md). The hub aborts: [hub-down.md](hub-down.md).'],
    test: {
      fires: [
        { series: 'pm_payments_total{flow="payee", stage="committed"}', values: '0+2x40' },
        { series: 'pm_payments_total{flow="payee", stage="aborted"}', values: '0+2x40' },
      ],
      shown: '50%',
      atMinutes: 30,
      silent: [{ series: 'pm_payments_total{flow="payee", stage="committed"}', values: '0+4x40' }],
    },
  },
  {
    name: 'PaymentsSlow',
    expr: 'histogram_quantile(0.95, sum by (le) (rate(pm_outbound_request_seconds_bucket[10m]))) > 10',
    forMinutes: 10,
    severity: 'warning',
    summary: 'the slowest twentieth of our customers’ requests takes over {{ $value | humanizeDuration }}',
    means: 'Customers wait, and some give up and pay twice in another way.',
    look: ['the dashboard “Payments”: the time in each stage, and in calls of the core', '`./pm doctor`'],
    act: [
      'Where the time goes is the cause: hub ([hub-down.md](hub-down.md)), core ([core-down.md](core-down.md)), or this machine (`PaymentManagerOverloaded`).',
    ],
    test: {
      fires: [
        { series: 'pm_outbound_request_seconds_bucket{le="10"}', values: '0+1x40' },
        { series: 'pm_outbound_request_seconds_bucket{le="30"}', values: '0+9x40' },
        { series: 'pm_outbound_request_seconds_bucket{le="+Inf"}', values: '0+9x40' },
      ],
      shown: '28.88s',
      atMinutes: 30,
      silent: [
        { series: 'pm_outbound_request_seconds_bucket{le="10"}', values: '0+9x40' },
        { series: 'pm_outbound_request_seconds_bucket{le="30"}', values: '0+9x40' },
        { series: 'pm_outbound_request_seconds_bucket{le="+Inf"}', values: '0+9x40' },
      ],
    },
  },
  {
    name: 'IncomingPaymentsSlow',
    expr: 'histogram_quantile(0.95, sum by (le, stage) (rate(pm_payment_stage_seconds_bucket{flow="payee", stage=~"quoting|calling-core|fulfilling"}[10m]))) > 10',
    forMinutes: 10,
    severity: 'warning',
    summary: 'the slowest twentieth of the payments to our customers stays over {{ $value | humanizeDuration }} in {{ $labels.stage }}',
    means: 'The payer waits for us; what takes longer than the hub allows is aborted there, and may be credited here by hand later.',
    look: [
      'the stage: `quoting` and `calling-core` wait for our core, `fulfilling` for the hub',
      'the dashboard “Payments”: calls of the core, messages to the hub',
      '`./pm doctor`',
    ],
    act: ['The core: [core-down.md](core-down.md). The hub: [hub-down.md](hub-down.md). This machine: `PaymentManagerOverloaded`.'],
    test: {
      fires: [
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="10", worker="1"}', values: '0+1x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="30", worker="1"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="+Inf", worker="1"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="10", worker="2"}', values: '0+1x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="30", worker="2"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="calling-core", le="+Inf", worker="2"}', values: '0+9x40' },
      ],
      labels: { stage: 'calling-core' },
      shown: '28.88s',
      atMinutes: 30,
      // a stage in which a payment may rest, and one that is quick
      silent: [
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoted", le="10"}', values: '0+1x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoted", le="30"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoted", le="+Inf"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoting", le="10"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoting", le="30"}', values: '0+9x40' },
        { series: 'pm_payment_stage_seconds_bucket{flow="payee", stage="quoting", le="+Inf"}', values: '0+9x40' },
      ],
    },
  },
  {
    name: 'HubNotAnswering',
    expr: 'max(pm_alarms{code="HUB_NOT_ANSWERING"}) > 0',
    forMinutes: 2,
    severity: 'critical',
    summary: 'the hub does not answer',
    ...saidOf('HUB_NOT_ANSWERING'),
    test: {
      fires: [{ series: 'pm_alarms{code="HUB_NOT_ANSWERING"}', values: '1x10' }],
      atMinutes: 6,
      silent: [{ series: 'pm_alarms{code="HUB_NOT_ANSWERING"}', values: '1 0x10' }],
    },
  },
  {
    name: 'CoreNotAnswering',
    expr: 'max(pm_alarms{code="CORE_NOT_ANSWERING"}) > 0 or max(pm_core_breaker) == 2 or max(pm_core_backend_breaker) == 2',
    forMinutes: 2,
    severity: 'critical',
    summary: 'the core banking system does not answer',
    ...saidOf('CORE_NOT_ANSWERING'),
    test: {
      fires: [{ series: 'pm_core_breaker{operation="transfer"}', values: '2x10' }],
      atMinutes: 6,
      silent: [{ series: 'pm_core_breaker{operation="transfer"}', values: '0x10' }],
    },
  },
  {
    name: 'OutcomeOverdue',
    expr: 'max(pm_unconfirmed_late_seconds) > 600',
    forMinutes: 5,
    severity: 'warning',
    summary: 'questions about outcomes are {{ $value | humanizeDuration }} late',
    means: 'Payments that the hub acknowledged are not confirmed: a late abort would be seen late.',
    look: ['`pm_work` beside `pm_work_limit`: is there too much to do?', '`./pm doctor`'],
    act: ['More CPU or another replica; or the hub does not answer ([hub-down.md](hub-down.md)).'],
    test: {
      fires: [{ series: 'pm_unconfirmed_late_seconds', values: '700x20' }],
      shown: '11m 40s',
      atMinutes: 15,
      silent: [{ series: 'pm_unconfirmed_late_seconds', values: '5x20' }],
    },
  },
];

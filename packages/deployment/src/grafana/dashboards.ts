import type { Dashboard, Panel } from './dashboard.ts';

const RATE = '$__rate_interval';

/** The time within which so many of a hundred stay, of a histogram. */
function quantiles(metric: string, by: string, title: string, says: string): Panel {
  const query = (q: number, name: string) => ({
    expr: `histogram_quantile(${q}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[${RATE}])))`,
    legend: by === '' ? name : `{{${by}}} ${name}`,
  });
  return { title, says, kind: 'lines', unit: 's', queries: [query(0.5, 'half'), query(0.95, '95 of 100'), query(0.99, '99 of 100')] };
}

function number(title: string, says: string, expr: string, more: Pick<Panel, 'unit'> & Partial<Panel>): Panel {
  return { title, says, kind: 'number', queries: [{ expr, legend: '' }], ...more };
}

function lines(title: string, says: string, unit: Panel['unit'], ...queries: Panel['queries']): Panel {
  return { title, says, kind: 'lines', unit, queries };
}

/** Is money moving, and where does it stop? */
export const PAYMENTS_DASHBOARD: Dashboard = {
  uid: 'payment-manager-payments',
  title: 'Payment Manager: payments',
  rows: [
    {
      title: 'Now',
      panels: [
        number(
          'Payments that need a person',
          'Exceptions; each stays until somebody resolves it.',
          'max(sum without (code, age) (pm_exceptions)) or vector(0)',
          { unit: 'short', badAt: 1 },
        ),
        number(
          'Alarms that stand',
          'Conditions that end when their cause is removed.',
          'sum(max by (code) (pm_alarms or pm_connection_alarms)) or vector(0)',
          { unit: 'short', badAt: 1 },
        ),
        number(
          'Positions near their cap',
          'Currencies in which what we owe comes near the net debit cap, or has reached it.',
          'max(pm_alarms{code="POSITION_NEAR_CAP"}) or vector(0)',
          { unit: 'short', badAt: 1 },
        ),
        number(
          'Customers’ payments that complete',
          'Of those that ended in the last hour.',
          'sum(rate(pm_payments_total{flow="payer", stage="completed"}[1h])) / sum(rate(pm_payments_total{flow="payer", stage=~"completed|failed|aborted"}[1h]))',
          { unit: 'percentunit', warnAt: 0.95, badAt: 0.8 },
        ),
        number(
          'Payments to customers that are committed',
          'Of those that ended in the last hour.',
          'sum(rate(pm_payments_total{flow="payee", stage="committed"}[1h])) / sum(rate(pm_payments_total{flow="payee", stage=~"committed|aborted|refused"}[1h]))',
          { unit: 'percentunit', warnAt: 0.95, badAt: 0.8 },
        ),
        number('Open', 'Payments and quotes that are not finished.', 'sum(pm_open_records)', { unit: 'short' }),
      ],
    },
    {
      title: 'Payments',
      panels: [
        lines('Made by our customers, by end', 'Payments a second.', 'reqps', {
          expr: `sum by (stage) (rate(pm_payments_total{flow="payer", stage=~"completed|failed|aborted"}[${RATE}]))`,
          legend: '{{stage}}',
        }),
        lines('Received by our customers, by end', 'Payments a second.', 'reqps', {
          expr: `sum by (stage) (rate(pm_payments_total{flow="payee", stage=~"committed|aborted|refused|quote-refused"}[${RATE}]))`,
          legend: '{{stage}}',
        }),
      ],
    },
    {
      title: 'How long it takes',
      panels: [
        quantiles('pm_outbound_request_seconds', 'route', 'Requests of the DFSP', 'From a request’s arrival to its answer.'),
        lines('Time in each stage', 'Mean, of payments that left the stage.', 's', {
          expr: `sum by (flow, stage) (rate(pm_payment_stage_seconds_sum[${RATE}])) / sum by (flow, stage) (rate(pm_payment_stage_seconds_count[${RATE}]))`,
          legend: '{{flow}} {{stage}}',
        }),
      ],
    },
    {
      title: 'Hub',
      panels: [
        lines('Messages to the hub, by result', 'Messages a second.', 'reqps', {
          expr: `sum by (operation, result) (rate(pm_hub_messages_total[${RATE}]))`,
          legend: '{{operation}} {{result}}',
        }),
        lines('Messages of the hub that were refused', 'By FSPIOP error code.', 'reqps', {
          expr: `sum by (code) (rate(pm_inbound_refused_total[${RATE}]))`,
          legend: '{{code}}',
        }),
      ],
    },
    {
      title: 'Core banking system',
      panels: [
        quantiles('pm_core_call_seconds', 'operation', 'Calls of the core', 'From the call to its answer.'),
        lines('Calls of the core, by outcome', 'Calls a second.', 'reqps', {
          expr: `sum by (operation, outcome) (rate(pm_core_call_seconds_count[${RATE}]))`,
          legend: '{{operation}} {{outcome}}',
        }),
        lines(
          'Breakers and back ends',
          '2: the breaker is open, nothing is called. A back end that is up: 1.',
          'short',
          { expr: 'max by (operation) (pm_core_breaker)', legend: 'breaker {{operation}}' },
          { expr: 'min by (backend) (pm_core_backend_up)', legend: '{{backend}} is up' },
        ),
      ],
    },
    {
      title: 'What a person must look at',
      panels: [
        {
          title: 'Exceptions by code and age',
          says: 'Each code: docs/exceptions.md.',
          kind: 'table',
          unit: 'short',
          queries: [{ expr: 'max by (code, age) (pm_exceptions) > 0', legend: '' }],
        },
        {
          title: 'Alarms by code',
          says: 'Each code: docs/operations/alarms.md.',
          kind: 'table',
          unit: 'short',
          queries: [{ expr: 'max by (code) (pm_alarms or pm_connection_alarms) > 0', legend: '' }],
        },
      ],
    },
  ],
};

/** How the process, its journal, its keys and its connection are. */
export const SERVICE_DASHBOARD: Dashboard = {
  uid: 'payment-manager-service',
  title: 'Payment Manager: service',
  rows: [
    {
      title: 'Load',
      panels: [
        lines(
          'Work under way, and its limit',
          'Above the limit new work is refused with 503.',
          'short',
          { expr: 'sum by (instance) (pm_work)', legend: '{{instance}}' },
          { expr: 'sum by (instance) (pm_work_limit)', legend: '{{instance}} limit' },
        ),
        lines('Refused for load', 'Requests a second.', 'reqps', {
          expr: `sum by (kind) (rate(pm_shed_total[${RATE}]))`,
          legend: '{{kind}}',
        }),
        lines('Requests on connections', 'To hub and core; waiting ones have no connection yet.', 'short', {
          expr: 'sum by (client, state) (pm_http_pool_requests)',
          legend: '{{client}} {{state}}',
        }),
      ],
    },
    {
      title: 'Process',
      panels: [
        lines('CPU', 'Cores in use.', 'short', {
          expr: `sum by (instance) (rate(process_cpu_seconds_total[${RATE}]))`,
          legend: '{{instance}}',
        }),
        lines(
          'Memory',
          'Resident, and the heap in use.',
          'bytes',
          { expr: 'sum by (instance) (process_resident_memory_bytes)', legend: '{{instance}}' },
          { expr: 'sum by (instance) (nodejs_heap_used_bytes)', legend: '{{instance}} heap' },
        ),
        lines('Event loop', 'Lag, 99 of 100 turns.', 's', {
          expr: 'max by (instance) (nodejs_eventloop_lag_p99_seconds)',
          legend: '{{instance}}',
        }),
      ],
    },
    {
      title: 'Journal',
      panels: [
        quantiles('pm_journal_append_seconds', '', 'Until an append is durable', 'Every step of a payment waits for it.'),
        lines('Appends that failed', 'In five minutes; any is one too many.', 'short', {
          expr: 'sum by (instance) (increase(pm_journal_append_failures_total[5m]))',
          legend: '{{instance}}',
        }),
        lines('Questions that wait for a connection', 'With PostgreSQL: all of `journal.readConnections` are in use.', 'short', {
          expr: 'sum by (instance) (pm_journal_reads_waiting)',
          legend: '{{instance}}',
        }),
        lines('Since the last anchor', 'How long the journal’s end is only here.', 's', {
          expr: 'time() - max by (to) (pm_anchor_kept_seconds)',
          legend: '{{to}}',
        }),
        lines('Read model behind', 'Age of the oldest change that lists lack.', 's', {
          expr: 'max(pm_read_model_behind_seconds)',
          legend: 'behind',
        }),
      ],
    },
    {
      title: 'Certificates and connection',
      panels: [
        {
          title: 'Certificates, by their end',
          says: 'Renewed by themselves where a Connection Manager is configured.',
          kind: 'table',
          unit: 'dateTimeFromNow',
          queries: [{ expr: 'min by (side) (pm_certificate_expires_seconds) * 1000', legend: '' }],
        },
        lines('Artefacts of the Connection Manager', '2: ready, 1: under way, 0: failed.', 'short', {
          expr: 'min by (artefact) (pm_connection_state)',
          legend: '{{artefact}}',
        }),
        lines('Log-ins at the hub’s token server', 'By result.', 'reqps', {
          expr: `sum by (result) (rate(pm_hub_token_requests_total[${RATE}]))`,
          legend: '{{result}}',
        }),
      ],
    },
    {
      title: 'Messages and notices',
      panels: [
        lines('Messages whose bytes are kept', 'A second, by result.', 'reqps', {
          expr: `sum by (result) (rate(pm_messages_total[${RATE}]))`,
          legend: '{{result}}',
        }),
        lines('Notices to the webhook that it has not taken', 'They wait, at most 1,000.', 'short', {
          expr: 'max(pm_alarm_notices_owed)',
          legend: 'owed',
        }),
      ],
    },
  ],
};

export const DASHBOARDS: readonly Dashboard[] = [PAYMENTS_DASHBOARD, SERVICE_DASHBOARD];

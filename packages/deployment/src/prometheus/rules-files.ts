import { stringify } from 'yaml';
import { ALARM_ALERTS } from './alarm-alerts.ts';
import type { AlertRule, TestSeries } from './alert-rule.ts';
import { PAYMENT_ALERTS } from './payment-alerts.ts';
import { PROCESS_ALERTS } from './process-alerts.ts';

export const ALERT_RULES: readonly AlertRule[] = [...PAYMENT_ALERTS, ...PROCESS_ALERTS, ...ALARM_ALERTS];

/** The page that each alert names, from the root of the project. */
export const ALERTS_PAGE = 'docs/operations/alerts.md';
const RULES_FILE = 'payment-manager.rules.yaml';
/** Prometheus' templates in summaries. */
const LABEL = /\{\{ \$labels\.(\w+)( \| toLower)? \}\}/g;
const VALUE = /\{\{ \$value[^}]*\}\}/g;
const HEAD = '# Written by `./pm monitoring`; change packages/deployment instead.\n';

/** The rules as Prometheus reads them. */
export function rulesFile(rules: readonly AlertRule[] = ALERT_RULES): string {
  return HEAD + yaml({ groups: ruleGroups(rules) });
}

/** The same as data: a file of Prometheus has them, and a PrometheusRule of its operator. */
export function ruleGroups(rules: readonly AlertRule[] = ALERT_RULES) {
  const alerts = rules.map(({ name, expr, forMinutes, severity, summary, page }) => ({
    alert: name,
    expr,
    ...(forMinutes > 0 && { for: `${forMinutes}m` }),
    labels: { severity },
    annotations: { summary, runbook: runbookOf(name, page) },
  }));
  return [{ name: 'payment-manager', rules: alerts }];
}

/** The unit tests of the rules, for `promtool test rules`: each fires with its cause, and not without. */
export function ruleTestsFile(rules: readonly AlertRule[] = ALERT_RULES): string {
  const tests = rules.flatMap(({ name, summary, severity, page, test: { fires, silent, labels = {}, shown = '', atMinutes } }) => {
    const at = (series: readonly TestSeries[], expected: readonly object[]) => ({
      interval: '1m',
      input_series: series,
      alert_rule_test: [{ eval_time: `${atMinutes}m`, alertname: name, exp_alerts: expected }],
    });
    const told = (text: string): string =>
      text
        .replaceAll(
          LABEL,
          (_all, label: string, lower?: string) => (lower === undefined ? labels[label] : labels[label]?.toLowerCase()) ?? '',
        )
        .replaceAll(VALUE, shown);
    const annotations = { summary: told(summary), runbook: told(runbookOf(name, page)) };
    return [at(fires, [{ exp_labels: { severity, ...labels }, exp_annotations: annotations }]), at(silent, [])];
  });
  return HEAD + yaml({ rule_files: [RULES_FILE], evaluation_interval: '1m', tests });
}

/** What each alert means, how to look, and what to do. */
export function alertsPage(rules: readonly AlertRule[] = ALERT_RULES): string {
  const sections = rules.map(({ name, severity, summary, means, look, act, expr, forMinutes }) =>
    [
      `## ${name}`,
      `*${severity}*: ${plainWords(summary)}.${forMinutes > 0 ? ` After ${forMinutes} ${forMinutes === 1 ? 'minute' : 'minutes'}.` : ''}`,
      means,
      `Look: ${look.join('; ')}.`,
      `Do: ${act.join(' ')}`,
      `\`\`\`\n${expr}\n\`\`\``,
    ].join('\n\n'),
  );
  const head = `# Alerts, one by one

Prometheus tells of these with [payment-manager.rules.yaml](../../deploy/prometheus/payment-manager.rules.yaml). *critical* wakes somebody, *warning* waits for the
morning. The product tells of its own alarms without Prometheus, too ([alert-delivery.md](alert-delivery.md)). Written by \`./pm monitoring\`.

Prometheus decides, and tells nobody: give it an Alertmanager (\`alerting:\` in its configuration) before you rely on it. The rules want the job to be called
\`payment-manager\`:

\`\`\`yaml
scrape_configs:
  - job_name: payment-manager
    static_configs: [{ targets: ['127.0.0.1:4004'] }]   # operations.host and operations.port
\`\`\`

That is a Prometheus on the same machine. For one on another, \`operations.host\` must be an address that it reaches, \`operations.tlsEndedBy\` says who keeps that way safe, and \`operations.hostNames\` has
HOST where it is a name. Acting on payments through this API is then refused (403 \`NOT_LOCAL\`), and goes through the portal.

In a summary below, … is a figure, and a word in brackets is what Prometheus fills in: \`(instance)\` the process, \`(code)\` the alarm.

\`./pm\` stands for the command as it is called where the product runs: by hand with \`--config FILE\`, as the user of the product. As a service
\`sudo -u payment-manager /opt/payment-manager/current/pm COMMAND --config /etc/payment-manager/payment-manager.yaml\` ([service.md](service.md)), in a container
\`podman exec NAME pm COMMAND\` ([containers.md](containers.md)), in a cluster \`kubectl exec POD -- pm COMMAND\` ([kubernetes.md](kubernetes.md)).
Where \`/etc/payment-manager/secrets\` has variables (a journal in PostgreSQL), as a service only [another form](service.md#commands-with-the-variables-of-the-service) reads them.`;
  return `${[head, ...sections].join('\n\n')}\n`;
}

function runbookOf(name: string, page: string | undefined): string {
  return page ?? `${ALERTS_PAGE}#${name.toLowerCase()}`;
}

/** A summary without Prometheus' templates. */
function plainWords(summary: string): string {
  return summary.replaceAll(LABEL, '($1)').replaceAll(VALUE, '…');
}

function yaml(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

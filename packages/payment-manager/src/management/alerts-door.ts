import type { AlertRuleName, Config } from '@payment-manager/configuration';
import type { AlertsDoor, ShownAlertSettings, ShownIncident } from '@payment-manager/management-api';
import type { ConfiguredAlerts, Incident } from '@payment-manager/operations/alerts';
import { ALERT_RULES, RULES } from '@payment-manager/operations/alerts';

/** Alerts as the management API knows them. */
export function alertsDoor(config: Config, alerts: ConfiguredAlerts): AlertsDoor {
  return {
    async incidents() {
      const all = await alerts.incidents();
      return all
        .filter(({ state }) => state !== 'pending')
        .map(shown)
        .reverse();
    },
    async acknowledge(id, said) {
      const incident = await alerts.acknowledge(id, said);
      return incident && shown(incident);
    },
    test: () => alerts.test(),
    settings: () => settingsOf(config, alerts),
    useMutes: (muted) => alerts.useMutes(muted),
  };
}

function shown({
  id,
  rule,
  severity,
  code,
  reason,
  count,
  state,
  since,
  endedAt,
  gaps,
  acknowledged,
  deliveries,
}: Incident): ShownIncident {
  return {
    ...{ id, rule, severity, code, reason, count, since, gaps, deliveries },
    state: state === 'ended' ? 'ended' : 'open',
    ...(endedAt !== undefined && { endedAt }),
    ...(acknowledged !== undefined && { acknowledged }),
  };
}

function settingsOf(
  { alerts: { webhook, email, successRate, latency, beginsAfterMs, endsAfterMs } }: Config,
  alerts: ConfiguredAlerts,
): ShownAlertSettings {
  const { off, quietHours, channels } = alerts.settings();
  const thresholds: Partial<Record<AlertRuleName, Readonly<Record<string, number>>>> = { 'success-rate': successRate, latency };
  const isOff = (rule: AlertRuleName): boolean =>
    off.includes(rule) || (rule === 'success-rate' && successRate.belowPercent === 0) || (rule === 'latency' && latency.aboveMs === 0);
  return {
    rules: ALERT_RULES.map((rule) => ({
      ...{ rule, severity: RULES[rule].severity, page: RULES[rule].page },
      ...{ on: !isOff(rule), flaps: RULES[rule].flaps === true },
      thresholds: thresholds[rule] ?? {},
    })),
    // of the address of a webhook the path may be a secret
    channels: channels.map((channel) => ({ channel, to: channel === 'webhook' ? new URL(webhook.url ?? '').origin : email.to.join(', ') })),
    ...(quietHours !== undefined && { quietHours }),
    ...{ beginsAfterMs, endsAfterMs },
  };
}

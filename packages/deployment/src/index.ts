export { type Dashboard, queriesOf } from './grafana/dashboard.ts';
export { DASHBOARDS } from './grafana/dashboards.ts';
export { type PanelQuery, panelQueries } from './grafana/panel-queries.ts';
export { manifests, manifestsText } from './kubernetes/manifests.ts';
export { CONFIG_FOLDER, type ConnectorFolder, DATA_FOLDER, IMAGE_CONNECTORS, SECRETS_FOLDER, type Wanted } from './kubernetes/wanted.ts';
export { monitoringFiles, monitoringPages, type TextFile } from './monitoring.ts';
export type { AlertRule } from './prometheus/alert-rule.ts';
export { ALERT_RULES } from './prometheus/rules-files.ts';
export { hiddenBy, SERVICE_NAME, type ServiceUnit, serviceUnit, UNIT_MARK } from './systemd/service-unit.ts';

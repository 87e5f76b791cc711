import { ALARMS_PAGE, alarmsPage } from './alarms/alarms-page.ts';
import { dashboardFile } from './grafana/dashboard.ts';
import { DASHBOARDS } from './grafana/dashboards.ts';
import { ALERTS_PAGE, alertsPage, rulesFile, ruleTestsFile } from './prometheus/rules-files.ts';

/** A text and its path, from the folder that it is written to. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What a monitoring system is given: rules with their tests, and dashboards. Kept under `deploy/`. */
export function monitoringFiles(): readonly TextFile[] {
  return [
    { path: 'prometheus/payment-manager.rules.yaml', text: rulesFile() },
    { path: 'prometheus/payment-manager.rules.test.yaml', text: ruleTestsFile() },
    ...DASHBOARDS.map((dashboard) => ({ path: `grafana/${dashboard.uid}.json`, text: dashboardFile(dashboard) })),
  ];
}

/** The pages of the documents that say what to do at each alert and at each alarm, from the root of the project. */
export function monitoringPages(): readonly TextFile[] {
  return [
    { path: ALERTS_PAGE, text: alertsPage() },
    { path: ALARMS_PAGE, text: alarmsPage() },
  ];
}

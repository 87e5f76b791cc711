import { DASHBOARDS } from './dashboards.ts';

/** A query of a panel as Grafana sends it. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly legend: string;
  readonly expr: string;
}

/** What Grafana puts in the place of its own variable where metrics are read each quarter of a minute. */
const RATE_INTERVAL = '5m';

/** Every query of every panel, in the order in which they are shown. */
export function panelQueries(): readonly PanelQuery[] {
  return DASHBOARDS.flatMap(({ title: dashboard, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title: panel, queries }) =>
        queries.map(({ expr, legend }) => ({ dashboard, panel, legend, expr: expr.replaceAll('$__rate_interval', RATE_INTERVAL) })),
      ),
    ),
  );
}

/** A panel: what it shows, in which unit, and by which queries. */
export interface Panel {
  readonly title: string;
  /** For whoever does not know the metric. */
  readonly says: string;
  readonly kind: 'lines' | 'number' | 'table';
  /** Grafana's names of units. */
  readonly unit: 'short' | 's' | 'reqps' | 'percentunit' | 'bytes' | 'dateTimeFromNow';
  /** PromQL, with metrics of docs/metrics.md only; `$__rate_interval` is Grafana's. */
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** From these values on it is yellow, and red; downwards where red is the lower one. */
  readonly warnAt?: number;
  readonly badAt?: number;
}

/** A dashboard, row by row. */
export interface Dashboard {
  /** Stays the same, so that a newer version takes the place of an older one. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const WIDTH = 24;
const HEIGHTS = { lines: 8, table: 8, number: 4 } as const;
/** Grafana's variable: which Prometheus. */
const SOURCE = { type: 'prometheus', uid: `$\{datasource}` };

/** The dashboard as Grafana imports it (schema version 39, Grafana 10 and newer). */
export function dashboardFile({ uid, title, rows }: Dashboard): string {
  let [id, y] = [0, 0];
  const panels: object[] = [];
  for (const row of rows) {
    panels.push({ id: ++id, type: 'row', title: row.title, collapsed: false, gridPos: { h: 1, w: WIDTH, x: 0, y: y++ }, panels: [] });
    const w = Math.floor(WIDTH / row.panels.length);
    const h = Math.max(...row.panels.map(({ kind }) => HEIGHTS[kind]));
    for (const [nth, panel] of row.panels.entries()) panels.push({ id: ++id, ...drawn(panel), gridPos: { h, w, x: nth * w, y } });
    y += h;
  }
  const whole = {
    uid,
    title,
    tags: ['payment-manager'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' }] },
    panels,
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** Every query of a dashboard, as it stands. */
export function queriesOf({ rows }: Dashboard): readonly string[] {
  return rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)));
}

const TYPES = { lines: 'timeseries', number: 'stat', table: 'table' } as const;

function drawn({ title, says, kind, unit, queries, warnAt, badAt }: Panel): object {
  return {
    type: TYPES[kind],
    title,
    description: says,
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, nth) => ({
      refId: String.fromCharCode(65 + nth),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'table' && { instant: true, format: 'table' }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(kind === 'lines' && { custom: { fillOpacity: 10, showPoints: 'never' }, min: 0 }),
        thresholds: { mode: 'absolute', steps: stepsOf(warnAt, badAt) },
        ...(badAt === undefined && kind === 'number' && { color: { mode: 'fixed', fixedColor: 'text' } }),
      },
      overrides: [],
    },
    ...(kind === 'number' && { options: { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value' } }),
  };
}

function stepsOf(warnAt: number | undefined, badAt: number | undefined): readonly object[] {
  if (badAt === undefined) return [{ color: 'green', value: null }];
  const warn = warnAt ?? badAt;
  if (warn > badAt)
    return [
      { color: 'red', value: null },
      { color: 'yellow', value: badAt },
      { color: 'green', value: warn },
    ];
  const yellow = warn === badAt ? [] : [{ color: 'yellow', value: warn }];
  return [{ color: 'green', value: null }, ...yellow, { color: 'red', value: badAt }];
}

import { type PanelQuery, panelQueries } from '@payment-manager/deployment';
import { askJson, createHttpClient } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { type Terminal, table } from '../terminal.ts';

/** What a query of a panel came to. */
export interface PanelResult extends PanelQuery {
  readonly series: number;
  /** Of the first series; absent: there is none. */
  readonly value?: string;
  /** In Prometheus’ words. */
  readonly error?: string;
}

const TIMEOUT_MS = 10_000;
const EXPR_SHOWN = 70;

/**
 * `./pm monitoring --ask URL`: each query of each panel, asked of a Prometheus as Grafana asks it, now or at another instant. Exit code 1 where one is
 * refused. @throws CommandFailed (64, 69)
 */
export async function askPanels(url: string, at: string | undefined, json: boolean, terminal: Terminal): Promise<number> {
  if (!/^https?:\/\/[^\s?#]+$/.test(url)) throw new CommandFailed(EXIT_CODES.usage, '--ask takes the http address of a Prometheus.');
  const client = createHttpClient({});
  try {
    const results: PanelResult[] = [];
    for (const query of panelQueries()) results.push({ ...query, ...(await asked(query.expr)) });
    terminal.out(json ? JSON.stringify(results) : shown(results));
    return results.some(({ error }) => error !== undefined) ? EXIT_CODES.failed : EXIT_CODES.ok;
  } finally {
    await client.close();
  }

  async function asked(expr: string): Promise<Pick<PanelResult, 'series' | 'value' | 'error'>> {
    const time = at === undefined ? '' : `&time=${encodeURIComponent(at)}`;
    const target = `${url.replace(/\/+$/, '')}/api/v1/query?query=${encodeURIComponent(expr)}${time}`;
    const outcome = await askJson(client, { method: 'GET', url: target, timeoutMs: TIMEOUT_MS });
    if (outcome.kind === 'failed') throw new CommandFailed(EXIT_CODES.unavailable, `No Prometheus answers at ${url}: ${outcome.message}`);
    const { data, error } = (outcome.members ?? {}) as { data?: { result?: readonly { value?: [number, string] }[] }; error?: string };
    if (data?.result === undefined) return { series: 0, error: error ?? `HTTP ${outcome.status}` };
    const value = data.result[0]?.value?.[1];
    return { series: data.result.length, ...(value !== undefined && { value }) };
  }
}

function shown(results: readonly PanelResult[]): string {
  const rows = results.map(({ panel, legend, expr, series, value, error }) => [
    legend === '' ? panel : `${panel}: ${legend}`,
    expr.length > EXPR_SHOWN ? `${expr.slice(0, EXPR_SHOWN - 3)}...` : expr,
    error ?? (series === 0 ? 'no data' : `${series} series, ${rounded(value ?? '')}`),
  ]);
  return table(['panel', 'query', 'result'], rows);
}

function rounded(value: string): string {
  return Number.isFinite(Number(value)) ? String(Number(Number(value).toPrecision(4))) : value;
}

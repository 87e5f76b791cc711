import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { queriesOf } from './grafana/dashboard.ts';
import { DASHBOARDS } from './grafana/dashboards.ts';
import { panelQueries } from './grafana/panel-queries.ts';
import { monitoringFiles, monitoringPages } from './monitoring.ts';
import { ALERT_RULES } from './prometheus/rules-files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const promtool = process.env['PM_TEST_PROMTOOL'] ?? 'promtool';

describe('what a monitoring system is given', () => {
  test('stands in the project as it is made: ./pm monitoring', () => {
    for (const { path, text } of monitoringFiles()) assert.equal(readFileSync(join(root, 'deploy', path), 'utf8'), text, path);
    for (const { path, text } of monitoringPages()) assert.equal(readFileSync(join(root, path), 'utf8'), text, path);
  });

  test('names only metrics that the product has', () => {
    const documented = new Set(
      [...readFileSync(join(root, 'docs/metrics.md'), 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name),
    );
    const queries = [...ALERT_RULES.map(({ expr }) => expr), ...DASHBOARDS.flatMap(queriesOf)];
    const unknown = queries.flatMap(metricsIn).filter((name) => name !== 'up' && !documented.has(name.replace(/_(bucket|sum|count)$/, '')));
    assert.deepEqual(unknown, []);
    assert.deepEqual(metricsIn('sum(rate(pm_x_total{a="pm_y"}[5m])) / nodejs_z > 3'), ['pm_x_total', 'nodejs_z']);
  });

  test('shows what all workers see once: exceptions of one journal, alarms of all of them and of the connection', (t) => {
    if (!promtoolIsThere(t)) return;
    const exceptions = ['instance="a", worker="1"', 'instance="a", worker="2"', 'instance="b"'].flatMap((process) => [
      `pm_exceptions{code="A", age="hour", ${process}}`,
      `pm_exceptions{code="B", age="day", ${process}}`,
    ]);
    const series = [
      ...exceptions,
      'pm_alarms{code="C", instance="a", worker="1"}',
      'pm_alarms{code="C", instance="a", worker="2"}',
      'pm_alarms{code="D", instance="b"}',
      'pm_connection_alarms{code="TRUST_CHANGED", severity="critical", instance="a", worker="2"}',
    ];
    const wanted: Readonly<Record<string, readonly object[]>> = {
      'Payments that need a person': [{ labels: '{}', value: 2 }],
      'Alarms that stand': [{ labels: '{}', value: 3 }],
      'Alarms by code': ['C', 'D', 'TRUST_CHANGED'].map((code) => ({ labels: `{code="${code}"}`, value: 1 })),
      'Positions near their cap': [{ labels: '{}', value: 0 }],
    };
    const asked = panelQueries().filter(({ panel }) => wanted[panel] !== undefined);
    assert.equal(asked.length, Object.keys(wanted).length);
    const promql_expr_test = asked.map(({ panel, expr }) => ({ expr, eval_time: '2m', exp_samples: wanted[panel] }));
    const folder = mkdtempSync(join(tmpdir(), 'pm-panels-'));
    try {
      const tests = [{ interval: '1m', input_series: series.map((one) => ({ series: one, values: '1x5' })), promql_expr_test }];
      writeFileSync(join(folder, 'panels.json'), JSON.stringify({ rule_files: [], evaluation_interval: '1m', tests }));
      const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', join(folder, 'panels.json')], { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('says at each alert what to do, under a name of its own', () => {
    const names = ALERT_RULES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, look, act, means } of ALERT_RULES) assert.ok(look.length > 0 && act.length > 0 && means !== '', name);
  });

  test('fires with its cause and not without', (t) => {
    if (!promtoolIsThere(t)) return;
    const run = (...args: readonly string[]): string =>
      execFileSync(promtool, [...args], { cwd: join(root, 'deploy/prometheus'), encoding: 'utf8' });
    assert.match(run('check', 'rules', 'payment-manager.rules.yaml'), new RegExp(`SUCCESS: ${ALERT_RULES.length} rules`));
    assert.match(run('test', 'rules', 'payment-manager.rules.test.yaml'), /SUCCESS/);
  });
});

function promtoolIsThere(t: TestContext): boolean {
  const there = spawnSync(promtool, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!there) t.skip('promtool is not installed (Debian: prometheus), and PM_TEST_PROMTOOL names none');
  return there;
}

/** Names of metrics in an expression, not those in texts of labels. */
function metricsIn(expr: string): readonly string[] {
  return expr.replaceAll(/"[^"]*"/g, '""').match(/\b(?:pm|process|nodejs)_[a-z0-9_]+|\bup\b/g) ?? [];
}

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { queriesOf } from './grafana/dashboard.ts';
import { DASHBOARDS } from './grafana/dashboards.ts';
import { alertsDocument, monitoringFiles } from './monitoring.ts';
import { ALERT_RULES } from './prometheus/rules-files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const promtool = process.env['PM_TEST_PROMTOOL'] ?? 'promtool';

describe('what a monitoring system is given', () => {
  test('stands in the project as it is made: ./pm monitoring', () => {
    for (const { path, text } of monitoringFiles()) assert.equal(readFileSync(join(root, 'deploy', path), 'utf8'), text, path);
    const page = alertsDocument();
    assert.equal(readFileSync(join(root, page.path), 'utf8'), page.text);
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

  test('says at each alert what to do, under a name of its own', () => {
    const names = ALERT_RULES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, look, act, means } of ALERT_RULES) assert.ok(look.length > 0 && act.length > 0 && means !== '', name);
  });

  test('fires with its cause and not without', (t) => {
    try {
      execFileSync(promtool, ['--version'], { stdio: 'ignore' });
    } catch {
      t.skip('promtool is not installed (Debian: prometheus), and PM_TEST_PROMTOOL names none');
      return;
    }
    const run = (...args: readonly string[]): string =>
      execFileSync(promtool, [...args], { cwd: join(root, 'deploy/prometheus'), encoding: 'utf8' });
    assert.match(run('check', 'rules', 'payment-manager.rules.yaml'), new RegExp(`SUCCESS: ${ALERT_RULES.length} rules`));
    assert.match(run('test', 'rules', 'payment-manager.rules.test.yaml'), /SUCCESS/);
  });
});

/** Names of metrics in an expression, not those in texts of labels. */
function metricsIn(expr: string): readonly string[] {
  return expr.replaceAll(/"[^"]*"/g, '""').match(/\b(?:pm|process|nodejs)_[a-z0-9_]+|\bup\b/g) ?? [];
}

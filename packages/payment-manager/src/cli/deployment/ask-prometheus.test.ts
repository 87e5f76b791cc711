/** Every query of every panel is run by a Prometheus on what two real processes once said of themselves (`./pm bench --soak --record`). */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { pmIn } from '../../../test/command-line.ts';
import type { PanelResult } from './ask-prometheus.ts';

const RECORDED = fileURLToPath(new URL('../../../fixtures/recorded-metrics.jsonl.gz', import.meta.url));
/** When the record ends, in the time of the Prometheus. */
const END = Date.UTC(2026, 0, 1, 12);

interface Recorded {
  readonly role: string;
  readonly atMs: number;
  readonly metrics: string;
}

/** One series after the other in the order of time, as OpenMetrics wants them to be backfilled. */
function openMetrics(records: readonly Recorded[]): string {
  const last = Math.max(...records.map(({ atMs }) => atMs));
  const lines = new Map<string, string[]>();
  for (const { role, atMs, metrics } of records)
    for (const line of metrics.split('\n')) {
      const [, name = '', labels = '', value = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
      if (name === '') continue;
      const series = `${name}{job="payment-manager",instance="${role}"${labels === '' ? '' : `,${labels}`}}`;
      const family = lines.get(name) ?? [];
      family.push(`${series} ${value} ${(END - last + atMs) / 1_000}`);
      lines.set(name, family);
    }
  const text = [...lines].flatMap(([name, family]) => [`# TYPE ${name} unknown`, ...family.toSorted(bySeries)]);
  return `${text.join('\n')}\n# EOF\n`;
}

function bySeries(one: string, other: string): number {
  const [a, b] = [one, other].map((line) => line.slice(0, line.lastIndexOf(' ', line.lastIndexOf(' ') - 1)));
  return a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1;
}

/** What two processes without PostgreSQL, portal, connector, vault, anchor, webhook and troubles do not have: a panel of a new metric belongs into a new record. */
const NOT_RECORDED: readonly string[] = [
  'Messages of the hub that were refused: {{code}}',
  'Breakers and back ends: {{backend}} is up',
  'Exceptions by code and age: ',
  'Alarms by code: ',
  'Questions that wait for a connection: {{instance}}',
  'Since the last anchor: {{to}}',
  'Read model behind: behind',
  'Artefacts of the Connection Manager: {{artefact}}',
  'Log-ins at the hub’s token server: {{result}}',
  'Notices to the webhook that it has not taken: owed',
];

test('each query of each panel is taken by Prometheus, and shows what was recorded', async (t) => {
  try {
    for (const tool of ['prometheus', 'promtool']) execFileSync(tool, ['--version'], { stdio: 'ignore' });
  } catch {
    return t.skip('prometheus and promtool are not installed (Debian: prometheus)');
  }
  const folder = mkdtempSync(join(tmpdir(), 'pm-panels-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const records = gunzipSync(readFileSync(RECORDED))
    .toString('utf8')
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);
  writeFileSync(join(folder, 'recorded.om'), openMetrics(records));
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', 'recorded.om', 'data'], { cwd: folder, stdio: 'pipe' });
  writeFileSync(join(folder, 'prometheus.yml'), '{}');
  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  t.after(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  while (server.exitCode === null && (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok !== true) await pause(50);
  assert.equal(server.exitCode, null, 'Prometheus has ended');
  const { exitCode, text } = await pmIn(folder, ['monitoring', '--ask', url, '--at', new Date(END).toISOString(), '--json']);
  assert.equal(exitCode, 0, text);
  const results = JSON.parse(text) as readonly PanelResult[];
  assert.ok(results.length > 30, text);
  assert.deepEqual(
    results.filter(({ series }) => series === 0).map(({ panel, legend }) => `${panel}: ${legend}`),
    NOT_RECORDED,
  );
});

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    }),
  );
}

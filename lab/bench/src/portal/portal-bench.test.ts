import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bench } from '../bench.ts';
import type { PortalMeasured } from '../portal-bench.ts';

test('bench --portal: fills a read model, asks every question, and leaves nothing behind', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-portal-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    ...{ workingFolder: '/', environment: {}, interactive: false },
  };
  const options = { portal: true, json: true, payments: '1500', seeded: '1000', cold: '0', folder };
  assert.equal(await bench([], options, terminal), 0, err.join('\n'));
  const { store, payments, seeded, answered, cold, feederCpuMs, bytesPerPayment } = JSON.parse(out[0] ?? '') as PortalMeasured;
  assert.deepEqual([store, payments, seeded, cold], ['SQLite', 1_500, 1_000, 'not asked']);
  assert.ok(feederCpuMs > 0.01 && bytesPerPayment > 100);
  assert.equal(new Set(answered.map(({ question }) => question)).size, answered.length);
  assert.ok(answered.length > 40);
  for (const { question, aimMs, warm } of answered)
    assert.ok(aimMs > 0 && warm.p50 > 0 && warm.p50 <= warm.p95 && warm.p95 <= warm.worst, question);
  assert.deepEqual(readdirSync(folder), []);
});

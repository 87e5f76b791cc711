import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { memoryJournal, openSqliteJournal, readAnchor, verifyJournal, viewSqliteJournal } from '@payment-manager/journal';
import {
  createMetrics,
  noFailpoints,
  recordedLog,
  startHttpServer,
  systemClock,
  systemRandom,
  systemTimers,
  threadPoolSignatures,
} from '@payment-manager/runtime';
import { readAnchorFile } from './anchor-file.ts';
import { configuredAnchoring } from './configured.ts';

const least = { PM_FSP_ID: 'greenbank', PM_SANDBOX: 'true', PM_HUB_BASE_URL: 'http://hub.test', PM_CORE_BASE_URL: 'http://core.test' };
const unsigned = { PM_JWS_SIGN: 'false', PM_JWS_VERIFY: 'false', PM_SANDBOX: 'true' };

function world() {
  const [clock, timers, random, signatures] = [systemClock, systemTimers, systemRandom, threadPoolSignatures];
  return { clock, timers, random, signatures, log: recordedLog(), metrics: createMetrics(), failpoints: noFailpoints };
}

test('a file and a webhook of the configuration get the last anchor before the product has stopped, and the journal meets it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pm-anchoring-'));
  t.after(() => rm(folder, { recursive: true }));
  const told: string[] = [];
  const webhook = await startHttpServer(
    {
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: 65_536,
      refuse: () => ({ status: 400 }),
      handler: async ({ body }) => {
        told.push(Buffer.from(body).toString('utf8'));
        return { status: 204 };
      },
    },
    recordedLog(),
  );
  t.after(() => webhook.close(0));
  const [file, anchors] = [join(folder, 'journal.db'), join(folder, 'outside', 'greenbank.anchors')];
  const wanted = { PM_JOURNAL_ANCHOR_FILE: anchors, PM_JOURNAL_ANCHOR_WEBHOOK_URL: `${webhook.url}/anchors` };
  const { config } = await loadConfig(undefined, { ...least, ...unsigned, ...wanted }, folder);
  const journal = await openSqliteJournal({ file, log: recordedLog() });
  const anchoring = configuredAnchoring(config, world(), journal);
  const about = { kind: 'payer', label: 'T', attention: [] };
  await journal.append({ ...about, recordId: 'r', expectedVersion: 0, events: [{ type: 'begun', at: 1 }], open: true });
  await anchoring.stop();
  await journal.close();
  const kept = await readAnchorFile(anchors);
  assert.deepEqual([kept.last?.position, readAnchor(told.at(-1) ?? '')?.digest], [1, kept.last?.digest]);
  const view = viewSqliteJournal(file);
  t.after(() => view.close());
  const { problems, tail } = await verifyJournal(view, { anchors: kept });
  assert.deepEqual([problems, tail.batches], [[], 0]);
});

test('without a file and a webhook, and without a chain, nothing is anchored', async () => {
  const { config } = await loadConfig(undefined, { ...least, ...unsigned }, tmpdir());
  const own = world();
  const anchoring = configuredAnchoring(config, own, memoryJournal());
  await anchoring.stop();
  assert.deepEqual([anchoring.alarms(), own.log.lines, (await own.metrics.text()).includes('pm_anchors')], [[], [], false]);
});

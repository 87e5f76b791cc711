import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigInvalid, effective, loadConfig } from '@payment-manager/configuration';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { openJournal } from './open-journal.ts';

const least = { PM_FSP_ID: 'greenbank', PM_SANDBOX: 'true', PM_HUB_BASE_URL: 'http://hub.test', PM_CORE_BASE_URL: 'http://core.test' };
const unsigned = { PM_JWS_SIGN: 'false', PM_JWS_VERIFY: 'false', PM_SANDBOX: 'true' };
const load = (more: Record<string, string>) => loadConfig(undefined, { ...least, ...unsigned, ...more }, '/tmp');

test('journal.store decides where the journal is; replicas share one, and say who they are', async (t) => {
  const server = await startTestPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'pm-open-journal-'));
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const log = recordedLog();
  const key = new Uint8Array(32);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log, sealingKey: key, onFatal: assert.fail };
  const one = await load({ PM_DATA_FOLDER: folder });
  const local = await openJournal(one.config, world);
  assert.equal(local.replica, undefined);
  await local.close();
  await assert.rejects(openJournal(one.config, { ...world, sealingKey: new Uint8Array(32).fill(1) }), /journal\.key.*begun with/);
  await (await openJournal(one.config, world)).close();

  const many = await load({ PM_DATA_FOLDER: folder, PM_JOURNAL_STORE: 'postgres', PM_JOURNAL_POSTGRES_URL: server.url });
  const [a, b] = [await openJournal(many.config, world), await openJournal(many.config, world)];
  assert.deepEqual([a.replica?.alive(), b.replica?.alive()], [true, true]);
  assert.notEqual(a.replica?.self, b.replica?.self);
  await assert.rejects(openJournal(many.config, { ...world, sealingKey: new Uint8Array(32).fill(1) }), /journal\.key/);
  await Promise.all([a.close(), b.close()]);
});

test('the URL of PostgreSQL is needed where it is used, and never shown', async () => {
  await assert.rejects(load({ PM_JOURNAL_STORE: 'postgres' }), (error: unknown) => {
    assert.ok(error instanceof ConfigInvalid && error.message.includes('journal.postgresUrl'), String(error));
    return true;
  });
  const wrong = load({ PM_JOURNAL_STORE: 'postgres', PM_JOURNAL_POSTGRES_URL: 'mysql://pm:hunter2@db/x' });
  await assert.rejects(wrong, (error: unknown) => !String((error as Error).message).includes('hunter2'));
  const right = await load({ PM_JOURNAL_STORE: 'postgres', PM_JOURNAL_POSTGRES_URL: 'postgres://pm:hunter2@localhost/x' });
  assert.equal(effective(right).find(({ path }) => path === 'journal.postgresUrl')?.value, '[secret]');
});

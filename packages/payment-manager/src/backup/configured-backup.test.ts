import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import { keyFor } from '@payment-manager/credentials';
import { backupFacts, type Journal, openSqliteJournal, restoreSqliteJournal } from '@payment-manager/journal';
import { administratorLinkOf, proveAudit } from '@payment-manager/management-api/commands';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { openJournal } from '../open-journal.ts';
import { configuredBackup } from './configured-backup.ts';
import { copyInProcess } from './copy-process.ts';

const key = new Uint8Array(32).fill(5);
const least = {
  ...{ PM_FSP_ID: 'greenbank', PM_HUB_BASE_URL: 'http://hub.test', PM_CORE_BASE_URL: 'http://core.test' },
  ...{ PM_JWS_SIGN: 'false', PM_JWS_VERIFY: 'false', PM_SANDBOX: 'true', PM_MANAGEMENT_PORT: '4005' },
};

/** One more payment in the journal, durably. */
function pay(journal: Journal, nth: number): Promise<unknown> {
  const events = [{ type: 'begun', at: 1_790_000_000_000 + nth }];
  return journal.append({
    recordId: `record-${nth}`,
    kind: 'payer',
    label: `payment-${nth}`,
    expectedVersion: 0,
    events,
    open: true,
    attention: [],
  });
}

test('a journal in use is copied by itself, with the portal’s store; the newest copy is restored as any other backup', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'pm-backing-up-'));
  const [dataFolder, folder] = [join(root, 'data'), join(root, 'copies')];
  const environment = { ...least, PM_DATA_FOLDER: dataFolder, PM_JOURNAL_BACKUP_FOLDER: folder, PM_JOURNAL_BACKUP_EVERY_MS: '1000' };
  const { config } = await loadConfig(undefined, { ...environment, PM_JOURNAL_BACKUP_KEEP: '2' }, root);
  const log = recordedLog();
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, metrics: createMetrics(), log };
  const journal = await openJournal(config, { ...world, sealingKey: key, onFatal: assert.fail });
  await administratorLinkOf(config, world, keyFor('management', key), 'local:ada');
  const audit = await proveAudit(config, world);
  await pay(journal, 1);
  const backing = configuredBackup(config, world, journal, key);
  t.after(async () => {
    await backing.stop();
    await journal.close();
    rmSync(root, { recursive: true });
  });
  const copies = (): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.db')).sort();
  const newest = async (than: string | undefined): Promise<string> => {
    for (const until = Date.now() + 60_000; Date.now() < until; ) {
      const name = copies().at(-1);
      if (name !== undefined && name !== than) return name;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`no copy: ${JSON.stringify(backing.alarms())}`);
  };
  let copy: string | undefined;
  for (let nth = 2; nth <= 5; nth++) {
    await newest(copy).then((name) => (copy = name));
    await pay(journal, nth);
  }
  await newest(copy).then((name) => (copy = name));
  await backing.stop();
  await pay(journal, 6);
  assert.deepEqual(backing.alarms(), []);
  assert.ok(copies().length <= 3, 'the oldest are gone; one more may have been made as it was stopped');

  const from = join(folder, copy ?? '');
  assert.equal(backupFacts(from)['fspId'], 'greenbank');
  const sign = { sign: 'restore', reason: 'a test', at: systemClock.now() } as const;
  const restored = {
    from,
    file: join(root, 'restored.db'),
    aside: join(root, 'aside.db'),
    key: keyFor('backup', key),
    sharedBy: {},
    sign,
    log,
  };
  assert.equal((await restoreSqliteJournal(restored)).records, 5);
  await assert.rejects(restoreSqliteJournal({ ...restored, file: join(root, 'forged.db'), key: keyFor('backup', new Uint8Array(32)) }), {
    code: 'BACKUP_FORGED',
  });
  assert.equal(backupFacts(`${from}.portal`)['journal.key'], backupFacts(from)['journal.key']);
  assert.ok(audit !== undefined && audit.entries > 0);
  const open = await openSqliteJournal({ file: restored.file, log });
  assert.ok((await open.load('record-5')) !== undefined && (await open.load('record-6')) === undefined);
  await open.close();
});

test('a folder that cannot be written is an alarm that names it, and no copy is left half made', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'pm-backing-up-'));
  const environment = { ...least, PM_DATA_FOLDER: join(root, 'data'), PM_JOURNAL_BACKUP_FOLDER: join(root, 'file', 'copies') };
  writeFileSync(join(root, 'file'), 'no folder');
  const { config } = await loadConfig(undefined, environment, root);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, metrics: createMetrics(), log: recordedLog() };
  const journal = await openJournal(config, { ...world, sealingKey: key, onFatal: assert.fail });
  const backing = configuredBackup(config, world, journal, key);
  t.after(async () => {
    await backing.stop();
    await journal.close();
    rmSync(root, { recursive: true });
  });
  for (const until = Date.now() + 30_000; backing.alarms().length === 0 && Date.now() < until; )
    await new Promise((done) => setTimeout(done, 20));
  assert.match(backing.alarms()[0]?.reason ?? '', /file.copies/);
});

test('a process that cannot be started is a copy that failed, and nothing else', async () => {
  const own = process.execPath;
  process.execPath = '/nowhere/node';
  try {
    const order = { journal: '', dataFolder: '', to: '', facts: {}, journalKey: key, portalKey: key };
    await assert.rejects(copyInProcess(order, new AbortController().signal), /ENOENT|EPIPE/);
    // what else the failed start brings about comes after it
    await new Promise((done) => setTimeout(done, 50));
  } finally {
    process.execPath = own;
  }
});

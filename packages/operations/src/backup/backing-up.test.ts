import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { type BackingUpDeps, startBackingUp } from './backing-up.ts';
import { copyName, keptCopies } from './copies.ts';

const everyMs = 60_000;
const OWNER = { fspId: 'green/bank', keyFingerprint: 'd1f6918a25fa2a02' };

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'pm-copies-'));
});
after(() => rmSync(root, { recursive: true }));

/** Copies of a journal that a test lets grow. */
async function backedUp(more: Partial<BackingUpDeps> = {}) {
  const folder = mkdtempSync(join(root, 'folder-'));
  const time = virtualTime(Date.UTC(2026, 10, 30, 7, 28, 42, 216));
  const [log, metrics] = [recordedLog(), createMetrics()];
  const world = { mark: 1, tookMs: 100, failure: undefined as Error | undefined, copies: 0, leaveFree: 0 };
  const deps: BackingUpDeps = {
    ...{ ...OWNER, folder, dataFolder: root, everyMs, keep: 3, clock: time, timers: time, log, metrics },
    get leaveFreeBytes() {
      return world.leaveFree;
    },
    size: async () => 1_000,
    mark: async () => String(world.mark),
    async copy(to) {
      world.copies++;
      if (world.failure) throw world.failure;
      for (const suffix of ['', '.portal']) writeFileSync(`${to}${suffix}`, String(world.mark));
      return { bytes: 1, tookMs: world.tookMs };
    },
    ...more,
  };
  const backing = startBackingUp(deps);
  /** Files are real, time is not. */
  const pass = async (ms: number): Promise<void> => {
    await time.advance(ms);
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done, 1));
  };
  await pass(0);
  return { folder, time, log, metrics, world, backing, pass, names: () => readdirSync(folder).sort() };
}

test('a copy soon after the start, then one every everyMs while anything is written; the newest are kept, and nobody else’s goes', async () => {
  const { folder, metrics, world, backing, pass, names } = await backedUp();
  const others = ['notes.txt', `${copyName({ ...OWNER, keyFingerprint: 'another1' }, 0)}`];
  for (const name of others) writeFileSync(join(folder, name), 'x');
  await pass(1_000);
  const first = 'green_bank-d1f6918a-2026-11-30T07-28-43.216Z.db';
  assert.deepEqual(names(), [others[1], first, `${first}.portal`, others[0]]);
  for (let round = 0; round < 4; round++) {
    world.mark++;
    await pass(everyMs);
  }
  assert.equal(world.copies, 5);
  const kept = await keptCopies(folder, OWNER);
  assert.deepEqual(
    kept.map(({ asOf }) => new Date(asOf).toISOString()),
    ['2026-11-30T07:30:43.216Z', '2026-11-30T07:31:43.216Z', '2026-11-30T07:32:43.216Z'],
  );
  assert.equal(names().length, 2 * kept.length + others.length, 'the portal’s go with them');
  for (let round = 0; round < 3; round++) await pass(everyMs);
  assert.equal(world.copies, 5, 'nothing was written');
  const text = await metrics.text();
  assert.match(text, /pm_backups_total\{result="made"\} 5/);
  assert.match(
    text,
    new RegExp(`pm_backup_kept_seconds ${Date.UTC(2026, 10, 30, 7, 35, 43, 216) / 1000}\\n`),
    'and so the newest is of now',
  );
  await backing.stop();
});

test('a copy that takes long is followed by nine times as long without one', async () => {
  const { world, pass, backing } = await backedUp();
  world.tookMs = 20_000;
  await pass(1_000);
  world.mark++;
  await pass(179_999);
  assert.equal(world.copies, 1);
  await pass(1);
  assert.equal(world.copies, 2);
  await backing.stop();
});

test('a failure is one alarm and one line of the log however long it lasts; it is tried again sooner, then wider, and what is kept stays', async () => {
  const { folder, log, metrics, world, backing, pass } = await backedUp();
  await pass(1_000);
  world.failure = new Error('the disk is full');
  world.mark++;
  await pass(everyMs);
  assert.deepEqual(
    backing.alarms().map(({ code, reason }) => [code, reason]),
    [['JOURNAL_NOT_BACKED_UP', 'the disk is full']],
  );
  for (const pauseMs of [10_000, 20_000, 40_000, everyMs, everyMs]) await pass(pauseMs);
  assert.equal(world.copies, 7);
  assert.equal((await keptCopies(folder, OWNER)).length, 1);
  assert.equal(log.lines.filter(({ fields }) => fields['code'] === 'JOURNAL_NOT_BACKED_UP').length, 1);
  assert.match(await metrics.text(), /pm_alarms_total\{code="JOURNAL_NOT_BACKED_UP"\} 1/);
  world.failure = undefined;
  await pass(everyMs);
  assert.deepEqual(backing.alarms(), []);
  assert.equal((await keptCopies(folder, OWNER)).length, 2);
  await backing.stop();
});

test('without room for a copy and what is to be left free none is begun', async () => {
  const { world, backing, pass } = await backedUp({ size: async () => Number.MAX_SAFE_INTEGER });
  await pass(1_000);
  assert.equal(world.copies, 0);
  assert.match(backing.alarms()[0]?.reason ?? '', / MB free; a copy takes up to \d+ MB, and 0 MB are left free$/);
  await backing.stop();
});

test('what was not finished is removed before the next copy; one that is young enough is not made anew at a start', async () => {
  const first = await backedUp();
  await first.pass(1_000);
  await first.backing.stop();
  const [newest = ''] = first.names();
  for (const left of ['.partial', '.partial-journal', '.portal.partial'])
    writeFileSync(join(first.folder, newest.replace('43.216', '59.000') + left), '');
  writeFileSync(join(first.folder, `${newest.replace('43.216', '58.000')}.portal`), '');
  const second = await backedUp({ folder: first.folder });
  await second.pass(everyMs - 1);
  assert.equal(second.world.copies, 0);
  await second.pass(1);
  assert.equal(second.world.copies, 1);
  assert.equal(first.names().length, 4, first.names().join(' '));
  await second.backing.stop();
});

test('a copy that hangs is an alarm; stopping ends it, and sets no timer any more', async () => {
  const ended: string[] = [];
  const { time, backing, pass } = await backedUp({
    copy: (_to, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          ended.push('aborted');
          reject(new Error('aborted'));
        }),
      ),
  });
  await pass(1_000);
  await pass(3 * everyMs - 1);
  assert.deepEqual(backing.alarms(), []);
  await pass(1);
  assert.match(backing.alarms()[0]?.reason ?? '', /^a copy that was begun at 2026-11-30T07:28:43.216Z is not made yet$/);
  await backing.stop();
  assert.deepEqual(ended, ['aborted']);
  assert.equal(time.pending, 0);
});

test('a copy that was removed is made anew, also when nothing was written', async () => {
  const { world, backing, pass, folder, names } = await backedUp();
  await pass(1_000);
  await pass(everyMs);
  assert.equal(world.copies, 1);
  for (const name of names()) rmSync(join(folder, name));
  await pass(everyMs);
  assert.equal(world.copies, 2);
  await backing.stop();
});

test('a clock that was ahead: a new copy stays, is the newest by its name, and the oldest goes', async () => {
  const { folder, world, backing, pass, names } = await backedUp();
  const ahead = [1, 2, 3].map((minute) => copyName(OWNER, Date.UTC(2027, 0, 1, 0, minute)));
  for (const name of ahead) writeFileSync(join(folder, name), 'ahead');
  await pass(1_000);
  await pass(everyMs);
  assert.equal(world.copies, 1);
  const kept = await keptCopies(folder, OWNER);
  assert.deepEqual(kept.map(({ file }) => file.slice(folder.length + 1)).slice(0, 2), ahead.slice(1));
  assert.ok(names().includes(copyName(OWNER, Date.UTC(2027, 0, 1, 0, 3) + 1)));
  await backing.stop();
});

test('a copy is ended when the journal’s disk has no room for what is written meanwhile: payments come first', async () => {
  const { world, backing, pass, time } = await backedUp({
    copy: (_to, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('killed')))),
  });
  await pass(1_000);
  await pass(2_000);
  assert.deepEqual(backing.alarms(), []);
  world.leaveFree = Number.MAX_SAFE_INTEGER;
  await pass(2_000);
  assert.match(backing.alarms()[0]?.reason ?? '', /^the journal’s disk has \d+ MB free/);
  await backing.stop();
  assert.equal(time.pending, 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { watchJournalPart } from './journal-alarm.ts';

test('a journal that takes nothing is an alarm, once, until it takes again; words that change begin none', async () => {
  const time = virtualTime();
  const log = recordedLog();
  const metrics = createMetrics();
  let part: { ok: boolean; detail: string } | Error = { ok: true, detail: 'answers; 400 MiB free' };
  const look = async () => {
    if (part instanceof Error) throw part;
    return part;
  };
  const watch = watchJournalPart({ clock: time, timers: time, log, metrics, look });
  const standing = () => watch.alarms().map(({ id, code, reason, since }) => [id, code, reason, since]);
  await time.advance(20_000);
  assert.deepEqual(standing(), []);

  const full = time.now();
  part = { ok: false, detail: 'only 4096 bytes are free in the data folder' };
  await time.advance(10_000);
  assert.deepEqual(standing(), [['journal', 'JOURNAL_NOT_WRITABLE', 'only 4096 bytes are free in the data folder', full + 5_000]]);
  part = { ok: false, detail: 'the last commit failed: database or disk is full' };
  await time.advance(10_000);
  assert.deepEqual(standing(), [['journal', 'JOURNAL_NOT_WRITABLE', 'the last commit failed: database or disk is full', full + 5_000]]);
  part = new Error('who looks fails');
  await time.advance(10_000);
  assert.equal(standing().length, 1, 'what could not be looked at has not ended');
  assert.match(await metrics.text(), /pm_alarms_total\{code="JOURNAL_NOT_WRITABLE"\} 1/);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
    ['alarm: the journal takes nothing'],
  );

  part = { ok: true, detail: 'answers; 400 MiB free' };
  await time.advance(10_000);
  assert.deepEqual(standing(), []);
  watch.stop();
  part = { ok: false, detail: 'full again' };
  await time.advance(60_000);
  assert.deepEqual(standing(), []);
});

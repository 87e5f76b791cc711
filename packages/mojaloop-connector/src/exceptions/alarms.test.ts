import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, recordedLog, virtualTime } from '@payment-manager/runtime';
import { alarmList } from './alarms.ts';

function started() {
  const [time, log] = [virtualTime(), recordedLog()];
  return { time, log, alarms: alarmList({ clock: time, timers: time }, log, createMetrics()) };
}

const reasons = (list: ReturnType<typeof alarmList>, id?: string) =>
  list.list({ limit: 10_000, ...(id !== undefined && { id }) }).map(({ reason }) => reason);

test('alarms: a peer that causes very many pushes out its own oldest, and nobody else’s', () => {
  const alarms = started().alarms;
  alarms.raise('ACTION_FAILED', 'p1', 'ours');
  alarms.raise('CALLBACK_FROM_STRANGER', 'p2', 'of a quiet peer', 'quiet');
  for (let n = 0; n < 5_000; n++) alarms.raise('CALLBACK_FROM_STRANGER', 'p3', `loud ${n}`, 'loud');
  for (let n = 0; n < 100; n++) alarms.raise('CALLBACK_FROM_STRANGER', 'p4', `other ${n}`, 'other');
  const kept = reasons(alarms);
  assert.equal(kept.length, 500);
  assert.deepEqual(kept.slice(0, 2), ['ours', 'of a quiet peer']);
  assert.equal(kept.filter((reason) => reason.startsWith('other')).length, 100);
  assert.equal(kept.filter((reason) => reason.startsWith('loud')).at(-1), 'loud 4999');
  assert.deepEqual(reasons(alarms, 'p2'), ['of a quiet peer']);
});

test('alarms: peers that come in great number take each other’s places, not ours', () => {
  const alarms = started().alarms;
  for (let n = 0; n < 3; n++) alarms.raise('ACTION_FAILED', 'p1', `ours ${n}`);
  for (let n = 0; n < 3_000; n++) alarms.raise('CALLBACK_FROM_STRANGER', 'p', `of ${n}`, `peer ${n}`);
  const kept = reasons(alarms);
  assert.equal(kept.length, 500);
  assert.deepEqual(kept.slice(0, 3), ['ours 0', 'ours 1', 'ours 2']);
});

test('alarms: the same one again and again is one line a minute, and each payment has a line of its own', async () => {
  const { time, log, alarms } = started();
  for (let n = 0; n < 300; n++) alarms.raise('CALLBACK_FROM_STRANGER', 'p1', 'the same', 'loud');
  alarms.raise('CALLBACK_FROM_STRANGER', 'p2', 'the same', 'loud');
  await time.advance(60_000);
  assert.deepEqual(
    log.lines.map(({ fields }) => [fields['payment'], fields['times']]),
    [
      ['p1', 1],
      ['p2', 1],
      ['p1', 299],
    ],
  );
});

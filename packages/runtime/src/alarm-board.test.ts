import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmBoard } from './alarm-board.ts';
import { notTaken } from './not-taken.ts';
import { recordedLog } from './simulated/recorded-log.ts';
import { virtualTime } from './simulated/virtual-time.ts';

test('an alarm stands since it was raised first, with its newest reason, until it is cleared', async () => {
  const time = virtualTime();
  const board = alarmBoard(time);
  const raise = (reason: string) => board.raise({ id: 'anchor-file', code: 'ANCHOR_FAILED', reason });
  const since = time.now();
  assert.equal(raise('no space'), 'new');
  await time.advance(1_000);
  assert.equal(raise('no space'), 'same');
  assert.equal(raise('no such folder'), 'other');
  assert.deepEqual(board.alarms(), [{ id: 'anchor-file', level: 'alarm', code: 'ANCHOR_FAILED', reason: 'no such folder', since }]);
  assert.equal(board.raise({ id: 'anchor-webhook', code: 'ANCHOR_FAILED', reason: 'x' }), 'new', 'another one');
  assert.equal(board.clear('anchor-file', 'ANCHOR_FAILED')?.since, since);
  assert.equal(board.clear('anchor-file', 'ANCHOR_FAILED'), undefined);
  assert.equal(board.alarms().length, 1);
});

test('what cannot be taken into use is one line in the log for each reason, and one alarm', () => {
  const log = recordedLog();
  const complaints = notTaken({ clock: virtualTime(), log });
  for (const reason of ['cut off', 'cut off', 'empty']) complaints.complain('inbound', 'TLS credentials on disk', reason);
  assert.equal(log.lines.length, 2);
  assert.deepEqual(
    complaints.alarms().map(({ id, reason }) => [id, reason]),
    [['credentials-inbound', 'inbound: TLS credentials on disk cannot be used; what is in use stays. empty']],
  );
  complaints.settle('inbound');
  assert.deepEqual(complaints.alarms(), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Breaker, CLOSED, cameBack, letThrough, modeOf } from './breaker.ts';

const after = (outcomes: string, start: Breaker = CLOSED, now = 0): Breaker =>
  [...outcomes].reduce((breaker, one) => cameBack(breaker, one === 'x', now, now), start);

test('breaker: opens when eight of the last ten calls failed, not before, and old failures are forgotten', () => {
  assert.equal(modeOf(after('xxxxxxx'), 0), 'closed');
  assert.equal(modeOf(after('xxxxxxxx'), 0), 'open');
  assert.equal(modeOf(after('..xxxxxxxx'), 0), 'open');
  assert.equal(modeOf(after('...xxxxxxx'), 0), 'closed');
  assert.equal(modeOf(after('xxxxxxx....x'), 0), 'closed');
});

test('breaker: open it refuses all; half-open it lets one call a second try', () => {
  const open = after('xxxxxxxx');
  assert.equal(letThrough(open, 1_999), undefined);
  const trying = letThrough(open, 2_000);
  assert.ok(trying !== undefined);
  assert.equal(modeOf(trying, 2_000), 'half-open');
  assert.equal(letThrough(trying, 2_999), undefined);
  assert.ok(letThrough(trying, 3_000) !== undefined, 'a trial that never came back does not keep it shut');
});

test('breaker: a trial that succeeds closes it; one that fails opens it for twice as long, up to 30 s', () => {
  assert.deepEqual(cameBack(after('xxxxxxxx'), false, 2_000, 2_005), CLOSED);
  let breaker = after('xxxxxxxx');
  const waits: number[] = [];
  for (let now = 0, trial = 0; trial < 6; trial++) {
    now += breaker.openForMs;
    assert.equal(modeOf(breaker, now), 'half-open');
    breaker = cameBack(breaker, true, now, now);
    waits.push(breaker.openForMs);
  }
  assert.deepEqual(waits, [4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('breaker: what was begun before it opened neither closes it nor keeps it open', () => {
  const open = cameBack(after('xxxxxxx', CLOSED, 90), true, 90, 100);
  assert.equal(cameBack(open, false, 99, 5_000), open);
  assert.equal(cameBack(open, true, 99, 5_000), open);
});

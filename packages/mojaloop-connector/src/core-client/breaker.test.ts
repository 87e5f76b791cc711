import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Breaker, CLOSED, cameBack, letThrough, modeOf } from './breaker.ts';

const after = (outcomes: string, start: Breaker = CLOSED, now = 0): Breaker =>
  [...outcomes].reduce((breaker, one) => cameBack(breaker, one === 'x', now, now), start);

const x = (count: number): string => 'x'.repeat(count);

/** The breaker after so many failures, one each `everyMs`, the last one at the time that it tells. */
function failing(count: number, everyMs: number): { readonly breaker: Breaker; readonly now: number } {
  let breaker = CLOSED;
  for (let nth = 0; nth < count; nth++) breaker = cameBack(breaker, true, nth * everyMs, nth * everyMs);
  return { breaker, now: (count - 1) * everyMs };
}

test('breaker: opens when sixteen of the last twenty calls failed, not before, and old failures are forgotten', () => {
  assert.equal(modeOf(after(x(15)), 0), 'closed');
  assert.equal(modeOf(after(x(16)), 0), 'open');
  assert.equal(modeOf(after(`....${x(16)}`), 0), 'open');
  assert.equal(modeOf(after(`.....${x(15)}`), 0), 'closed');
  assert.equal(modeOf(after(`${x(15)}.....x`), 0), 'closed');
});

test('breaker: only what came back in the last ten seconds counts; a core that fails each time, but now and then, never opens it', () => {
  for (const everyMs of [700, 1_000, 5_000]) {
    const { breaker, now } = failing(1_000, everyMs);
    assert.equal(modeOf(breaker, now), 'closed', `one each ${everyMs} ms`);
    assert.ok(breaker.recent.length <= 15, 'what is old is not kept');
  }
  const { breaker, now } = failing(16, 600);
  assert.equal(modeOf(breaker, now), 'open', 'sixteen within nine seconds');
  const paused = after(x(8), after(x(8)), 10_000);
  assert.equal(modeOf(paused, 10_000), 'closed', 'eight, a pause, and eight');
  assert.equal(modeOf(after(x(8), after(x(8)), 9_999), 9_999), 'open');
});

test('breaker: open it refuses all; half-open it lets one call a second try', () => {
  const open = after(x(16));
  assert.equal(letThrough(open, 1_999), undefined);
  const trying = letThrough(open, 2_000);
  assert.ok(trying !== undefined);
  assert.equal(modeOf(trying, 2_000), 'half-open');
  assert.equal(letThrough(trying, 2_999), undefined);
  assert.ok(letThrough(trying, 3_000) !== undefined, 'a trial that never came back does not keep it shut');
});

test('breaker: a trial that succeeds closes it; one that fails opens it for twice as long, up to 30 s', () => {
  assert.deepEqual(cameBack(after(x(16)), false, 2_000, 2_005), CLOSED);
  let breaker = after(x(16));
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
  const open = cameBack(after(x(15), CLOSED, 90), true, 90, 100);
  assert.equal(cameBack(open, false, 99, 5_000), open);
  assert.equal(cameBack(open, true, 99, 5_000), open);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualTime } from './virtual-time.ts';

test('timers run in the order of their times, each at its own instant, and only when time moves', async () => {
  const time = virtualTime(1_000);
  const seen: [string, number][] = [];
  time.after(20, () => seen.push(['b', time.now()]));
  time.after(10, () => {
    seen.push(['a', time.now()]);
    time.after(5, () => seen.push(['a2', time.now()]));
  });
  time.after(10, () => seen.push(['a1', time.now()]));
  time.after(-5, () => seen.push(['now', time.now()]));
  time.after(12, () => seen.push(['never', time.now()])).cancel();
  assert.deepEqual(seen, []);
  await time.advance(19);
  assert.deepEqual(seen, [
    ['now', 1_000],
    ['a', 1_010],
    ['a1', 1_010],
    ['a2', 1_015],
  ]);
  assert.equal(time.now(), 1_019);
  await time.advance(1);
  assert.deepEqual(seen.at(-1), ['b', 1_020]);
  assert.equal(time.pending, 0);
});

test('what promises do between two timers is done before the next one', async () => {
  const time = virtualTime();
  const sleep = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  let done = 0;
  const work = (async () => {
    for (let n = 0; n < 5; n++) {
      await sleep(10);
      done++;
    }
  })();
  await time.advance(35);
  assert.equal(done, 3);
  while (await time.runNext());
  assert.equal(done, 5);
  await work;
});

test('a jump of the wall clock moves no timer', async () => {
  const time = virtualTime(0);
  let fired = false;
  time.after(100, () => {
    fired = true;
  });
  time.jumpWallClock(1_000_000);
  await time.advance(99);
  assert.deepEqual([fired, time.now(), time.monotonic()], [false, 1_000_099, 99]);
  await time.advance(1);
  assert.equal(fired, true);
});

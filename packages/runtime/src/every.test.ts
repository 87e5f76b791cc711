import assert from 'node:assert/strict';
import { test } from 'node:test';
import { every } from './every.ts';
import { virtualTime } from './simulated/virtual-time.ts';

test('looks after each interval, counted from the end of the look before, until it is stopped', async () => {
  const time = virtualTime();
  const looked: number[] = [];
  const looking = every(1_000, time, async () => {
    looked.push(time.monotonic());
    await new Promise<void>((resolve) => void time.after(300, resolve));
  });
  await time.advance(3_700);
  assert.deepEqual(looked, [1_000, 2_300, 3_600]);
  looking.stop();
  await time.advance(10_000);
  await looking.now();
  assert.equal(looked.length, 3);
});

test('who asks for a look now gets one that begins after he asked; many who ask meanwhile get the same', async () => {
  const time = virtualTime();
  let ended = 0;
  let under = 0;
  const looking = every(60_000, time, async () => {
    under++;
    assert.equal(under, 1, 'looks never overlap');
    await new Promise<void>((resolve) => void time.after(10, resolve));
    under--;
    ended++;
  });
  const first = looking.now();
  await time.advance(5);
  const others = [looking.now(), looking.now(), looking.now()];
  await time.advance(100);
  await Promise.all([first, ...others]);
  assert.equal(ended, 2);
});

test('a look that fails is no end: neither for who asked nor for those that follow', async () => {
  const time = virtualTime();
  let looks = 0;
  const looking = every(1_000, time, () => {
    looks++;
    throw new Error('told by itself');
  });
  await looking.now();
  await time.advance(2_000);
  assert.equal(looks, 3);
  looking.stop();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchLoopDelay } from './loop-delay.ts';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('how long turns were waited for is told, of the time since the last question', async () => {
  const delay = watchLoopDelay();
  assert.equal(delay.read(), 0);
  await sleep(10);
  block(200);
  await sleep(10);
  assert.ok(delay.read() > 10);
  delay.stop();
});

test('nobody watches after a rest, so that what happened then is not known', async () => {
  const delay = watchLoopDelay(50);
  delay.read();
  await sleep(150);
  block(200);
  await sleep(10);
  assert.equal(delay.read(), 0);
  delay.stop();
});

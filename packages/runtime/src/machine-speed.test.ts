import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { machineSpeed, slownessNow } from '../test/machine-speed.ts';

test('the machine’s clock goes slower while others have the processors, and never faster than the usual one', async () => {
  assert.ok((await slownessNow()) >= 1);
  const hogs = Array.from({ length: 4 * availableParallelism() }, () => new Worker('for (;;) ;', { eval: true }));
  await Promise.all(hogs.map((hog) => once(hog, 'online')));
  const [wall, machine] = [performance.now(), machineSpeed.now()];
  // Five looks; and it stands still for as long as it had gone too far ahead before the first of them
  for (let last = -1, looks = 0; looks < 6 || machineSpeed.now() === machine; ) {
    const now = machineSpeed.slowness();
    if (now !== last) looks++;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [wallMs, machineMs] = [performance.now() - wall, machineSpeed.now() - machine];
  await Promise.all(hogs.map((hog) => hog.terminate()));
  assert.ok(machineMs > 0 && machineMs < 0.7 * wallMs, `${machineMs} of ${wallMs} ms`);
});

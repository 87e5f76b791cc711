import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { systemClock, systemTimers } from './system.ts';

test('the clocks tell the wall time in whole milliseconds, and a time that never goes back', () => {
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000);
  assert.ok(Number.isInteger(systemClock.now()));
  let before = systemClock.monotonic();
  for (let n = 0; n < 1_000; n++) {
    const now = systemClock.monotonic();
    assert.ok(now >= before);
    before = now;
  }
});

test('a timer runs, can be cancelled twice, and waits no less because its time is below zero or beyond Node’s bound', async () => {
  const ran: string[] = [];
  systemTimers.after(2 ** 31, () => ran.push('25 days'));
  systemTimers.after(Number.MAX_SAFE_INTEGER, () => ran.push('for ever')).cancel();
  const cancelled = systemTimers.after(1, () => ran.push('cancelled'));
  cancelled.cancel();
  cancelled.cancel();
  await new Promise<void>((resolve) => {
    const keepAlive = setTimeout(() => {}, 1_000);
    systemTimers.after(-5, () => ran.push('at once'));
    systemTimers.after(5, () => {
      clearTimeout(keepAlive);
      resolve();
    });
  });
  assert.deepEqual(ran, ['at once']);
});

test('a timer does not keep the process alive', () => {
  const program = `const { systemTimers } = await import('${new URL('./system.ts', import.meta.url).href}'); systemTimers.after(60_000, () => {});`;
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 10_000 });
  assert.deepEqual([status, signal], [0, null]);
});

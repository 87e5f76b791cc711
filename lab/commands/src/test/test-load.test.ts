import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoad } from './test-load.ts';

test('./pm test --under-load: two programs run beside, until they are ended', async () => {
  const lines: string[] = [];
  const load = startLoad((line) => void lines.push(line));
  assert.match(lines.join(), /takes a core, and another writes to the disk/);
  assert.deepEqual(
    load.children.map(({ exitCode, signalCode }) => exitCode ?? signalCode),
    [null, null],
  );
  const ended = load.children.map((child) => new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))));
  load.stop();
  assert.deepEqual(await Promise.all(ended), ['SIGKILL', 'SIGKILL']);
});

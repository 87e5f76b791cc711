import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slownessNow } from '@payment-manager/runtime/test-machine';
import { startLoad } from './test-load.ts';

test('the load of ./pm test --under-load is felt, and ends', async () => {
  const lines: string[] = [];
  const terminal = { out: (line: string) => void lines.push(line), err: () => {}, environment: {}, colours: false };
  const load = startLoad(terminal as never);
  assert.match(lines.join(), /takes a core, and another writes to the disk/);
  assert.ok((await slownessNow()) >= 1);
  assert.deepEqual(
    load.children.map(({ exitCode, signalCode }) => exitCode ?? signalCode),
    [null, null],
  );
  const ended = load.children.map((child) => new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))));
  load.stop();
  assert.deepEqual(await Promise.all(ended), ['SIGKILL', 'SIGKILL']);
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

test('what nobody needs any more is given back to the system', () => {
  const program = `
    const { giveMemoryBack } = await import('${new URL('./give-memory-back.ts', import.meta.url).href}');
    let left = Array.from({ length: 400_000 }, (_, n) => ({ n }));
    left = undefined;
    const before = process.memoryUsage.rss();
    giveMemoryBack();
    console.log(before - process.memoryUsage.rss(), typeof globalThis.gc);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const [given, global] = stdout.trim().split(' ');
  assert.ok(Number(given) > 10_000_000, stdout);
  assert.equal(global, 'undefined');
});

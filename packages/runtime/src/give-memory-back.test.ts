import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { giveMemoryBackWhenQuiet } from './give-memory-back.ts';
import { virtualTime } from './simulated/virtual-time.ts';

test('what nobody needs any more is given back to the system', () => {
  const program = `
    const { giveMemoryBack } = await import('${new URL('./give-memory-back.ts', import.meta.url).href}');
    let left = Array.from({ length: 400_000 }, (_, n) => ({ n }));
    left = undefined;
    const before = process.memoryUsage.rss();
    giveMemoryBack();
    console.log(before - process.memoryUsage.rss());`;
  const given = (...options: string[]): number => {
    const { stdout } = spawnSync(process.execPath, [...options, '--input-type=module', '-e', program], { encoding: 'utf8' });
    return Number(stdout);
  };
  assert.ok(given('--expose-gc') > 10_000_000);
  // without the option nothing happens, and nothing fails
  assert.ok(given() < 10_000_000);
});

test('again in the first half a minute in which nothing happens, after the start and after each time of work, and not while little happens', async () => {
  const time = virtualTime();
  const worked = [0.4, 0.07, 0.01, 0, 0.07, 0.01, 0.1, 0.07, 0.04, 0];
  let given = 0;
  giveMemoryBackWhenQuiet(
    time,
    () => worked.shift() ?? 0,
    () => given++,
  );
  const seen: number[] = [];
  for (let nth = 0; nth < 12; nth++) {
    await time.advance(30_000);
    seen.push(given);
  }
  assert.deepEqual(seen, [0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2]);
});

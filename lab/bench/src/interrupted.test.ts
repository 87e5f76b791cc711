import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

/** Goes on writing, also when it is asked to end, as a process does that takes its time. */
const WRITER = `
  const { mkdirSync, writeFileSync } = require('node:fs');
  process.on('SIGTERM', () => {});
  let nth = 0;
  setInterval(() => {
    mkdirSync(process.argv[1] + '/data', { recursive: true });
    writeFileSync(process.argv[1] + '/data/' + nth++, '');
    if (nth === 1) process.send?.('writing');
  }, 1);`;

test('bench: told to end it ends what it has started, and its folder is gone', {
  skip: process.platform !== 'linux' && 'Linux tells children',
}, async (t) => {
  const around = await mkdtemp(join(tmpdir(), 'pm-interrupted-'));
  t.after(() => rm(around, { recursive: true, force: true }));
  const folder = join(around, 'measured');
  const measuring = `
    import { spawn } from 'node:child_process';
    const { removedAtTheEnd } = await import('${new URL('./interrupted.ts', import.meta.url).href}');
    removedAtTheEnd(${JSON.stringify(folder)});
    const writer = spawn(process.execPath, ['-e', ${JSON.stringify(WRITER)}, ${JSON.stringify(folder)}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    writer.once('message', () => process.send(writer.pid));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', measuring], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [writer] = (await once(child, 'message')) as [number];
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 130);
  assert.equal(existsSync(folder), false);
  // killed before its parent ended, and taken note of by init soon after
  let ended = false;
  for (let looks = 0; !ended && looks < 200; looks++) {
    ended = !isThere(writer);
    if (!ended) await setTimeout(50);
  }
  assert.ok(ended);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

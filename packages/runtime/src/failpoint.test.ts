import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { failpointsFrom, noFailpoints } from './failpoint.ts';

test('a failpoint kills when its name is hit the nth time, and nothing else does', () => {
  let killed = 0;
  const points = failpointsFrom('payer.before-send:3', () => killed++);
  for (const name of ['payer.before-send', 'payer.after-send', 'payer.before-send', 'payer']) points.hit(name);
  assert.equal(killed, 0);
  points.hit('payer.before-send');
  assert.equal(killed, 1);
  points.hit('payer.before-send');
  assert.equal(killed, 1);
});

test('without a text nothing is armed; a text of another form is an error, for such a test would test nothing', () => {
  assert.equal(failpointsFrom(undefined), noFailpoints);
  assert.equal(failpointsFrom(''), noFailpoints);
  for (const text of [':1', 'a:0', 'a:x', 'a:1:2', 'a:']) assert.throws(() => failpointsFrom(text), RangeError, text);
});

test('a file arms a process that runs: what is in it counts from then on, and without it nothing is armed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-failpoint-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'armed');
  let killed = 0;
  const points = failpointsFrom(`@${file}`, () => killed++);
  points.hit('a');
  writeFileSync(file, 'a:2');
  points.hit('b');
  points.hit('a');
  assert.equal(killed, 0);
  points.hit('a');
  assert.equal(killed, 1);
  writeFileSync(file, 'b');
  points.hit('b');
  assert.equal(killed, 2);
  rmSync(file);
  points.hit('b');
  assert.equal(killed, 2);
  writeFileSync(file, 'b:0');
  assert.throws(() => points.hit('b'), RangeError);
});

test('the process really dies by SIGKILL', () => {
  const program = `const { failpointsFrom } = await import('${new URL('./failpoint.ts', import.meta.url).href}');
    failpointsFrom(process.env.PM_FAILPOINT).hit('here'); console.log('alive');`;
  const run = (failpoint: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, PM_FAILPOINT: failpoint } });
  const killed = run('here');
  assert.deepEqual([killed.signal, String(killed.stdout)], ['SIGKILL', '']);
  assert.equal(String(run('elsewhere').stdout), 'alive\n');
});

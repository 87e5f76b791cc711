import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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

test('the process really dies by SIGKILL', () => {
  const program = `const { failpointsFrom } = await import('${new URL('./failpoint.ts', import.meta.url).href}');
    failpointsFrom(process.env.PM_FAILPOINT).hit('here'); console.log('alive');`;
  const run = (failpoint: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, PM_FAILPOINT: failpoint } });
  const killed = run('here');
  assert.deepEqual([killed.signal, String(killed.stdout)], ['SIGKILL', '']);
  assert.equal(String(run('elsewhere').stdout), 'alive\n');
});

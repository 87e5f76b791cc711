import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const PRELOAD = new URL('./untracked.ts', import.meta.url).href;

function run(source: string): { readonly status: number | null; readonly out: string } {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [`--import=${PRELOAD}`, '--input-type=module', '-e', source], {
    env,
    encoding: 'utf8',
  });
  return { status, out: stdout };
}

test('an error that nobody catches fails the run, though nobody knows in which test it was thrown', () => {
  const { status, out } = run(`
    import { test } from 'node:test';
    test('throws later', async () => {
      setTimeout(() => { throw new Error('from a timer'); }, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    });`);
  assert.equal(status, 1);
  assert.match(out, /Error: A resource generated asynchronous activity .*from a timer/);
  // nothing follows promises any more: else it would be this test that failed
  assert.match(out, /pass 1\n/);
});

test('the hooks of others work', () => {
  const { status } = run(`
    import { createHook } from 'node:async_hooks';
    import { test } from 'node:test';
    test('sees a promise', () => {
      let seen = 0;
      const hook = createHook({ init: () => void seen++ }).enable();
      new Promise(() => {});
      hook.disable();
      if (seen === 0) throw new Error('no promise was seen');
    });`);
  assert.equal(status, 0);
});

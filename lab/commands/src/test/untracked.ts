/**
 * Loaded first by each test process. Node's test runner follows every promise, timer and socket with async hooks, only to know in which test
 * an error was thrown that nobody caught: 30 to 50 % of the CPU of tests that do much asynchronous work. Here it follows its own tests alone,
 * which it needs to know what stands in which suite; an error that nobody caught fails the file instead of a test. Hooks of others are as ever.
 */
import asyncHooks, { type HookCallbacks } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

const { createHook } = asyncHooks;
/** Newer than the types: without it each promise is told to each hook. */
const NO_PROMISES = { trackPromises: false };

asyncHooks.createHook = (callbacks) => {
  // who calls this: the line after "Error" and that of this function
  const isRunner = new Error().stack?.split('\n')[2]?.includes('node:internal/test_runner/') === true;
  return createHook(isRunner ? testsAlone(callbacks) : callbacks);
};
syncBuiltinESMExports();

function testsAlone({ init }: HookCallbacks): HookCallbacks {
  return {
    ...NO_PROMISES,
    init: (asyncId, type, triggerAsyncId, resource) => {
      if (type === 'Test') init?.(asyncId, type, triggerAsyncId, resource);
    },
  };
}

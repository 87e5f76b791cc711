import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOfFiles } from './group-events.ts';
import { inGroups, OWN_PROCESS } from './test-groups.ts';
import { LONGEST } from './test-order.ts';
import type { TestEvent } from './test-tally.ts';

const SMALL = "import { test } from 'node:test';\n";

test('small files of one room share processes, evenly; each file is run once', () => {
  const small = Array.from({ length: 15 }, (_, n) => `packages/a/src/x${n}.test.ts`);
  const groups = inGroups([...small, 'packages/b/src/y.test.ts'], () => SMALL);
  assert.deepEqual(
    groups.map(({ length }) => length),
    [8, 7, 1],
  );
  assert.deepEqual(new Set(groups.flat()).size, 16);
});

test('by themselves: long ones, what starts schemes, who awaits at its top, and who says that it must be', () => {
  const [long = ''] = LONGEST.filter((file) => file.startsWith('lab/'));
  const own = new Map([
    [long, SMALL],
    ['tests/e2e/a.test.ts', SMALL],
    ['packages/a/src/awaits.test.ts', `${SMALL}const key = await made();\n`],
    ['packages/a/src/within.test.ts', `${SMALL}const key = signed(0, { by: 'a' }, await made());\n`],
    ['packages/a/src/says.test.ts', `${OWN_PROCESS}it measures memory\n${SMALL}`],
  ]);
  const groups = inGroups([...own.keys(), 'packages/a/src/x.test.ts', 'packages/a/src/y.test.ts'], (file) => own.get(file) ?? SMALL);
  assert.deepEqual(
    groups.filter(({ length }) => length > 1),
    [['packages/a/src/x.test.ts', 'packages/a/src/y.test.ts']],
  );
});

test('the long ones begin, then come those that share a process, and in the end short ones, so that no core waits for the last', () => {
  const [long = ''] = LONGEST;
  const groups = inGroups([long, 'tests/e2e/short.test.ts', 'packages/a/src/x.test.ts', 'packages/a/src/y.test.ts'], () => SMALL);
  assert.deepEqual(groups, [[long], ['packages/a/src/x.test.ts', 'packages/a/src/y.test.ts'], ['tests/e2e/short.test.ts']]);
});

test('a process that runs several files tells what each of them would have told', () => {
  const told = (type: string, data: TestEvent['data']): readonly TestEvent[] =>
    asOfFiles({ type, data }, new Set(['/t/together-1.mjs']), new Set(['/r/a.test.ts']));
  const suite = { name: '/r/a.test.ts', file: '/t/together-1.mjs', nesting: 0 };
  const details = { passed: true, duration_ms: 9, type: 'suite' };
  assert.deepEqual(told('test:complete', { ...suite, details }), [
    { type: 'test:complete', data: { ...suite, file: '/r/a.test.ts', details: { ...details, type: undefined } } },
  ]);
  assert.deepEqual(told('test:pass', { ...suite, details }), [{ type: 'test:summary', data: { file: '/r/a.test.ts' } }]);
  // a file that cannot be loaded
  const failed = told('test:fail', { ...suite, details: { ...details, failure: { type: 'testCodeFailure', message: 'no such module' } } });
  assert.deepEqual(
    failed.map(({ type, data }) => [type, data.file]),
    [
      ['test:fail', '/r/a.test.ts'],
      ['test:summary', '/r/a.test.ts'],
    ],
  );
  const [inside] = told('test:pass', { name: 'adds', file: '/r/a.test.ts', nesting: 1, details: { duration_ms: 1 } });
  assert.equal(inside?.data.nesting, 0);
  const process = { name: '/t/together-1.mjs', file: '/t/together-1.mjs', nesting: 0 };
  assert.deepEqual([told('test:pass', process).length, told('test:fail', process).length], [0, 1]);
});

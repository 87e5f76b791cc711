import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestEvent, tallyTests } from './test-tally.ts';

async function* events(...all: TestEvent[]): AsyncGenerator<TestEvent> {
  yield* all;
}

const passed = (name: string, nesting = 0): TestEvent => ({
  type: 'test:pass',
  data: { name, nesting, file: '/r/a.test.ts', details: { duration_ms: 5 } },
});
const failed = (name: string, failureType = 'testCodeFailure', cause: unknown = new Error('because')): TestEvent => ({
  type: 'test:fail',
  data: {
    name,
    nesting: 0,
    file: '/r/a.test.ts',
    details: { duration_ms: 5, error: Object.assign(new Error('wrapped'), { cause, failureType }) },
  },
});
const suite: TestEvent = {
  type: 'test:pass',
  data: { name: 'suite', nesting: 0, file: '/r/a.test.ts', details: { duration_ms: 9, type: 'suite' } },
};
const summary: TestEvent = { type: 'test:summary', data: { file: '/r/a.test.ts', success: true } };

test('tests are counted, suites are not, and a parent does not fail twice', async () => {
  const lines: string[] = [];
  const tally = await tallyTests(
    events(passed('one', 1), passed('two', 1), suite, failed('three'), failed('parent', 'subtestsFailed'), summary),
    '/r',
    ['a.test.ts'],
    (line) => void lines.push(line),
  );
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.match(tally.failures[0]?.message ?? '', /because/);
  assert.equal(tally.failures[0]?.file, 'a.test.ts');
  assert.match(lines.join(), /a\.test\.ts.*2 passed, 1 failed/);
});

test('a skipped test counts neither way', async () => {
  const skipped: TestEvent = {
    type: 'test:pass',
    data: { name: 's', nesting: 0, file: '/r/a.test.ts', skip: 'later', details: { duration_ms: 0 } },
  };
  const tally = await tallyTests(events(skipped), '/r', [], () => {});
  assert.deepEqual([tally.passed, tally.failed], [0, 0]);
});

test('a file that ends before it has told all has failed', async () => {
  const tally = await tallyTests(events(passed('one'), summary, passed('two')), '/r', ['a.test.ts', 'b.test.ts'], () => {});
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.deepEqual(
    tally.failures.map(({ file }) => file),
    ['b.test.ts'],
  );
});

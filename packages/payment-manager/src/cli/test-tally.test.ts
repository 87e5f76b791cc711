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

test('a skipped test counts neither way, a skipped suite as one, each with its reason', async () => {
  const skipped = (name: string, skip: string | boolean, type?: string): TestEvent => ({
    type: 'test:pass',
    data: { name, nesting: 0, file: '/r/a.test.ts', skip, details: { duration_ms: 0, type } },
  });
  const all = events(skipped('s', 'later'), skipped('no HSM', 'none is installed', 'suite'), skipped('silent', true), passed('one'));
  const tally = await tallyTests(all, '/r', [], () => {});
  assert.deepEqual([tally.passed, tally.failed], [1, 0]);
  assert.deepEqual(tally.skipped, [
    { name: 's', file: 'a.test.ts', why: 'later' },
    { name: 'no HSM', file: 'a.test.ts', why: 'none is installed' },
    { name: 'silent', file: 'a.test.ts', why: 'no reason given' },
  ]);
});

test('each file that has ended says how many of how many that are', async () => {
  const lines: string[] = [];
  await tallyTests(events(passed('one'), summary), '/r', ['a.test.ts', 'b.test.ts'], (line) => void lines.push(line));
  assert.match(lines.join(), /1\/2 .*a\.test\.ts/);
});

test('a file that ends before it has told all has failed', async () => {
  const tally = await tallyTests(events(passed('one'), summary, passed('two')), '/r', ['a.test.ts', 'b.test.ts'], () => {});
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.deepEqual(
    tally.failures.map(({ file }) => file),
    ['b.test.ts'],
  );
});

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
const failed = (name: string, failureType = 'testCodeFailure'): TestEvent => ({
  type: 'test:fail',
  data: { name, nesting: 0, file: '/r/a.test.ts', details: { duration_ms: 5, failure: { type: failureType, message: 'because' } } },
});
const tallied = (all: AsyncIterable<TestEvent>, wanted: readonly string[], print: (line: string) => void = () => {}) =>
  tallyTests(all, { root: '/r', wanted, print, interrupted: () => false });
const suite: TestEvent = {
  type: 'test:pass',
  data: { name: 'suite', nesting: 0, file: '/r/a.test.ts', details: { duration_ms: 9, type: 'suite' } },
};
const summary: TestEvent = { type: 'test:summary', data: { file: '/r/a.test.ts' } };

test('tests are counted, suites are not, and a parent does not fail twice', async () => {
  const tally = await tallied(
    events(passed('one', 1), passed('two', 1), suite, failed('three'), failed('parent', 'subtestsFailed'), summary),
    ['a.test.ts'],
  );
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.match(tally.failures[0]?.message ?? '', /because/);
  assert.equal(tally.failures[0]?.file, 'a.test.ts');
});

test('an error that no test caught is told, and has failed', async () => {
  const uncaught: TestEvent = { type: 'test:diagnostic', data: { file: '/r/a.test.ts', message: 'Error: A resource ... "from a timer"' } };
  const chat: TestEvent = { type: 'test:diagnostic', data: { file: '/r/a.test.ts', message: 'took 5 ms' } };
  const tally = await tallied(events(passed('one'), chat, uncaught, summary), ['a.test.ts']);
  assert.deepEqual([tally.passed, tally.failed], [1, 1]);
  assert.match(tally.failures[0]?.message ?? '', /from a timer/);
});

test('a skipped test counts neither way, a skipped suite as one, each with its reason', async () => {
  const skipped = (name: string, skip: string | boolean, type?: string): TestEvent => ({
    type: 'test:pass',
    data: { name, nesting: 0, file: '/r/a.test.ts', skip, details: { duration_ms: 0, type } },
  });
  const all = events(skipped('s', 'later'), skipped('no HSM', 'none is installed', 'suite'), skipped('silent', true), passed('one'));
  const tally = await tallied(all, []);
  assert.deepEqual([tally.passed, tally.failed], [1, 0]);
  assert.deepEqual(tally.skipped, [
    { name: 's', file: 'a.test.ts', why: 'later' },
    { name: 'no HSM', file: 'a.test.ts', why: 'none is installed' },
    { name: 'silent', file: 'a.test.ts', why: 'no reason given' },
  ]);
});

test('each file says at once that it has ended, how many of how many that are, and what came of it', async () => {
  const lines: string[] = [];
  const complete = (name: string, passed: boolean, type?: string): TestEvent => ({
    type: 'test:complete',
    data: { name, nesting: 0, file: '/r/b.test.ts', details: { passed, duration_ms: 500, type } },
  });
  // Its tests are counted in the order of the files, after those of one that still runs.
  const told = [complete('one', true), complete('two', false), complete('suite', false, 'suite'), complete('b.test.ts', false)];
  await tallied(events(...told), ['a.test.ts', 'b.test.ts'], (line) => void lines.push(line));
  assert.deepEqual(lines.length, 1);
  assert.match(lines.join(), /1\/2 .*✖.* b\.test\.ts .*1 passed, 1 failed \(1\.5 s\)/);
});

test('a subtest whose end is told again with its parent counts once, another of the same name counts', async () => {
  const lines: string[] = [];
  const end = (name: string, nesting: number, duration_ms: number): TestEvent => ({
    type: 'test:complete',
    data: { name, nesting, file: '/r/b.test.ts', details: { passed: true, duration_ms } },
  });
  const told = [end('killed', 1, 5.25), end('killed', 1, 5.5), end('killed', 1, 5.25), end('parent', 0, 11), end('b.test.ts', 0, 12)];
  await tallied(events(...told), ['b.test.ts'], (line) => void lines.push(line));
  assert.match(lines.join(), /b\.test\.ts .*3 passed/);
});

test('a file whose tests another file defines says that it passed, without a number', async () => {
  const lines: string[] = [];
  const end: TestEvent = {
    type: 'test:complete',
    data: { name: 'b.test.ts', nesting: 0, file: '/r/b.test.ts', details: { passed: true } },
  };
  await tallied(events(end), ['b.test.ts'], (line) => void lines.push(line));
  assert.match(lines.join(), /b\.test\.ts .*passed/);
  assert.doesNotMatch(lines.join(), /0 passed/);
});

test('a file that ends before it has told all has failed', async () => {
  const tally = await tallied(events(passed('one'), summary, passed('two')), ['a.test.ts', 'b.test.ts']);
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.deepEqual(
    tally.failures.map(({ file }) => file),
    ['b.test.ts'],
  );
});

test('of a run that was interrupted what was seen counts, and the files that had not ended or not begun are named', async () => {
  const seen = (name: string, passed: boolean): TestEvent => ({
    type: 'test:complete',
    data: {
      name,
      nesting: 0,
      file: '/r/b.test.ts',
      details: { passed, duration_ms: 5, ...(passed ? {} : { failure: { type: 'testCodeFailure', message: 'because' } }) },
    },
  });
  const ofB = ({ type, data }: TestEvent): TestEvent => ({ type, data: { ...data, file: '/r/b.test.ts' } });
  // Of the file that is told as it goes each test is told twice.
  const all = events(passed('one'), summary, seen('two', true), ofB(passed('two')), seen('three', false));
  const wanted = ['a.test.ts', 'b.test.ts', 'c.test.ts'];
  const tally = await tallyTests(all, { root: '/r', wanted, print: () => {}, interrupted: () => true });
  assert.deepEqual([tally.passed, tally.failed, tally.files], [2, 1, 1]);
  assert.deepEqual(tally.failures, [{ name: 'three', file: 'b.test.ts', message: 'because' }]);
  assert.deepEqual([tally.unfinished, tally.notRun], [['b.test.ts'], ['c.test.ts']]);
});

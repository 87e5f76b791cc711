/** The test files that take longest, longest first. Measured; it decides only when a file is run, and none is left out. */
export const LONGEST: readonly string[] = [
  'tests/crash/crash.test.ts',
  'lab/simulator/src/simulate.test.ts',
  'tests/replicas/replicas.test.ts',
  'lab/bench/src/bench.test.ts',
  'tests/connection/rotation.test.ts',
  'tests/e2e/matrix.test.ts',
  'tests/attacks/costly-answers.test.ts',
  'tests/crash/unaskable-core.test.ts',
  'tests/crash/under-load.test.ts',
  'lab/simulator/src/explore/explore.test.ts',
  'tests/connection/killed.test.ts',
  'packages/connection-manager-client/src/two-years.test.ts',
  'lab/commands/src/test/test-interrupt.test.ts',
  'packages/journal/src/postgres-journal.test.ts',
  'lab/commands/src/walk/walk.test.ts',
  'lab/commands/src/start/sandbox-postgres.test.ts',
  'lab/commands/src/start/start-sandbox.test.ts',
  'tests/connection/before-the-scheme.test.ts',
  'tests/connection/onboard.test.ts',
  'lab/commands/src/pack/pack.test.ts',
  'packages/payment-manager/src/cli/run-workers.test.ts',
];

/** The same files with the longest first, so that in the end nobody waits for one that began last; the rest as given. */
export function longestFirst(files: readonly string[]): readonly string[] {
  const place = (file: string): number => (LONGEST.includes(file) ? LONGEST.indexOf(file) : LONGEST.length);
  return files.toSorted((a, b) => place(a) - place(b));
}

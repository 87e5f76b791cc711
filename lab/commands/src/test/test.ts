import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, EXIT_CODES, nodeOptions, stayAlive, style, type Terminal } from '@payment-manager/payment-manager';
import { roomsInFewFiles } from '@payment-manager/payment-manager/few-files';
import { systemClock } from '@payment-manager/runtime';
import { spawnGroup } from './process-group.ts';
import { inGroups } from './test-groups.ts';
import { exitCodeOf, type Interruption, watchInterruption } from './test-interrupt.ts';
import { startLoad } from './test-load.ts';
import { longestFirst } from './test-order.ts';
import { startTestFiles } from './test-process.ts';
import { type TestTally, tallyTests } from './test-tally.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const ALL_TESTS = ['{packages,lab}/*/src/**/*.test.ts', '{packages,lab}/*/test/**/*.test.ts', 'tests/**/*.test.ts'];
/**
 * One test that takes longer hangs: tests that wait say themselves when it is too long, by the machine's own speed. A file that leaves
 * something open does not end: `--test-force-exit` would end it before it has told all.
 * The rest is as the product runs: libraries from few files (0.05 to 0.3 s of CPU less for each of some 140 processes), one helper thread for the garbage collector.
 */
const fileArguments = ['--test-timeout=600000', `--import=${new URL('./untracked.ts', import.meta.url).href}`, ...nodeOptions];
/** So long nothing is told only when something hangs; then what still runs is ended and has failed. */
const SILENCE_MS = 720_000;
/**
 * Many files wait for time to pass: three at a time left an eighth of two cores idle that have nothing else to do. Where others have the machine, too, nothing is
 * idle, and one more would only make each slower.
 */
const AT_ONCE = { alone: 4, underLoad: 3 } as const;

/**
 * `./pm test`: types and lint side by side, then every test; the last line counts. With `--under-load` while others have the machine, too.
 * A signal ends what was started, and what came of it so far is told.
 */
export const test: Command = async (patterns, options, terminal) => {
  const start = systemClock.monotonic();
  const load = options['underLoad'] === true ? startLoad(terminal.out) : undefined;
  const interruption = watchInterruption();
  try {
    const atOnce = load === undefined ? AT_ONCE.alone : AT_ONCE.underLoad;
    return await stayAlive(() => checkAndTest(patterns, terminal, start, interruption, atOnce));
  } finally {
    load?.stop();
    interruption.end();
  }
};

async function checkAndTest(
  patterns: readonly string[],
  terminal: Terminal,
  start: number,
  interruption: Interruption,
  atOnce: number,
): Promise<number> {
  const checks =
    patterns.length > 0
      ? []
      : await Promise.all([
          check('types', ['tsc', '--noEmit'], interruption),
          check('types of the portal', ['tsc', '--noEmit', '-p', 'packages/portal'], interruption),
          check('lint', ['biome', 'check', '--error-on-warnings', '.'], interruption),
        ]);
  const done = checks.filter(({ ended }) => ended);
  for (const { name, ok, output, ms } of done) {
    terminal.out(`${ok ? style.good('✔') : style.bad('✖')} ${name} ${style.dim(`(${(ms / 1000).toFixed(1)} s)`)}`);
    if (!ok) terminal.out(output);
  }
  // processes of the product are tested as they are installed
  await roomsInFewFiles();
  const tally = await testFiles(patterns.length > 0 ? patterns : ALL_TESTS, terminal, interruption, atOnce);
  for (const failure of tally.failures)
    terminal.out(`\n${style.bad('✖')} ${style.bold(failure.name)}\n  ${style.dim(failure.file)}\n${failure.message}`);
  tellSkipped(tally, terminal);
  const failedChecks = done.filter((one) => !one.ok).length;
  const seconds = ((systemClock.monotonic() - start) / 1000).toFixed(1);
  const { signal } = interruption;
  if (signal !== undefined) tellInterrupted(tally, checks, signal, terminal);
  else if (tally.passed + tally.failed === 0) terminal.out(style.bad('No test was run. Does the pattern match a file?'));
  terminal.out(`\n${seconds} s, ${tally.files} test files, ${done.length} checks`);
  terminal.out(
    `${tally.passed + done.length - failedChecks} passed, ${tally.failed + failedChecks} failed${tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : ''}${signal === undefined ? '' : ', interrupted'}`,
  );
  if (signal !== undefined) return exitCodeOf(signal);
  return tally.failed + failedChecks === 0 && tally.passed > 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** What was not run, and why: by reason, with the files. */
function tellSkipped({ skipped }: TestTally, terminal: Terminal): void {
  if (skipped.length > 0) terminal.out(`\n${style.bold('Skipped')}`);
  for (const why of new Set(skipped.map((one) => one.why))) {
    const those = skipped.filter((one) => one.why === why);
    terminal.out(`  ${why}: ${those.length}, in ${[...new Set(those.map(({ file }) => file))].join(', ')}`);
  }
}

/** What nobody knows, since somebody ended it. */
function tellInterrupted(tally: TestTally, checks: readonly CheckResult[], signal: NodeJS.Signals, terminal: Terminal): void {
  const unfinished = [...checks.filter(({ ended }) => !ended).map(({ name }) => name), ...tally.unfinished];
  terminal.out(`\n${style.bold(`Interrupted by ${signal}`)}`);
  if (unfinished.length > 0) terminal.out(`  not finished: ${unfinished.join(', ')}`);
  if (tally.notRun.length > 0) terminal.out(`  not run: ${tally.notRun.length} files\n    ${tally.notRun.join('\n    ')}`);
}

interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** False: it was interrupted. */
  readonly ended: boolean;
  readonly output: string;
  readonly ms: number;
}

function check(name: string, [tool, ...args]: readonly [string, ...string[]], interruption: Interruption): Promise<CheckResult> {
  const start = systemClock.monotonic();
  return new Promise((resolve) => {
    const group = spawnGroup(`${root}node_modules/.bin/${tool}`, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = (ok: boolean): void =>
      resolve({ name, ok, ended: interruption.signal === undefined, output, ms: systemClock.monotonic() - start });
    group.child.stdout?.on('data', (chunk) => (output += chunk));
    group.child.stderr?.on('data', (chunk) => (output += chunk));
    group.child.on('error', (error) => {
      output = error.message;
      end(false);
    });
    group.child.on('close', (code) => end(code === 0));
    interruption.onSignal(() => void group.stop(), group.kill);
  });
}

/** A folder means the tests in it. */
function testsBelow(pattern: string): string {
  return statSync(join(root, pattern), { throwIfNoEntry: false })?.isDirectory() ? join(pattern, '**/*.test.ts') : pattern;
}

/** Longest first, `atOnce` processes at a time; each of the long ones in a process of its own, small ones of a room together. */
async function testFiles(patterns: readonly string[], terminal: Terminal, interruption: Interruption, atOnce: number): Promise<TestTally> {
  const files = longestFirst(globSync(patterns.map(testsBelow), { cwd: root, exclude: ['**/node_modules/**'] }).sort());
  const nothing = { passed: 0, failed: 0, files: 0, failures: [], skipped: [], unfinished: [] };
  if (files.length === 0 || interruption.signal !== undefined) return { ...nothing, notRun: files };
  const groups = inGroups(files, (file) => readFileSync(`${root}${file}`, 'utf8'));
  const running = startTestFiles({ root, groups, concurrency: atOnce, execArgv: fileArguments }, SILENCE_MS);
  interruption.onSignal(() => {
    terminal.err(`${interruption.signal}: what was started is ended ...`);
    void running.stop();
  }, running.kill);
  const print = terminal.out;
  const tally = await tallyTests(running.events, { root, wanted: files, print, interrupted: () => interruption.signal !== undefined });
  await running.stop();
  return tally;
}

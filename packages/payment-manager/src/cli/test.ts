import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { run as runTests } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import type { Command } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { style, type Terminal } from './terminal.ts';
import { startLoad } from './test-load.ts';
import { longestFirst } from './test-order.ts';
import { type TestEvent, type TestTally, tallyTests } from './test-tally.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const allTests = ['{packages,lab}/*/src/**/*.test.ts', '{packages,lab}/*/test/**/*.test.ts', 'tests/**/*.test.ts'];
/**
 * One test that takes longer hangs: tests that wait say themselves when it is too long, by the machine's own speed. A file that leaves
 * something open does not end: `--test-force-exit` would end it before it has told all.
 */
const fileArguments = ['--test-timeout=600000'];
/** So long nothing is told only when something hangs; then what still runs is ended and has failed. */
const silenceMs = 720_000;

/** `./pm test`: types and lint side by side, then every test; the last line counts. With `--under-load` while others have the machine, too. */
export const test: Command = async (patterns, options, terminal) => {
  const start = systemClock.monotonic();
  const load = options['underLoad'] === true ? startLoad(terminal.out) : undefined;
  try {
    return await checkAndTest(patterns, terminal, start);
  } finally {
    load?.stop();
  }
};

async function checkAndTest(patterns: readonly string[], terminal: Terminal, start: number): Promise<number> {
  const checks =
    patterns.length > 0
      ? []
      : await Promise.all([check('types', ['tsc', '--noEmit']), check('lint', ['biome', 'check', '--error-on-warnings', '.'])]);
  for (const { name, ok, output, ms } of checks) {
    terminal.out(`${ok ? style.good('✔') : style.bad('✖')} ${name} ${style.dim(`(${(ms / 1000).toFixed(1)} s)`)}`);
    if (!ok) terminal.out(output);
  }
  const tally = await testFiles(patterns.length > 0 ? patterns : allTests, terminal);
  for (const failure of tally.failures)
    terminal.out(`\n${style.bad('✖')} ${style.bold(failure.name)}\n  ${style.dim(failure.file)}\n${failure.message}`);
  tellSkipped(tally, terminal);
  const failedChecks = checks.filter((one) => !one.ok).length;
  if (tally.passed + tally.failed === 0) terminal.out(style.bad('No test was run: does the pattern match a file?'));
  terminal.out(`\n${((systemClock.monotonic() - start) / 1000).toFixed(1)} s, ${tally.files} test files, ${checks.length} checks`);
  terminal.out(
    `${tally.passed + checks.length - failedChecks} passed, ${tally.failed + failedChecks} failed${tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : ''}`,
  );
  return tally.failed + failedChecks === 0 && tally.passed > 0 ? exitCodes.ok : exitCodes.failed;
}

/** What was not run, and why: by reason, with the files. */
function tellSkipped({ skipped }: TestTally, terminal: Terminal): void {
  if (skipped.length > 0) terminal.out(`\n${style.bold('Skipped')}`);
  for (const why of new Set(skipped.map((one) => one.why))) {
    const those = skipped.filter((one) => one.why === why);
    terminal.out(`  ${why}: ${those.length}, in ${[...new Set(those.map(({ file }) => file))].join(', ')}`);
  }
}

interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly ms: number;
}

function check(name: string, [tool, ...args]: readonly [string, ...string[]]): Promise<CheckResult> {
  const start = systemClock.monotonic();
  return new Promise((resolve) => {
    const child = spawn(`${root}node_modules/.bin/${tool}`, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: error.message, ms: systemClock.monotonic() - start }));
    child.on('close', (code) => resolve({ name, ok: code === 0, output, ms: systemClock.monotonic() - start }));
  });
}

/** Each file in a process of its own, longest first and three at a time: many of them wait for time to pass. */
async function testFiles(patterns: readonly string[], terminal: Terminal): Promise<TestTally> {
  for (const name of Object.keys(process.env)) if (name.startsWith('PM_')) delete process.env[name];
  const files = longestFirst(globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**'] }).sort());
  if (files.length === 0) return { passed: 0, failed: 0, files: 0, failures: [], skipped: [] };
  const silent = new AbortController();
  const stream = runTests({ cwd: root, files, concurrency: 3, execArgv: fileArguments, signal: silent.signal });
  return tallyTests(
    whileTold(stream, () => silent.abort()),
    root,
    files,
    (line) => terminal.out(line),
  );
}

/** The same events; `onSilence` is called when none comes for too long. */
async function* whileTold(events: AsyncIterable<TestEvent>, onSilence: () => void): AsyncGenerator<TestEvent> {
  let timer = systemTimers.after(silenceMs, onSilence);
  for await (const event of events) {
    timer.cancel();
    timer = systemTimers.after(silenceMs, onSilence);
    yield event;
  }
  timer.cancel();
}

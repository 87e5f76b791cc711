import { relative, resolve } from 'node:path';
import { inspect } from 'node:util';
import { style } from './terminal.ts';

/** What a run of the tests came to. */
export interface TestTally {
  passed: number;
  failed: number;
  files: number;
  readonly failures: { readonly name: string; readonly file: string; readonly message: string }[];
  /** A suite counts as one. */
  readonly skipped: { readonly name: string; readonly file: string; readonly why: string }[];
}

/** The events of node's test runner that are read here. */
export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string | undefined;
    readonly nesting?: number;
    readonly skip?: string | boolean | undefined;
    readonly todo?: string | boolean | undefined;
    readonly details?: {
      /** Of `test:complete`. */
      readonly passed?: boolean;
      readonly duration_ms?: number;
      readonly type?: string | undefined;
      readonly error?: Error & { cause?: unknown; failureType?: string };
    };
    readonly success?: boolean;
    readonly message?: string;
  };
}

interface FileTally {
  passed: number;
  failed: number;
  ms: number;
}

/**
 * Counts tests (not suites), prints one line per file when it ends, and keeps what failed for the end. Node tells the ends of tests twice: at
 * once, which is what the lines are made of, and in the order of the files, which is what counts. One of the files (relative to the
 * root) of which the end is not told has failed, whatever it told before: nobody knows what it would have told after.
 */
export async function tallyTests(
  events: AsyncIterable<TestEvent>,
  root: string,
  wanted: readonly string[],
  print: (line: string) => void,
): Promise<TestTally> {
  const tally: TestTally = { passed: 0, failed: 0, files: 0, failures: [], skipped: [] };
  const files = new Map<string, FileTally>();
  const untold = new Set(wanted);
  let ended = 0;
  const ofFile = (file: string): FileTally => {
    const known = files.get(file) ?? { passed: 0, failed: 0, ms: 0 };
    files.set(file, known);
    return known;
  };
  for await (const { type, data } of events) {
    const file = data.file === undefined ? 'the runner' : relative(root, data.file);
    if (type === 'test:complete' && data.file !== undefined) {
      if (resolve(root, data.name ?? '') === data.file) print(`${progress(++ended, wanted.length)}${fileLine(file, ofFile(file), data)}`);
      else countForLine(ofFile(file), data);
    }
    if (type === 'test:pass' || type === 'test:fail') count(tally, type === 'test:pass', file, data);
    if (type === 'test:summary' && data.file !== undefined) {
      tally.files += 1;
      untold.delete(file);
    }
  }
  for (const file of untold) {
    tally.failed += 1;
    tally.failures.push({ name: 'the end of this file was not told', file, message: 'Run it alone: ./pm test FILE' });
  }
  return tally;
}

function countForLine(file: FileTally, { nesting, skip, details }: TestEvent['data']): void {
  if (nesting === 0) file.ms += details?.duration_ms ?? 0;
  if (details?.type === 'suite' || details?.error?.failureType === 'subtestsFailed' || (skip !== undefined && skip !== false)) return;
  if (details?.passed === true) file.passed += 1;
  else file.failed += 1;
}

function count(tally: TestTally, passed: boolean, name: string, data: TestEvent['data']): void {
  const error = data.details?.error;
  if (data.skip !== undefined && data.skip !== false) {
    tally.skipped.push({
      name: data.name ?? '',
      file: name,
      why: typeof data.skip === 'string' && data.skip !== '' ? data.skip : 'no reason given',
    });
    return;
  }
  // A suite or a test with subtests fails because of one below it, which is counted already.
  if (data.details?.type === 'suite' || error?.failureType === 'subtestsFailed') return;
  if (passed) {
    tally.passed += 1;
    return;
  }
  tally.failed += 1;
  tally.failures.push({
    name: data.name ?? '',
    file: name,
    message: error === undefined ? '' : inspect(error.cause ?? error, { colors: false, depth: 4 }),
  });
}

/** How many files have ended, of how many. */
function progress(ended: number, all: number): string {
  return style.dim(`${String(ended).padStart(String(all).length)}/${all} `);
}

function fileLine(file: string, { passed, failed, ms }: FileTally, { details }: TestEvent['data']): string {
  const mark = failed === 0 && details?.passed !== false ? style.good('✔') : style.bad('✖');
  const counts = failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`;
  return `${mark} ${file} ${style.dim(`${counts} (${(ms / 1000).toFixed(1)} s)`)}`;
}

import { relative, resolve } from 'node:path';
import { style } from '@payment-manager/payment-manager';

/** What a run of the tests came to. */
export interface TestTally {
  readonly passed: number;
  readonly failed: number;
  /** Files that ended. */
  readonly files: number;
  readonly failures: readonly TestFailure[];
  /** A suite counts as one. */
  readonly skipped: readonly { readonly name: string; readonly file: string; readonly why: string }[];
  /** Of a run that was interrupted: files that had begun, and files that had not. */
  readonly unfinished: readonly string[];
  readonly notRun: readonly string[];
}

export interface TestFailure {
  readonly name: string;
  readonly file: string;
  readonly message: string;
}

/** What is read here of an event of Node's test runner. */
export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string | undefined;
    readonly file?: string | undefined;
    readonly nesting?: number | undefined;
    readonly skip?: string | boolean | undefined;
    /** Of `test:diagnostic`. */
    readonly message?: string | undefined;
    readonly details?: {
      /** Of `test:complete`. */
      readonly passed?: boolean | undefined;
      readonly duration_ms?: number | undefined;
      readonly type?: string | undefined;
      /** `type` is Node's `failureType`. */
      readonly failure?: { readonly type?: string | undefined; readonly message: string } | undefined;
    };
  };
}

/** What came of tests of one file. */
interface Counts {
  passed: number;
  readonly failures: TestFailure[];
  readonly skipped: TestTally['skipped'][number][];
}

interface FileTally {
  /** As it happens, and as it is told in the order of the files. */
  readonly seen: Counts;
  readonly told: Counts;
  /** Errors that nobody caught: they fail the file, and the runner does not know in which test they were thrown. */
  readonly uncaught: string[];
  /** All of it was told. */
  whole: boolean;
  ms: number;
  /** The ends that were seen: Node may tell that of a subtest again when its parent ends, with the same time to the nanosecond. */
  readonly ends: Set<string>;
}

export interface TallyOptions {
  readonly root: string;
  /** Relative to the root, or absolute. */
  readonly wanted: readonly string[];
  readonly print: (line: string) => void;
  /** Asked when the events have ended: whether somebody ended them. */
  readonly interrupted: () => boolean;
}

const counts = (): Counts => ({ passed: 0, failures: [], skipped: [] });

/**
 * Counts tests (not suites), prints one line per file when it ends, and keeps what failed for the end. Node tells the ends of tests twice: at
 * once, which is what the lines are made of, and in the order of the files, which is what counts. One of the files of which the end is not
 * told has failed, whatever it told before: nobody knows what it would have told after. When the run was interrupted, what was seen so far counts.
 */
export async function tallyTests(events: AsyncIterable<TestEvent>, options: TallyOptions): Promise<TestTally> {
  const { root, wanted, print, interrupted } = options;
  const files = new Map<string, FileTally>();
  let ended = 0;
  const ofFile = (file: string): FileTally => {
    const known = files.get(file) ?? { seen: counts(), told: counts(), uncaught: [], whole: false, ms: 0, ends: new Set<string>() };
    files.set(file, known);
    return known;
  };
  for await (const { type, data } of events) {
    const file = data.file === undefined ? 'the runner' : relative(root, data.file);
    if (type === 'test:complete' && data.file !== undefined) {
      if (resolve(root, data.name ?? '') === data.file) print(`${progress(++ended, wanted.length)}${fileLine(file, ofFile(file), data)}`);
      else seeEnd(ofFile(file), file, data);
    } else if (type === 'test:pass' || type === 'test:fail') count(ofFile(file).told, type === 'test:pass', file, data);
    else if (type === 'test:diagnostic' && data.message?.startsWith('Error: ') === true) ofFile(file).uncaught.push(data.message);
    else if (type === 'test:summary' && data.file !== undefined) ofFile(file).whole = true;
    else if (type === 'test:start' && data.file !== undefined) ofFile(file);
  }
  const names = wanted.map((file) => relative(root, resolve(root, file)));
  return summed(files, names, interrupted());
}

function seeEnd(tally: FileTally, file: string, data: TestEvent['data']): void {
  const end = `${data.nesting} ${data.details?.duration_ms} ${data.name}`;
  if (tally.ends.has(end)) return;
  tally.ends.add(end);
  if (data.nesting === 0) tally.ms += data.details?.duration_ms ?? 0;
  count(tally.seen, data.details?.passed === true, file, data);
}

function summed(files: ReadonlyMap<string, FileTally>, wanted: readonly string[], interrupted: boolean): TestTally {
  const untold = wanted.filter((file) => files.get(file)?.whole !== true);
  const lost = interrupted ? [] : untold;
  const all = [...files].map(([file, { seen, told }]) => (interrupted && untold.includes(file) ? seen : told));
  const failures = [
    ...all.flatMap((one) => one.failures),
    ...[...files].flatMap(([file, { uncaught }]) => uncaught.map((message) => ({ name: 'an error that no test caught', file, message }))),
    ...lost.map((file) => ({ name: 'the end of this file was not told', file, message: 'Run it alone: ./pm test FILE' })),
  ];
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: failures.length,
    files: [...files.values()].filter(({ whole }) => whole).length,
    failures,
    skipped: all.flatMap(({ skipped }) => skipped),
    unfinished: interrupted ? untold.filter((file) => files.has(file)) : [],
    notRun: interrupted ? untold.filter((file) => !files.has(file)) : [],
  };
}

function count(into: Counts, passed: boolean, file: string, { name = '', skip, details }: TestEvent['data']): void {
  if (skip !== undefined && skip !== false) {
    into.skipped.push({ name, file, why: typeof skip === 'string' && skip !== '' ? skip : 'no reason given' });
    return;
  }
  // A suite or a test with subtests fails because of one below it, which is counted already.
  if (details?.type === 'suite' || details?.failure?.type === 'subtestsFailed') return;
  if (passed) into.passed += 1;
  else into.failures.push({ name, file, message: details?.failure?.message ?? '' });
}

/** How many files have ended, of how many. */
function progress(ended: number, all: number): string {
  return style.dim(`${String(ended).padStart(String(all).length)}/${all} `);
}

function fileLine(file: string, { seen: { passed, failures }, ms }: FileTally, { details }: TestEvent['data']): string {
  const failed = failures.length;
  const mark = failed === 0 && details?.passed !== false ? style.good('✔') : style.bad('✖');
  // Tests that several files share are those of the file that defines them, and nobody knows here who ran them.
  const seen = passed === 0 ? 'passed' : `${passed} passed`;
  const told = failed === 0 ? seen : `${passed} passed, ${failed} failed`;
  return `${mark} ${file} ${style.dim(`${told} (${(ms / 1000).toFixed(1)} s)`)}`;
}

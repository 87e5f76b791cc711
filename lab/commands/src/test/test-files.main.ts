/**
 * Runs test files in processes of their own, and tells every event to who started it (`test-process.ts`). It leads a process group; when who
 * started it is gone, it ends the group, itself among it.
 */
import { run } from 'node:test';
import { inspect } from 'node:util';
import { asOfFiles } from './group-events.ts';
import { killGroup } from './process-group.ts';
import type { FilesToRun } from './test-process.ts';
import type { TestEvent } from './test-tally.ts';

/** An event of Node's test runner. */
interface RunnerEvent {
  readonly type: string;
  readonly data: Omit<TestEvent['data'], 'details'> & {
    readonly details?: {
      readonly passed?: boolean;
      readonly duration_ms?: number;
      readonly type?: string | undefined;
      readonly error?: Error & { readonly cause?: unknown; readonly failureType?: string };
    };
  };
}

/** All that is read of an event, as plain data. */
function plain({ type, data }: RunnerEvent): TestEvent {
  const { name, file, nesting, skip, message, details } = data;
  const { error, passed, duration_ms, type: kind } = details ?? {};
  const failure = error && { type: error.failureType, message: inspect(error.cause ?? error, { colors: false, depth: 4 }) };
  return { type, data: { name, file, nesting, skip, message, ...(details && { details: { passed, duration_ms, type: kind, failure } }) } };
}

const TOLD: ReadonlySet<string> = new Set(['test:start', 'test:complete', 'test:pass', 'test:fail', 'test:diagnostic', 'test:summary']);
const tell = (event: TestEvent): Promise<void> => new Promise((resolve) => process.send?.(event, undefined, undefined, () => resolve()));

let ended = false;
process.on('disconnect', () => {
  if (!ended) killGroup(process.pid);
});
process.once('message', async ({ root, files, groups, inGroups, concurrency, execArgv }: FilesToRun) => {
  const [modules, shared] = [new Set(groups), new Set(inGroups)];
  const stream = run({ cwd: root, files: [...files], concurrency, execArgv: [...execArgv] });
  for await (const event of stream as AsyncIterable<RunnerEvent>) {
    if (TOLD.has(event.type)) for (const told of asOfFiles(plain(event), modules, shared)) await tell(told);
  }
  ended = true;
  process.exit(0);
});

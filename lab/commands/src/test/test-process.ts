import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemTimers } from '@payment-manager/runtime';
import { spawnGroup } from './process-group.ts';
import type { TestGroup } from './test-groups.ts';
import type { TestEvent } from './test-tally.ts';
import { writeTogether } from './together.ts';

/** What `test-files.main.ts` is told. */
export interface FilesToRun {
  readonly root: string;
  /** What processes run: test files (relative to the root), and modules that run several. */
  readonly files: readonly string[];
  /** The modules among them that run several, and the files that these run; absolute. */
  readonly groups: readonly string[];
  readonly inGroups: readonly string[];
  /** How many at a time. */
  readonly concurrency: number;
  /** For each file's Node. */
  readonly execArgv: readonly string[];
}

/** What is to be run: one process for each group. */
export interface TestsToRun extends Omit<FilesToRun, 'files' | 'groups' | 'inGroups'> {
  readonly groups: readonly TestGroup[];
}

/** Test files that run, in a process group of their own. */
export interface RunningTests {
  /** Ends with the last event; at once, when it is stopped. */
  readonly events: AsyncIterable<TestEvent>;
  /** Ends all processes that were started, and removes their temporary files. The events end before the first is told to end. */
  stop(): Promise<void>;
  /** The same at once, for who is told twice. */
  kill(): void;
}

/** Ours are not for tests, save for those that are about tests: `PM_TEST_LONG`. */
const isInherited = (name: string): boolean => name.startsWith('PM_TEST_') || !(name.startsWith('PM_') || name === 'NODE_TEST_CONTEXT');

/**
 * Starts them. They see no variable of ours (`PM_`) save for `PM_TEST_…`, and `TMPDIR` is a folder that goes with them. `silenceMs` without an event means that
 * something hangs: then they are ended.
 */
export function startTestFiles({ groups, ...order }: TestsToRun, silenceMs: number): RunningTests {
  const temporary = mkdtempSync(join(tmpdir(), 'pm-test-'));
  // A PostgreSQL of another user must come through.
  chmodSync(temporary, 0o711);
  const inherited = Object.entries(process.env).filter(([name]) => isInherited(name));
  // A program of this installation loads its rooms as they are written; one from elsewhere would not.
  mkdirSync(join(order.root, '.pm'), { recursive: true });
  const modules = mkdtempSync(join(order.root, '.pm', 'together-'));
  const remove = (): void => {
    for (const folder of [temporary, modules]) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const group = spawnGroup(process.execPath, [fileURLToPath(new URL('./test-files.main.ts', import.meta.url))], {
    cwd: order.root,
    env: { ...Object.fromEntries(inherited), TMPDIR: temporary },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { child } = group;
  const queue: TestEvent[] = [];
  let over = false;
  let more = Promise.withResolvers<void>();
  const end = (): void => {
    over = true;
    more.resolve();
  };
  const kill = (): void => {
    group.kill();
    remove();
  };
  process.once('exit', kill);
  child.on('message', (event: TestEvent) => {
    // What is ended fails; that says nothing.
    if (over) return;
    queue.push(event);
    more.resolve();
  });
  child.on('error', end);
  child.on('close', end);
  child.send({ ...order, ...asFiles(order.root, groups, modules) } satisfies FilesToRun);

  const stop = async (): Promise<void> => {
    end();
    await group.stop();
    remove();
    process.removeListener('exit', kill);
  };
  const events = async function* (): AsyncGenerator<TestEvent> {
    const silent = (): void => void stop();
    for (;;) {
      const timer = systemTimers.after(silenceMs, silent);
      if (queue.length === 0 && !over) await more.promise;
      timer.cancel();
      more = Promise.withResolvers<void>();
      yield* queue.splice(0);
      if (over && queue.length === 0) return;
    }
  };
  return { events: events(), stop, kill };
}

/** Several files are run by a module that is written for them. In the order of the groups. */
function asFiles(root: string, groups: readonly TestGroup[], folder: string): Pick<FilesToRun, 'files' | 'groups' | 'inGroups'> {
  const shared = groups.filter(({ length }) => length > 1);
  const modules = new Map(
    shared.map((files, place) => [
      files,
      writeTogether(
        folder,
        place,
        files.map((file) => join(root, file)),
      ),
    ]),
  );
  const files = groups.flatMap((group) => modules.get(group) ?? group);
  return { files, groups: [...modules.values()], inGroups: shared.flat().map((file) => join(root, file)) };
}

import { readdir, readFile } from 'node:fs/promises';

/** CPU of a process by what its threads are for, milliseconds since its start. */
export interface ThreadCpu {
  readonly main: number;
  /** The database's. */
  readonly database: number;
  /** Signatures, compression, files. */
  readonly pool: number;
  /** The portal's: its read model is fed, its questions are answered, its accounts and history are kept. */
  readonly portal: number;
  /** Garbage collection and compilation beside the main thread, and what else there is. */
  readonly rest: number;
}

const NONE: ThreadCpu = byThread(() => 0);

/** A figure for each purpose. */
export function byThread(of: (name: keyof ThreadCpu) => number): ThreadCpu {
  return { main: of('main'), database: of('database'), pool: of('pool'), portal: of('portal'), rest: of('rest') };
}

/**
 * CPU of the processes whose arguments hold each of these texts, all together, by thread. Undefined where the system does not tell it: it is
 * Linux's `/proc/PID/task/TID/schedstat`.
 */
export async function threadCpu(...argumentsOf: readonly string[]): Promise<ThreadCpu | undefined> {
  const pids = await pidsOf(argumentsOf);
  if (pids.length === 0) return undefined;
  let sum = NONE;
  for (const pid of pids) sum = added(sum, await ofProcess(pid));
  return sum;
}

/** What was taken between two readings, for each of so many payments. */
export function perPayment(from: ThreadCpu, to: ThreadCpu, payments: number): ThreadCpu {
  return byThread((name) => (to[name] - from[name]) / payments);
}

async function pidsOf(argumentsOf: readonly string[]): Promise<readonly string[]> {
  const all = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    all.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      return argumentsOf.every((one) => text.includes(one)) ? pid : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

async function ofProcess(pid: string): Promise<ThreadCpu> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const threads = await Promise.all(
    tasks.map(async (task): Promise<ThreadCpu> => {
      const read = (file: string): Promise<string> => readFile(`/proc/${pid}/task/${task}/${file}`, 'latin1').catch(() => '');
      const [name, ran] = await Promise.all([read('comm'), read('schedstat')]);
      return { ...NONE, [task === pid ? 'main' : purposeOf(name.trim())]: Number(ran.split(' ')[0] ?? 0) / 1e6 };
    }),
  );
  return threads.reduce(added, NONE);
}

/** As Node names its threads; a worker bears the name that `new Worker` was given, or that of its program. */
function purposeOf(name: string): keyof ThreadCpu {
  if (name.startsWith('libuv')) return 'pool';
  if (['read model', 'questions', 'sqlite, shared'].includes(name)) return 'portal';
  if (name.includes('sqlite') || name.includes('WorkerThread')) return 'database';
  return 'rest';
}

function added(a: ThreadCpu, b: ThreadCpu): ThreadCpu {
  return byThread((name) => a[name] + b[name]);
}

import { type Clock, systemClock, systemTimers, type Timers, type World } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { groupCommit } from './group-commit.ts';
import { messageOf } from './sqlite-errors.ts';
import { openInThread } from './sqlite-thread.ts';
import type { OpOf, ReadsOf, ResultOf, StoreScript } from './store-script.ts';
import type { FromWorker } from './worker-protocol.ts';

export interface OpenSqliteOptions extends Pick<World, 'log'> {
  /** Path of the database file; it and its folder are made when they are not there. */
  readonly file: string;
  /** The module with the schema and the operations, see `StoreScript`. */
  readonly script: URL;
  /**
   * In the one thread that shared databases have, which saves some 12 MB each; what is asked of one may wait for another. For what no payment
   * waits for. Default: a thread of its own.
   */
  readonly shared?: boolean;
  /**
   * Called once when the disk failed or the thread died: what is stored is not known any more, so the process must exit
   * at once and start anew (docs/money-rules.md, 8). Default: it exits with code 74.
   */
  readonly onFatal?: (error: DatabaseUnavailable) => void;
  /** Operations in one transaction. Default 1,000. */
  readonly maxBatchOps?: number;
  /** Operations and questions that wait; above it they are refused with DATABASE_OVERLOADED. Default 20,000. */
  readonly maxWaiting?: number;
  /** Bytes (as told by the callers of `write`) that wait. Default 256 MiB. */
  readonly maxWaitingBytes?: number;
  /**
   * When many writes come at once, commits begin at least this many milliseconds apart, so that more writes share one.
   * Default 3; 0 commits at once always.
   */
  readonly gatherMs?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

/** A database with its own thread. Everything that arrives while a commit runs shares the next one. */
export interface WorkerStore<S extends StoreScript> {
  /**
   * Resolves with the operation's result once it is durable (fsync done). `bytes` is about what it holds, for the
   * bound on what waits. Rejects with DatabaseUnavailable: then nothing of it is stored, save for `DATABASE_FAILED`,
   * where nobody knows.
   */
  write(op: OpOf<S>, bytes?: number): Promise<ResultOf<S>>;
  /** Asks a question; it sees every write that was acknowledged before. Rejects with DatabaseUnavailable. */
  read<N extends keyof ReadsOf<S> & string>(name: N, args: Parameters<ReadsOf<S>[N]>[0]): Promise<ReturnType<ReadsOf<S>[N]>>;
  /** What waits or is at work now, for metrics. */
  readonly waiting: number;
  /** Finishes what was asked, writes the log back into the database file and lets go of it. */
  close(): Promise<void>;
}

/** EX_IOERR of sysexits.h. */
const DISK_FAILED_EXIT_CODE = 74;

/**
 * Opens a database in a thread of its own. Rejects with DatabaseUnavailable when it cannot be opened or is not durable.
 *
 * @example
 * const store = await openSqlite<typeof import('./ledger-script.ts')>({
 *   file: '/var/lib/pm/ledger.db', script: new URL('./ledger-script.ts', import.meta.url), log,
 * });
 * await store.write(['credit', account, '25.00']);
 */
export async function openSqlite<S extends StoreScript>(options: OpenSqliteOptions): Promise<WorkerStore<S>> {
  const line = await openInThread(options.file, options.script, options.shared ?? false);

  let fatal = false;
  const group = groupCommit({
    send: (batch) => line.port.postMessage(batch),
    maxBatchOps: options.maxBatchOps ?? 1_000,
    maxWaiting: options.maxWaiting ?? 20_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 256 * 1_024 * 1_024,
    gatherMs: options.gatherMs ?? 3,
    clock: options.clock ?? systemClock,
    timers: options.timers ?? systemTimers,
    onFatal(error) {
      if (fatal) return;
      fatal = true;
      options.log.error('the database failed; the process must exit', { file: options.file, code: error.code, reason: error.message });
      if (options.onFatal) options.onFatal(error);
      else process.exit(DISK_FAILED_EXIT_CODE);
    },
  });
  line.port.on('message', (message: FromWorker) => group.receive(message));
  line.onDeath(
    (error) => group.fail(new DatabaseUnavailable('DATABASE_FAILED', `The database thread died: ${messageOf(error)}.`, { cause: error })),
    () => group.ended(),
  );

  return {
    write: (op, bytes) => group.write(op, bytes) as Promise<ResultOf<S>>,
    read: ((name: string, args: unknown) => group.ask([name, args])) as WorkerStore<S>['read'],
    get waiting() {
      return group.waiting;
    },
    async close() {
      await group.close();
      await line.close();
    },
  };
}

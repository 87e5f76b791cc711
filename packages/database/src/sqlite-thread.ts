import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { messageOf } from './sqlite-errors.ts';
import type { FromWorker, ToThread } from './worker-protocol.ts';

/** The heap of the thread is small: rows pass through it. Above the bound it dies, which is fatal as any other death. */
const WORKER_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

/** A database's line to its thread. */
export interface SqliteLine {
  readonly port: MessagePort;
  /** What is told when the thread dies of an error, and when it is gone for whatever reason. */
  onDeath(died: (error: unknown) => void, gone: () => void): void;
  /** Resolves when the database is closed, or the thread is gone. */
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  /** Resolves when it is gone, however that came. */
  readonly ended: Promise<void>;
  /** Databases that are open in it, or being opened. */
  users: number;
}

/** The thread that databases share which no payment waits for, while there is one. A thread costs some 12 MB, whatever it does. */
let shared: Thread | undefined;

/**
 * Opens a database file in a thread: one of its own, or the shared one. Rejects with DatabaseUnavailable when it cannot be opened.
 *
 * @param isShared what is asked of one of the shared thread's databases may wait for a commit or a question of another
 */
export async function openInThread(file: string, script: URL, isShared: boolean): Promise<SqliteLine> {
  const thread = isShared ? enteredShared() : begun('sqlite');
  thread.users++;
  const { worker, ended } = thread;
  const { port1: port, port2 } = new MessageChannel();
  const closed = new Promise<void>((resolve) => port.once('close', () => resolve()));
  const leave = async (): Promise<void> => {
    const last = left(thread);
    await Promise.race([closed, ended]);
    if (last) await ended;
    port.close();
  };
  worker.postMessage({ file, script: script.href, port: port2 } satisfies ToThread, [port2]);
  try {
    await opened(worker, port, file);
  } catch (error) {
    await leave();
    throw error;
  }
  let deaf = (): void => {};
  return {
    port,
    onDeath(died, gone) {
      worker.on('error', died);
      worker.on('exit', gone);
      // a database that was closed is not touched by the death of a thread that others still use
      deaf = () => {
        worker.off('error', died);
        worker.off('exit', gone);
      };
    },
    async close() {
      deaf();
      port.postMessage('close');
      await leave();
    },
  };
}

function begun(name: string): Thread {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { resourceLimits: WORKER_LIMITS, name });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return { worker, ended, users: 0 };
}

function enteredShared(): Thread {
  if (shared !== undefined) return shared;
  const thread = begun('sqlite, shared');
  shared = thread;
  // whoever comes after its death begins another
  const gone = (): void => forget(thread);
  thread.worker.once('error', gone);
  thread.worker.once('exit', gone);
  return thread;
}

function forget(thread: Thread): void {
  if (shared === thread) shared = undefined;
}

/** Whether it was the last: then nothing more is opened in it, and it ends. */
function left(thread: Thread): boolean {
  thread.users--;
  if (thread.users > 0) return false;
  forget(thread);
  thread.worker.postMessage('last' satisfies ToThread);
  return true;
}

function opened(worker: Worker, port: MessagePort, file: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const died = (error: unknown): void =>
    reject(
      new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${file} cannot be opened: ${messageOf(error)}.`, { cause: error }),
    );
  const gone = (): void =>
    reject(new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${file} cannot be opened: its thread ended.`));
  const told = (message: FromWorker): void => {
    if (message.kind === 'failed') reject(new DatabaseUnavailable(message.failure.code, message.failure.message));
    else resolve();
  };
  worker.once('error', died);
  worker.once('exit', gone);
  port.once('message', told);
  return promise.finally(() => {
    worker.off('error', died);
    worker.off('exit', gone);
    port.off('message', told);
  });
}

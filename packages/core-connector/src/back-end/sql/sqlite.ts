import { Worker } from 'node:worker_threads';
import type { Timers } from '@payment-manager/runtime';
import type { CallAnswer } from '../../run/answer.ts';
import type { SqlRequest } from '../../run/render-sql.ts';
import { GRACE_MS, type SessionLimits, type SqlRunner } from './session.ts';
import type { SqliteAnswered, SqliteAsked } from './sqlite-worker.ts';

/** An SQLite file, in a thread of its own: a commit waits for the disk, and nothing of ours waits for it. */
export function sqliteRunner(path: string, limits: SessionLimits, timers: Timers): SqlRunner {
  let thread: SqliteThread | undefined;
  return {
    run(request, until, leftMs, use) {
      if (thread === undefined || thread.ended) thread = new SqliteThread(path, limits);
      const asked = thread.ask(request, until, use);
      // it may be executed when it comes to its turn, unless it reads
      const late = silent(request, 'the database does not answer');
      return new Promise((resolve) => {
        const timer = timers.after(leftMs + GRACE_MS, () => resolve(late));
        void asked.then((answer) => {
          timer.cancel();
          resolve(answer);
        });
      });
    },
    close: () => thread?.close(),
  };
}

const silent = (request: SqlRequest, reason: string): CallAnswer => ({ kind: 'failed', sent: !request.reads, reason });

class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { readonly request: SqlRequest; readonly resolve: (answer: CallAnswer) => void }>();
  #asked = 0;
  ended = false;

  constructor(path: string, limits: SessionLimits) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { path, limits } });
    this.#worker.unref();
    this.#worker.on('message', (answered: SqliteAnswered) => this.#answered(answered));
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
  }

  ask(request: SqlRequest, until: number, use: 'read' | 'money'): Promise<CallAnswer> {
    const id = ++this.#asked;
    // the process waits for what was asked, and for nothing else of the thread's
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#waiting.set(id, { request, resolve });
      this.#worker.postMessage({ id, request, until, use } satisfies SqliteAsked);
    });
  }

  close(): void {
    void this.#worker.terminate();
  }

  #answered({ id, answer }: SqliteAnswered): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    waiting?.resolve(revived(answer));
  }

  #end(): void {
    this.ended = true;
    for (const { request, resolve } of this.#waiting.values()) resolve(silent(request, 'the thread of the database has ended'));
    this.#waiting.clear();
  }
}

/** Between threads objects get a prototype. */
function revived(answer: CallAnswer): CallAnswer {
  return answer.kind === 'sql' ? { ...answer, rows: answer.rows.map((row) => Object.assign(Object.create(null), row)) } : answer;
}

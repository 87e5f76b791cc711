import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@payment-manager/runtime/system';
import type { CallAnswer } from '../../run/answer.ts';
import type { SqlRequest } from '../../run/render-sql.ts';
import { type SessionLimits, SqlRefused } from './session.ts';
import { SqliteSession } from './sqlite-session.ts';
import { transact } from './transact.ts';

/** What the thread of an SQLite file is asked to do, one after the other. `until`: wall clock, milliseconds since the epoch. */
export interface SqliteAsked {
  readonly id: number;
  readonly request: SqlRequest;
  readonly until: number;
  readonly use: 'read' | 'money';
}

export interface SqliteAnswered {
  readonly id: number;
  readonly answer: CallAnswer;
}

/** Cannot be connected to. */
const NO_DATABASE = '08001';

/** Opens the file. A transaction is begun and ended within one turn of the thread, so that nobody waits for us. @throws SqlRefused */
function opening(path: string, use: 'read' | 'money', { statementMs, rowsMax }: SessionLimits): SqliteSession {
  // SQLite would make an empty one
  if (!existsSync(path)) throw new SqlRefused(NO_DATABASE);
  const db = new DatabaseSync(path, { readOnly: use === 'read', timeout: statementMs });
  if (use === 'money') db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  return new SqliteSession(db, rowsMax);
}

/** Does what it is asked, one after the other. */
function serve({ path, limits }: { readonly path: string; readonly limits: SessionLimits }): void {
  const opened: { read?: SqliteSession; money?: SqliteSession } = {};
  const done = async ({ request, until, use }: SqliteAsked): Promise<CallAnswer> => {
    try {
      opened[use] ??= opening(path, use, limits);
    } catch (error) {
      return {
        kind: 'failed',
        sent: false,
        reason: `the database cannot be opened (${error instanceof SqlRefused ? error.sqlstate : 'no code'})`,
      };
    }
    const session = opened[use];
    const { answer, usable } = await transact(session, request, () => until - systemClock.now());
    if (!usable) {
      delete opened[use];
      session.destroy();
    }
    return answer;
  };
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (asked: SqliteAsked) => {
    last = last.then(async () => parentPort?.postMessage({ id: asked.id, answer: await done(asked) } satisfies SqliteAnswered));
  });
}

serve(workerData);

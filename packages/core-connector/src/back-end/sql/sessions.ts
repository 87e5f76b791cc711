import type { Timers, World } from '@payment-manager/runtime';
import type { CallAnswer } from '../../run/answer.ts';
import type { SqlRequest } from '../../run/render-sql.ts';
import { GRACE_MS, type SqlDriver, type SqlRunner, type SqlSession } from './session.ts';
import { type Transacted, transact } from './transact.ts';

/** A database that is reached by connections: they are kept for the next call, those that read apart from those that change something. */
export function pooledRunner(driver: SqlDriver, now: () => number, timers: Timers): SqlRunner {
  const sessions = new Sessions(driver);
  return {
    run: (request, until, leftMs, use) => run({ sessions, now, timers }, request, until, leftMs, use),
    close: () => sessions.close(),
  };
}

interface Pool extends Pick<World, 'timers'> {
  readonly sessions: Sessions;
  readonly now: () => number;
}

async function run(
  { sessions, now, timers }: Pool,
  request: SqlRequest,
  until: number,
  leftMs: number,
  use: 'read' | 'money',
): Promise<CallAnswer> {
  let session: SqlSession;
  try {
    session = await sessions.take(use);
  } catch (error) {
    return { kind: 'failed', sent: false, reason: `the database cannot be reached (${codeOf(error)})` };
  }
  // an answer that does not come ends the connection: what then became of the call says what had left
  const timer = timers.after(leftMs + GRACE_MS, () => session.destroy());
  let done: Transacted;
  try {
    done = await transact(session, request, () => until - now());
  } finally {
    timer.cancel();
  }
  sessions.give(use, session, done.usable);
  // the server may have ended the others with it
  if (!done.usable) sessions.drop(use);
  return done.answer;
}

class Sessions {
  readonly #driver: SqlDriver;
  readonly #idle: Record<'read' | 'money', SqlSession[]> = { read: [], money: [] };
  #closed = false;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  /** @throws whatever the driver does when the database cannot be reached. */
  async take(use: 'read' | 'money'): Promise<SqlSession> {
    for (let session = this.#idle[use].pop(); session !== undefined; session = this.#idle[use].pop()) if (session.alive) return session;
    return this.#driver.open(use);
  }

  /** An unusable one is ended. */
  give(use: 'read' | 'money', session: SqlSession, usable: boolean): void {
    if (usable && !this.#closed) this.#idle[use].push(session);
    else session.destroy();
  }

  drop(use: 'read' | 'money'): void {
    for (const session of this.#idle[use].splice(0)) session.destroy();
  }

  close(): void {
    this.#closed = true;
    this.drop('read');
    this.drop('money');
  }
}

/** A code, and nothing that was said. */
function codeOf(error: unknown): string {
  const { code, sqlstate } = error as { readonly code?: unknown; readonly sqlstate?: unknown };
  const text = typeof sqlstate === 'string' ? sqlstate : code;
  return typeof text === 'string' && /^[A-Z0-9_]{1,60}$/.test(text) ? text : 'no code';
}

import type { CallAnswer, SqlAnswer } from '../../run/answer.ts';
import type { SqlRequest, SqlStep } from '../../run/render-sql.ts';
import { AnswerTooLarge, SqlRefused, type SqlSession, type StatementResult } from './session.ts';

/** What a session came to, beside the answer: may it be used again? */
export interface Transacted {
  readonly answer: CallAnswer;
  readonly usable: boolean;
}

/** A row of the reference is there already. */
const UNIQUE = '23505';

/** The core's own no: its constraints, and what its functions and triggers raise. All else is a fault of the statement, or passes. */
const REFUSES = /^(23...|P0001|45000)$/;

/** At COMMIT: proven to be undone (constraints that are looked at then; serialisation and deadlock). All else may have been committed. */
const UNDONE_AT_COMMIT = /^(23...|40...)$/;

/**
 * Executes a request in a session, so that it is certain what became of it in every case but one: only once COMMIT has left, and was not
 * answered, nobody knows. Until then the database undoes what is not committed, whatever happens to us.
 *
 * - The first statement of a transaction inserts the reference. Where it is there, the database waits for whoever is inserting it, and says
 *   so: `EXISTS`. So a repeat settles an earlier COMMIT of which nobody knows.
 * - A statement that changes or gives another number of rows than it must is a refusal, and all is undone.
 * - `leftMs`: nothing is begun, and nothing committed, when no time is left: whoever takes over counts on it.
 */
export async function transact(session: SqlSession, request: SqlRequest, leftMs: () => number): Promise<Transacted> {
  if (request.reference !== undefined) return enquire(session, request, request.reference, leftMs);
  return request.reads ? read(session, request) : change(session, request, leftMs);
}

async function read(session: SqlSession, { statements }: SqlRequest, free?: boolean): Promise<Transacted> {
  const [statement] = statements as readonly [SqlStep];
  try {
    const { rows } = await session.run(statement);
    return usable({ kind: 'sql', state: 'DONE', rows, ...(free !== undefined && { free }) });
  } catch (error) {
    return notDone(statement, error);
  }
}

/** Is the reference there, and can nobody who has begun before still insert it? */
async function enquire(session: SqlSession, request: SqlRequest, reference: SqlStep, leftMs: () => number): Promise<Transacted> {
  if (leftMs() <= 0) return usable(NO_TIME);
  let free = false;
  try {
    await session.begin(Math.max(1, leftMs()));
    try {
      free = (await session.run(reference)).count === 1;
    } catch (error) {
      if (!(error instanceof SqlRefused) || error.sqlstate !== UNIQUE) throw error;
    }
    await session.rollback();
  } catch (error) {
    return undoing(session, () => notDone(reference, error));
  }
  return read(session, request, free);
}

async function change(session: SqlSession, { statements }: SqlRequest, leftMs: () => number): Promise<Transacted> {
  if (leftMs() <= 0) return usable(NO_TIME);
  let rows: StatementResult['rows'] = [];
  let at = 0;
  try {
    await session.begin(Math.max(1, leftMs()));
    for (const statement of statements) {
      at++;
      const result = await session.run(statement);
      if (String(result.count) !== statement.rows) return await undoing(session, () => usable(refusal(at)));
      if (result.rows.length > 0) rows = result.rows;
      if (leftMs() <= 0) return await undoing(session, () => usable(NO_TIME));
    }
  } catch (error) {
    const statement = statements[Math.max(0, at - 1)] as SqlStep;
    return undoing(session, () => said(error, at) ?? notDone(statement, error));
  }
  try {
    await session.commit();
    return usable({ kind: 'sql', state: 'DONE', rows });
  } catch (error) {
    if (error instanceof SqlRefused && UNDONE_AT_COMMIT.test(error.sqlstate))
      return undoing(session, () => (error.sqlstate.startsWith('23') ? usable(refusal(at, error.sqlstate)) : notDone(undefined, error)));
    return { answer: { kind: 'failed', sent: true, reason: `nobody knows whether it was committed (${inWords(error)})` }, usable: false };
  }
}

/** What the database says of the reference, or the core of the payment. Undefined: nothing of either. */
function said(error: unknown, at: number): Transacted | undefined {
  if (!(error instanceof SqlRefused)) return undefined;
  if (at === 1 && error.sqlstate === UNIQUE) return usable({ kind: 'sql', state: 'EXISTS', rows: [] });
  return REFUSES.test(error.sqlstate) ? usable(refusal(at, error.sqlstate)) : undefined;
}

/** Rolls back; where that cannot be, the connection ends, and the database does it. */
async function undoing(session: SqlSession, then: () => Transacted): Promise<Transacted> {
  const result = then();
  if (!result.usable) return result;
  try {
    await session.rollback();
    return result;
  } catch {
    return { ...result, usable: false };
  }
}

function refusal(statement: number, sqlstate?: string): SqlAnswer {
  return { kind: 'sql', state: 'REFUSED', rows: [], statement, ...(sqlstate !== undefined && { sqlstate }) };
}

const NO_TIME: CallAnswer = { kind: 'failed', sent: false, reason: 'there was no time left for the call' };

function usable(answer: CallAnswer): Transacted {
  return { answer, usable: true };
}

/** Nothing was committed, and nothing will be. */
function notDone(statement: SqlStep | undefined, error: unknown): Transacted {
  const reason = `the database did not do ${statement?.title ?? 'it'}: ${inWords(error)}`;
  return { answer: { kind: 'failed', sent: false, reason }, usable: error instanceof SqlRefused };
}

/** Our own words: what a database says quotes values. */
function inWords(error: unknown): string {
  if (error instanceof SqlRefused || error instanceof AnswerTooLarge) return error.message;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'the connection was lost';
}

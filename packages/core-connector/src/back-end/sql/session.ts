import type { ValueObject } from '../../expression/value.ts';
import type { CallAnswer } from '../../run/answer.ts';
import type { SqlRequest } from '../../run/render-sql.ts';

/** What one statement gave. */
export interface StatementResult {
  readonly rows: readonly ValueObject[];
  /** Rows that were changed; of a statement that only gives rows, those. */
  readonly count: number;
}

/** A statement with its values, cut where they stand. */
export interface BoundStatement {
  /** Verb and table. */
  readonly title: string;
  /** One more than `values`. */
  readonly texts: readonly string[];
  readonly values: readonly (string | null)[];
}

/**
 * A connection of a database that does one thing after the other. What the database says is a `SqlRefused`; whatever else is thrown means
 * that the connection cannot be used any more, and that nobody knows what became of the last request.
 */
export interface SqlSession {
  /** False once it is known that the connection has ended. */
  readonly alive: boolean;
  /** `leftMs`: whoever writes is waited for so long, where the database is told. */
  begin(leftMs: number): Promise<void>;
  run(statement: BoundStatement): Promise<StatementResult>;
  /** Resolves only when the database says that it is committed. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Ends the connection at once. Never throws. */
  destroy(): void;
}

/** What a driver keeps its sessions to. Milliseconds. */
export interface SessionLimits {
  readonly connectMs: number;
  readonly statementMs: number;
  readonly rowsMax: number;
}

/** Does what a database is asked to, whatever reaches it. Never throws. `until`: wall clock, milliseconds since the epoch. */
export interface SqlRunner {
  run(request: SqlRequest, until: number, leftMs: number, use: 'read' | 'money'): Promise<CallAnswer>;
  close(): void;
}

/** The database's own timeout says more than ours, so it comes first. */
export const GRACE_MS = 500;

/** Makes sessions of a database. Those that only read are so by what the database keeps them to. */
export interface SqlDriver {
  /** @throws SqlRefused, or whatever says that the database cannot be reached. */
  open(use: 'read' | 'money'): Promise<SqlSession>;
}

/** What a database said no with. The message of the database is not kept: it quotes values. */
export class SqlRefused extends Error {
  /** Five characters (ISO/IEC 9075); where a database has codes of its own, that which means the same. */
  readonly sqlstate: string;

  constructor(sqlstate: string) {
    super(`SQLSTATE ${sqlstate}`);
    this.name = 'SqlRefused';
    this.sqlstate = sqlstate;
  }
}

/** An answer that is larger than it may be. The connection that gave it is not used any more. */
export class AnswerTooLarge extends Error {
  constructor() {
    super('the database gave more rows, or longer ones, than an answer may have');
    this.name = 'AnswerTooLarge';
  }
}

/** Collects rows of an answer up to the limits. @throws AnswerTooLarge */
export class Rows {
  readonly rows: ValueObject[] = [];
  readonly #rowsMax: number;
  #characters = 0;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** Columns become texts, but for true, false and null. */
  add(row: Readonly<Record<string, unknown>>): void {
    if (this.rows.length >= this.#rowsMax) throw new AnswerTooLarge();
    const made: Record<string, string | boolean | null> = Object.create(null);
    for (const [column, value] of Object.entries(row)) {
      const text = columnOf(value);
      if (typeof text === 'string') this.#characters += text.length;
      made[column] = text;
    }
    if (this.#characters > CHARACTERS_MAX) throw new AnswerTooLarge();
    this.rows.push(made);
  }
}

const CHARACTERS_MAX = 1_048_576;

function columnOf(value: unknown): string | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(value);
}

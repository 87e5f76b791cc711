import type { Connection, ConnectionOptions } from 'mysql2';
import type { SqlAddress } from './address.ts';
import {
  type BoundStatement,
  Rows,
  type SessionLimits,
  type SqlDriver,
  SqlRefused,
  type SqlSession,
  type StatementResult,
} from './session.ts';

/** MySQL and MariaDB by `mysql2`, which is loaded when the first session is opened. Tables are of InnoDB: others undo nothing. */
export function mysqlDriver(address: SqlAddress, limits: SessionLimits): SqlDriver {
  const transactional = new Set<string>();
  return {
    async open(use) {
      const { createConnection } = await import('mysql2');
      const session = new MysqlSession(createConnection(optionsOf(address, limits)), limits.rowsMax, transactional);
      try {
        await session.ready();
        for (const setting of settingsOf(limits, use)) await session.plain(setting);
      } catch (error) {
        session.destroy();
        throw error;
      }
      return session;
    },
  };
}

function optionsOf({ host, port, user, password, path, tls }: SqlAddress, { connectMs }: SessionLimits): ConnectionOptions {
  return {
    ...{ host, port, user, password, database: path },
    connectTimeout: connectMs,
    charset: 'utf8mb4',
    // every number as the text that the server sends, as far as it sends one
    ...{ supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, jsonStrings: true },
    multipleStatements: false,
    // rows are read without code made at run time
    disableEval: true,
    enableKeepAlive: true,
    ...(tls !== false && {
      ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true, ...(tls.ca !== undefined && { ca: tls.ca }) },
    }),
  };
}

/** A value that does not fit is an error, and is not cut; `"` quotes names, as in the standard. */
const SQL_MODE =
  'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ANSI_QUOTES,NO_BACKSLASH_ESCAPES';
/** A connection that nobody hears of any more keeps its locks no longer than this. */
const IDLE_SECONDS = 60;

function settingsOf({ statementMs }: SessionLimits, use: 'read' | 'money'): readonly string[] {
  return [
    `SET SESSION sql_mode = '${SQL_MODE}', SESSION wait_timeout = ${IDLE_SECONDS}, SESSION innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(statementMs / 1_000))}`,
    `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, ${use === 'read' ? 'READ ONLY' : 'READ WRITE'}`,
  ];
}

/** Codes of the server that say more than their SQLSTATE, as the standard has them. */
const SQLSTATES: Readonly<Record<number, string>> = {
  1048: '23502',
  1062: '23505',
  1169: '23505',
  1205: '55P03',
  1213: '40P01',
  1216: '23503',
  1217: '23503',
  1451: '23503',
  1452: '23503',
  1586: '23505',
  3819: '23514',
  4025: '23514',
};

class MysqlSession implements SqlSession {
  readonly #connection: Connection;
  readonly #rowsMax: number;
  readonly #transactional: Set<string>;
  readonly #pending = new Set<(error: unknown) => void>();
  #lost = false;

  constructor(connection: Connection, rowsMax: number, transactional: Set<string>) {
    this.#connection = connection;
    this.#rowsMax = rowsMax;
    this.#transactional = transactional;
    connection.on('error', () => this.destroy());
    connection.on('end', () => this.destroy());
  }

  get alive(): boolean {
    return !this.#lost;
  }

  ready(): Promise<void> {
    return this.#asked((resolve, reject) => this.#connection.connect((error) => (error === null ? resolve() : reject(error))));
  }

  async begin(): Promise<void> {
    await this.plain('START TRANSACTION READ WRITE');
  }

  async commit(): Promise<void> {
    await this.plain('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.plain('ROLLBACK');
  }

  async run(statement: BoundStatement): Promise<StatementResult> {
    await this.#mustUndo(statement);
    return this.#execute(statement.texts.join('?'), statement.values);
  }

  destroy(): void {
    this.#lost = true;
    const { stream } = this.#connection as unknown as { readonly stream: { destroy(): void } };
    stream.destroy();
    for (const reject of [...this.#pending]) reject(new Error('the connection was lost'));
  }

  /** A statement of our own, without values. */
  plain(sql: string): Promise<void> {
    return this.#asked((resolve, reject) => this.#connection.query(sql, (error) => (error === null ? resolve() : reject(error))));
  }

  #execute(sql: string, values: readonly (string | null)[]): Promise<StatementResult> {
    return this.#asked((resolve, reject) => {
      const rows = new Rows(this.#rowsMax);
      let changed: number | undefined;
      const query = this.#connection.execute({ sql, values: [...values] });
      query.on('result', (row: object) => {
        if (row.constructor?.name === 'ResultSetHeader') {
          changed = (row as { readonly affectedRows: number }).affectedRows;
          return;
        }
        try {
          rows.add(row as Readonly<Record<string, unknown>>);
        } catch (error) {
          reject(error);
          this.destroy();
        }
      });
      query.on('error', (error) => reject(error));
      query.on('end', () => resolve({ rows: rows.rows, count: changed ?? rows.rows.length }));
    });
  }

  /** A table that undoes nothing would keep a part of a payment. */
  async #mustUndo({ title }: BoundStatement): Promise<void> {
    const [verb = '', table = ''] = title.split(' ');
    if (verb === 'SELECT' || verb === 'WITH' || this.#transactional.has(table)) return;
    const [schema, name] = table.includes('.') ? table.split('.') : [null, table];
    const { rows } = await this.#execute(
      'SELECT engine AS engine FROM information_schema.tables WHERE table_name = ? AND table_schema = COALESCE(?, DATABASE())',
      [name ?? table, schema ?? null],
    );
    const engine = rows[0]?.['engine'];
    if (typeof engine === 'string' && engine.toLowerCase() !== 'innodb') throw new SqlRefused('0A000');
    this.#transactional.add(table);
  }

  #asked<T>(ask: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.#pending.delete(fail);
        reject(refusedBy(error));
      };
      if (this.#lost) return fail(new Error('the connection was lost'));
      this.#pending.add(fail);
      ask((value) => {
        this.#pending.delete(fail);
        resolve(value);
      }, fail);
    });
  }
}

/** Errors of the connection have no number of the server's, or are fatal. */
function refusedBy(error: unknown): unknown {
  const { errno, sqlState, fatal } = error as { readonly errno?: unknown; readonly sqlState?: unknown; readonly fatal?: unknown };
  if (fatal === true || typeof errno !== 'number' || typeof sqlState !== 'string') return error;
  return new SqlRefused(SQLSTATES[errno] ?? sqlState);
}

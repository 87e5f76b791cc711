import type { Client, ClientConfig, QueryResult } from 'pg';
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

/** A connection that nobody hears of any more keeps its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const BOOLEAN_OID = 16;

/** PostgreSQL by `pg`, which is loaded when the first session is opened. */
export function postgresDriver(address: SqlAddress, limits: SessionLimits): SqlDriver {
  return {
    async open(use) {
      const { default: pg } = await import('pg');
      const client: Client = new pg.Client(configOf(address, limits, use));
      const session = new PostgresSession(client, pg.Query as unknown as QueryClass, limits.rowsMax);
      try {
        await client.connect();
      } catch (error) {
        session.destroy();
        throw refusedBy(error);
      }
      return session;
    },
  };
}

function configOf({ host, port, user, password, path, tls }: SqlAddress, limits: SessionLimits, use: 'read' | 'money'): ClientConfig {
  const settings = {
    default_transaction_isolation: 'read\\ committed',
    default_transaction_read_only: use === 'read' ? 'on' : 'off',
    statement_timeout: String(limits.statementMs),
    lock_timeout: String(limits.statementMs),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
  };
  return {
    ...{ host, port, user, password, database: path },
    application_name: 'payment-manager core connector',
    options: Object.entries(settings)
      .map(([key, value]) => `-c ${key}=${value}`)
      .join(' '),
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
    ssl: tls === false ? false : { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(tls.ca !== undefined && { ca: tls.ca }) },
    // every column as the text that the server sends: a number would be a float
    types: { getTypeParser: (oid: number) => (oid === BOOLEAN_OID ? (text: string) => text === 't' : (text: string) => text) },
  } as ClientConfig;
}

/** The class of `pg` that tells rows one by one; its types do not know it. */
type QueryClass = new (config: {
  readonly text: string;
  readonly values: readonly (string | null)[];
  readonly queryMode: 'extended';
}) => RowByRow;

interface RowByRow {
  on(event: 'row', listener: (row: Readonly<Record<string, unknown>>) => void): void;
  on(event: 'end', listener: (result: QueryResult) => void): void;
  on(event: 'error', listener: (error: unknown) => void): void;
}

class PostgresSession implements SqlSession {
  readonly #client: Client;
  readonly #query: QueryClass;
  readonly #rowsMax: number;
  #lost = false;

  constructor(client: Client, query: QueryClass, rowsMax: number) {
    this.#client = client;
    this.#query = query;
    this.#rowsMax = rowsMax;
    // without a listener an error of an idle connection would end the process
    client.on('error', () => this.destroy());
    client.on('end', () => this.destroy());
  }

  get alive(): boolean {
    return !this.#lost;
  }

  async begin(): Promise<void> {
    await this.#plain('BEGIN');
  }

  async commit(): Promise<void> {
    const { command } = await this.#plain('COMMIT');
    // a transaction that had failed is answered ROLLBACK, which is no error to the server
    if (command !== 'COMMIT') throw new SqlRefused('40000');
  }

  async rollback(): Promise<void> {
    await this.#plain('ROLLBACK');
  }

  run({ texts, values }: BoundStatement): Promise<StatementResult> {
    const text = texts.map((piece, index) => (index === 0 ? piece : `$${index}${piece}`)).join('');
    return new Promise((resolve, reject) => {
      const rows = new Rows(this.#rowsMax);
      let ended = false;
      const end = (settle: () => void): void => {
        if (!ended) settle();
        ended = true;
      };
      const Query = this.#query;
      const query = new Query({ text, values, queryMode: 'extended' });
      query.on('row', (row) => {
        try {
          if (!ended) rows.add(row);
        } catch (error) {
          end(() => reject(error));
          this.destroy();
        }
      });
      query.on('error', (error) => end(() => reject(refusedBy(error))));
      query.on('end', ({ rowCount }) => end(() => resolve({ rows: rows.rows, count: rowCount ?? rows.rows.length })));
      this.#client.query(query as never);
    });
  }

  destroy(): void {
    this.#lost = true;
    const { stream } = (this.#client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection;
    stream.destroy();
  }

  async #plain(text: string): Promise<QueryResult> {
    try {
      return await this.#client.query(text);
    } catch (error) {
      throw refusedBy(error);
    }
  }
}

/** A server that ends the connection while it says no is not one that has said no. */
function refusedBy(error: unknown): unknown {
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  const said = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && severity === 'ERROR';
  return said ? new SqlRefused(code) : error;
}

import type { ClientConfig, QueryResultRow } from 'pg';

export interface PostgresQuery {
  /** Prepared once under this name. */
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

export interface PostgresRows<R> {
  readonly rows: R[];
}

/** What `NOTIFY` said. */
export interface PostgresNotice {
  readonly payload?: string | undefined;
}

/** One connection, as this room uses it; its errors have the server's SQLSTATE as `code`, or none when the connection broke. */
export interface PostgresClient {
  connect(): Promise<unknown>;
  query<R extends QueryResultRow>(query: string | PostgresQuery, values?: unknown[]): Promise<PostgresRows<R>>;
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
  on(event: 'notification', listener: (notice: PostgresNotice) => void): unknown;
  end(): Promise<void>;
  /** At once, without a good-bye: the other side may not be listening any more. */
  destroy(): void;
}

/** Connections for questions, made when they are needed. */
export interface PostgresPool {
  readonly waitingCount: number;
  query<R extends QueryResultRow>(query: PostgresQuery): Promise<PostgresRows<R>>;
  /** An idle connection broke; the pool replaces it. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** What connects to PostgreSQL: `pg`, or in a simulation the simulated server. */
export interface PostgresDriver {
  client(config: ClientConfig): PostgresClient;
  /** `verify` looks at each new connection before it is used; what it throws is what the question gets. */
  pool(config: ClientConfig & { readonly max: number }, verify: (client: PostgresClient) => Promise<void>): PostgresPool;
}

/** `pg`, loaded only where PostgreSQL is used. */
export async function pgDriver(): Promise<PostgresDriver> {
  const { default: pg } = await import('pg');
  class Client extends pg.Client {
    destroy(): void {
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
  }
  return {
    client: (config) => new Client(config) as unknown as PostgresClient,
    pool(config, verify) {
      const looked = (client: unknown, done: (error?: Error) => void): void => {
        verify(client as PostgresClient).then(() => done(), done);
      };
      const settings = { ...config, idleTimeoutMillis: 30_000, allowExitOnIdle: true, verify: looked };
      return new pg.Pool(settings) as unknown as PostgresPool;
    },
  };
}

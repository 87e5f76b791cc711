import type { QueryResultRow } from 'pg';
import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresDriver, PostgresQuery } from './postgres-driver.ts';
import type { PostgresLink } from './postgres-link.ts';
import { clientConfig, type PostgresAddress } from './postgres-settings.ts';
import { failureOf } from './postgres-writer.ts';

export interface ReaderOptions extends PostgresAddress {
  readonly replicaId: string;
  readonly readConnections?: number;
  readonly maxWaiting?: number;
}

/** Answers questions on connections of their own, so that they do not wait for the batches. */
export interface PostgresReader {
  /** Rejects with DatabaseUnavailable; at once while the server is away or too many questions wait. */
  read<R extends QueryResultRow>(query: PostgresQuery): Promise<readonly R[]>;
  close(): Promise<void>;
}

/** Makes the connections when they are needed, at most `readConnections` (default 4). `writer` tells whether the server is there. */
export function openReader(options: ReaderOptions, driver: PostgresDriver, writer: PostgresLink): PostgresReader {
  const { readConnections = 4, maxWaiting = 20_000 } = options;
  const pool = driver.pool({ ...clientConfig(options, `${options.replicaId} reads`, true), max: readConnections });
  // An idle connection that broke is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  let closed = false;
  return {
    async read<R extends QueryResultRow>(query: PostgresQuery): Promise<readonly R[]> {
      if (closed) throw new DatabaseUnavailable('DATABASE_CLOSED', 'The database was closed.');
      if (!writer.isUp) throw new DatabaseUnavailable('DATABASE_UNREACHABLE', `PostgreSQL cannot be reached: ${writer.downReason}.`);
      if (pool.waitingCount >= maxWaiting) throw new DatabaseUnavailable('DATABASE_OVERLOADED', 'Too many questions wait for PostgreSQL.');
      try {
        const { rows } = await pool.query<R>({ ...query, values: query.values ?? [] });
        return rows;
      } catch (error) {
        const { code, message } = failureOf(error);
        throw new DatabaseUnavailable(code, message, { cause: error });
      }
    },
    async close() {
      closed = true;
      await pool.end();
    },
  };
}

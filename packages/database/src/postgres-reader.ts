import type { QueryResultRow } from 'pg';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { checkServer, type ServerIdentity } from './postgres-checks.ts';
import type { PostgresDriver, PostgresPool, PostgresQuery } from './postgres-driver.ts';
import type { PostgresLink } from './postgres-link.ts';
import { clientConfig, type PostgresAddress, shownAddress } from './postgres-settings.ts';
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
  /** Questions that wait for a connection now. */
  readonly waiting: number;
  /** The connection that writes leads to this server now: connections to another one are used no more. */
  serverIs(server: ServerIdentity): void;
  close(): Promise<void>;
}

/**
 * Makes the connections when they are needed, at most `readConnections` (default 4). `writer` tells whether the server is there.
 *
 * Each new connection must lead to the primary, and to the very server that the writer writes to (docs/money-rules.md, 8): a standby, or a former
 * primary that is still up, would answer with what was, and a payment that is there would not be found.
 */
export function openReader(options: ReaderOptions, driver: PostgresDriver, writer: PostgresLink, server: ServerIdentity): PostgresReader {
  const { readConnections = 4, maxWaiting = 20_000 } = options;
  const shown = shownAddress(options);
  let wanted = server;
  let pool = newPool();
  let closed = false;

  function newPool(): PostgresPool {
    const made = driver.pool({ ...clientConfig(options, `${options.replicaId} reads`, true), max: readConnections }, async (client) => {
      if ((await checkServer(client, shown)) === wanted) return;
      throw new DatabaseUnavailable('DATABASE_UNREACHABLE', `PostgreSQL (${shown}) answers questions on another server than it writes on.`);
    });
    // An idle connection that broke is replaced by the pool; without a listener it would end the process.
    made.on('error', () => {});
    return made;
  }

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
    get waiting() {
      return pool.waitingCount;
    },
    serverIs(next) {
      if (next === wanted || closed) return;
      wanted = next;
      const former = pool;
      pool = newPool();
      void former.end().catch(() => {});
    },
    async close() {
      closed = true;
      await pool.end();
    },
  };
}

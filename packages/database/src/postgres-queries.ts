import { systemTimers, type Timers, type World } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { checkServer } from './postgres-checks.ts';
import { type PostgresQuery, pgDriver } from './postgres-driver.ts';
import { postgresFailure } from './postgres-errors.ts';
import { openPostgresLink } from './postgres-link.ts';
import { migratePostgres, type RoomSchema } from './postgres-migrate.ts';
import { clientConfig, type PostgresAddress, schemaOf, shownAddress } from './postgres-settings.ts';
import { failureOf } from './postgres-writer.ts';
import { messageOf } from './sqlite-errors.ts';

export interface OpenPostgresQueriesOptions extends PostgresAddress, Pick<World, 'log'> {
  /** The room's tables; they are brought up to date first. */
  readonly room: RoomSchema;
  readonly timers?: Timers;
}

/** Single statements on one connection, for rooms that write seldom and need no lease: their statements compare and set. */
export interface PostgresQueries {
  /**
   * Runs one statement, a transaction of its own. Rejects with DatabaseUnavailable: `DATABASE_IN_DOUBT` when the answer was lost, so
   * that a change may be stored or not; otherwise nothing is.
   */
  query<R extends object>(query: PostgresQuery): Promise<readonly R[]>;
  close(): Promise<void>;
}

/** Opens the database for single statements; the connection comes back by itself. Rejects with DatabaseUnavailable. */
export async function openPostgresQueries(options: OpenPostgresQueriesOptions): Promise<PostgresQueries> {
  const { room, log, timers = systemTimers } = options;
  const shown = shownAddress(options);
  const driver = await pgDriver();
  try {
    const migrating = driver.client({ ...clientConfig(options, 'migrates', false), query_timeout: 0 });
    migrating.on('error', () => {});
    try {
      await migrating.connect();
      await checkServer(migrating, shown);
      await migratePostgres(migrating, schemaOf(options), [room], shown);
    } finally {
      await migrating.end().catch(() => {});
    }
    const link = await openPostgresLink({
      client: () => driver.client(clientConfig(options, room.room, true)),
      prepare: async (client) => void (await checkServer(client, shown)),
      onDown: (reason) => log.error('PostgreSQL cannot be reached', { server: shown, room: room.room, reason }),
      timers,
    });
    const run = async <R extends object>(query: PostgresQuery): Promise<readonly R[]> => {
      const wasUp = link.isUp;
      try {
        return (await link.query<R & Record<string, unknown>>(query)).rows;
      } catch (error) {
        const { code, message } = failureOf(error);
        const inDoubt = wasUp && !(error instanceof DatabaseUnavailable) && postgresFailure(error) === 'lost';
        throw new DatabaseUnavailable(inDoubt ? 'DATABASE_IN_DOUBT' : code, message, { cause: error });
      }
    };
    let last: Promise<unknown> = Promise.resolve();
    return {
      // One after the other: the driver's own queue is being given up.
      query<R extends object>(query: PostgresQuery): Promise<readonly R[]> {
        const turn = last.then(() => run<R>(query));
        last = turn.catch(() => {});
        return turn;
      },
      close: () => link.close(),
    };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${shown} cannot be opened: ${messageOf(error)}.`, { cause: error });
  }
}

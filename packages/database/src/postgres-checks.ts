import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresClient } from './postgres-driver.ts';

const oldestVersion = 140_000;

interface ServerFacts {
  readonly version: number;
  readonly encoding: string;
  readonly commit: string;
  readonly fsync: string;
  readonly readonly: string;
}

/**
 * Refuses a server that would lose what it acknowledged (money-rules 8), is too old, or does not take writes. Asked at the
 * start and on each new connection: after a failover another server answers.
 *
 * @throws DatabaseUnavailable: `DATABASE_NOT_DURABLE`, `DATABASE_OPEN_FAILED`, or `DATABASE_UNREACHABLE` for a standby.
 */
export async function checkServer(client: PostgresClient, shown: string): Promise<void> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
       current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync,
       current_setting('transaction_read_only') AS readonly`,
  );
  const problem = problemOf(rows[0], shown);
  if (problem) throw problem;
}

function problemOf(facts: ServerFacts | undefined, shown: string): DatabaseUnavailable | undefined {
  if (!facts) return new DatabaseUnavailable('DATABASE_UNREACHABLE', `The server ${shown} does not say what it is.`);
  const { version, encoding, commit, fsync, readonly } = facts;
  if (version < oldestVersion) {
    const major = Math.floor(version / 10_000);
    return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The server ${shown} is PostgreSQL ${major}; 14 is the oldest that will do.`);
  }
  if (encoding !== 'UTF8') {
    return new DatabaseUnavailable('DATABASE_OPEN_FAILED', `The database ${shown} has the encoding ${encoding}; make one with UTF8.`);
  }
  if (commit !== 'on' && commit !== 'remote_apply') return notDurable(shown, `synchronous_commit is ${commit} (wanted on or remote_apply)`);
  if (fsync !== 'on') return notDurable(shown, `fsync is ${fsync} (wanted on)`);
  if (readonly !== 'off') return new DatabaseUnavailable('DATABASE_UNREACHABLE', `The server ${shown} takes no writes: it is a standby.`);
  return undefined;
}

function notDurable(shown: string, what: string): DatabaseUnavailable {
  const advice = 'A commit that was acknowledged could be lost. Set it for the server, the database and the role.';
  return new DatabaseUnavailable('DATABASE_NOT_DURABLE', `The database ${shown} is not durable: ${what}. ${advice}`);
}

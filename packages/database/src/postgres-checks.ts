import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresClient } from './postgres-driver.ts';

const OLDEST_VERSION = 140_000;

interface ServerFacts {
  readonly version: number;
  readonly encoding: string;
  readonly commit: string;
  readonly fsync: string;
  readonly readonly: string;
  readonly started: ServerIdentity;
}

/** Tells servers apart that may answer under one name: when its first process was started. */
export type ServerIdentity = string;

/** What of a server may be changed while connections stand; looked at with each renewal of the lease. */
export const DURABILITY_COLUMNS = `current_setting('fsync') AS fsync`;

/** Why a server that was good when it was connected to is so no more; undefined: it still is. */
export function lostDurability(facts: { readonly fsync: string } | undefined, shown: string): DatabaseUnavailable | undefined {
  return facts === undefined || facts.fsync === 'on' ? undefined : notDurable(shown, `fsync is ${facts.fsync} (wanted on)`);
}

/**
 * Refuses a server that would lose what it acknowledged (docs/money-rules.md, 8), is too old, or does not take writes. Asked at the
 * start and on each new connection, those that read included: after a failover another server answers. `synchronous_commit` is then
 * set for the session as it was found: a session that only inherits it would follow when somebody changes the server's settings.
 *
 * @throws DatabaseUnavailable: `DATABASE_NOT_DURABLE`, `DATABASE_OPEN_FAILED`, or `DATABASE_UNREACHABLE` for a standby.
 */
export async function checkServer(client: PostgresClient, shown: string): Promise<ServerIdentity> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
       current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync,
       current_setting('transaction_read_only') AS readonly, pg_postmaster_start_time()::text AS started,
       set_config('synchronous_commit', current_setting('synchronous_commit'), false) AS kept`,
  );
  const problem = problemOf(rows[0], shown);
  if (problem) throw problem;
  return (rows[0] as ServerFacts).started;
}

function problemOf(facts: ServerFacts | undefined, shown: string): DatabaseUnavailable | undefined {
  if (!facts) return new DatabaseUnavailable('DATABASE_UNREACHABLE', `The server ${shown} does not say what it is.`);
  const { version, encoding, commit, fsync, readonly } = facts;
  if (version < OLDEST_VERSION) {
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

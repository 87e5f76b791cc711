import { DatabaseUnavailable } from './database-unavailable.ts';
import type { PostgresClient } from './postgres-driver.ts';
import { isRetired, RETIRED_MIGRATION, retiredMessage } from './retired-migration.ts';

/** The schema of one room: SQL, one text per version, oldest first. A text that was once released is never changed. */
export interface RoomSchema {
  readonly room: string;
  readonly migrations: readonly string[];
}

/**
 * Brings the schema up to date. Of several replicas that start at once the first does it and the others wait; it happens
 * in one transaction, so a crash leaves what was there before.
 *
 * @throws DatabaseUnavailable `DATABASE_NEWER` when a newer version of the program made it, `DATABASE_OLD_FORM` when its form is not read any more.
 */
export async function migratePostgres(client: PostgresClient, schema: string, rooms: readonly RoomSchema[], shown: string): Promise<void> {
  await client.query('BEGIN');
  // Others may wait for as long as the migration takes.
  await client.query('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0');
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`${schema}.migrations`]);
  // where it is there, who may use it need not be allowed to make one: IF NOT EXISTS would ask for that right first
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [schema]);
  if (rows[0]?.there !== true) await client.query(`CREATE SCHEMA ${schema}`);
  await client.query('CREATE TABLE IF NOT EXISTS schema_versions (room text PRIMARY KEY, version integer NOT NULL)');
  for (const room of rooms) await migrateRoom(client, room, shown);
  await client.query('COMMIT');
}

async function migrateRoom(client: PostgresClient, { room, migrations }: RoomSchema, shown: string): Promise<void> {
  const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_versions WHERE room = $1', [room]);
  const version = rows[0]?.version ?? 0;
  if (version > migrations.length) {
    throw new DatabaseUnavailable(
      'DATABASE_NEWER',
      `The database ${shown} belongs to a newer version of this program: the schema of ${room} has version ${version}, this program knows ${migrations.length}. Run the newer version.`,
    );
  }
  if (isRetired(version, migrations)) throw new DatabaseUnavailable('DATABASE_OLD_FORM', retiredMessage(`The ${room} in ${shown}`));
  if (version === migrations.length) return;
  for (const sql of migrations.slice(version)) if (sql !== RETIRED_MIGRATION) await client.query(sql);
  await client.query(
    'INSERT INTO schema_versions (room, version) VALUES ($1, $2) ON CONFLICT (room) DO UPDATE SET version = excluded.version',
    [room, migrations.length],
  );
}

import { DatabaseUnavailable } from './database-unavailable.ts';
import { type PostgresClient, pgDriver } from './postgres-driver.ts';
import type { RoomSchema } from './postgres-migrate.ts';
import { clientConfig, type PostgresAddress, schemaOf, shownAddress } from './postgres-settings.ts';
import { isRetired } from './retired-migration.ts';
import { messageOf } from './sqlite-errors.ts';

/**
 * Gives a schema another name where its tables of a room are in a stored form that is not read any more, so that a new one can be begun. Answers that
 * name; undefined: nothing was to be done. Rejects with DatabaseUnavailable.
 */
export async function setPostgresAside(address: PostgresAddress, { room, migrations }: RoomSchema): Promise<string | undefined> {
  const schema = schemaOf(address);
  const client = (await pgDriver()).client(clientConfig(address, 'sets aside', false));
  client.on('error', () => {});
  try {
    await client.connect();
    const table = await client.query<{ there: boolean }>(`SELECT to_regclass('${schema}.schema_versions') IS NOT NULL AS there`);
    if (table.rows[0]?.there !== true) return undefined;
    const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_versions WHERE room = $1', [room]);
    if (!isRetired(rows[0]?.version ?? 0, migrations)) return undefined;
    const aside = await freeName(client, `${schema}_old_form_`);
    await client.query(`ALTER SCHEMA ${schema} RENAME TO ${aside}`);
    return aside;
  } catch (error) {
    throw new DatabaseUnavailable('DATABASE_OPEN_FAILED', `${shownAddress(address)}: ${messageOf(error)}.`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

async function freeName(client: PostgresClient, stem: string): Promise<string> {
  for (let n = 1; ; n++) {
    const { rows } = await client.query<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [`${stem}${n}`]);
    if (rows[0]?.there !== true) return `${stem}${n}`;
  }
}

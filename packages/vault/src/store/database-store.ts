import { DatabaseUnavailable, openPostgresQueries, type PostgresAddress, type PostgresQueries } from '@payment-manager/database';
import type { Timers, World } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';
import { checkSize, MAX_SEALED_BYTES, type VaultStore } from './vault-store.ts';

/** One row per path; its revision is what is compared. A deleted entry keeps its row, so that a late writer cannot revive it. */
const SCHEMA1 = `
  CREATE TABLE vault_entries (
    path text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL CHECK (revision > 0),
    body bytea NOT NULL
  );
`;

/** The room's tables, one text per version, oldest first; a released one is never changed. */
export const VAULT_MIGRATIONS: readonly string[] = [SCHEMA1];

export interface DatabaseStoreOptions extends PostgresAddress, Pick<World, 'log'> {
  readonly timers?: Timers;
}

interface Row {
  readonly path: string;
  readonly revision: string;
  readonly body: Buffer;
}

/**
 * Entries in PostgreSQL, for replicas. It must be wrapped by `openSealedStore`, with the same master key on every replica: the database's
 * administrators and backups see envelopes only.
 *
 * @throws VaultError `VAULT_UNAVAILABLE`
 */
export async function openDatabaseStore(options: DatabaseStoreOptions): Promise<VaultStore> {
  return storeOver(await told(openPostgresQueries({ ...options, room: { room: 'vault', migrations: VAULT_MIGRATIONS } })));
}

/** The store over an open database. */
export function storeOver(database: PostgresQueries): VaultStore {
  const read: VaultStore['read'] = async (path) => {
    const [row] = await told(
      database.query<Row>({ name: 'vault_read', text: 'SELECT revision, body FROM vault_entries WHERE path = $1', values: [path] }),
    );
    return row ? { revision: Number(row.revision), body: Uint8Array.from(row.body) } : { revision: 0, body: new Uint8Array() };
  };
  return {
    comparesAndSets: true,
    read,
    async write(path, seen, body) {
      checkSize(body, MAX_SEALED_BYTES);
      /** No two envelopes are alike, so the row tells whether it is ours. */
      const isOurs = async (): Promise<boolean> => {
        const { revision, body: stored } = await read(path);
        if (revision > seen + 1)
          throw new VaultError('VAULT_UNAVAILABLE', `The database's answer was lost, and others changed ${path} since. Look again.`);
        return revision === seen + 1 && Buffer.from(stored).equals(body);
      };
      try {
        return await writeOnce(database, path, seen, body);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || error.code !== 'DATABASE_IN_DOUBT') throw asVaultError(error);
        // Stored, or tried once more; then the first attempt may still be the one that gets through.
        return (await isOurs()) || (await told(writeOnce(database, path, seen, body))) || (await isOurs());
      }
    },
    async list() {
      const rows = await told(database.query<Row>({ name: 'vault_list', text: 'SELECT path, revision FROM vault_entries' }));
      return new Map(rows.map(({ path, revision }) => [path, Number(revision)]));
    },
    close: () => database.close(),
  };
}

/** A row is made, or its revision compared and raised, by one statement. */
async function writeOnce(database: PostgresQueries, path: string, seen: number, body: Uint8Array): Promise<boolean> {
  const statement =
    seen === 0
      ? {
          name: 'vault_make',
          text: 'INSERT INTO vault_entries (path, revision, body) VALUES ($1, $2::bigint + 1, $3) ON CONFLICT DO NOTHING RETURNING 1 AS made',
        }
      : {
          name: 'vault_change',
          text: 'UPDATE vault_entries SET revision = revision + 1, body = $3 WHERE path = $1 AND revision = $2 RETURNING 1 AS made',
        };
  const rows = await database.query({ ...statement, values: [path, seen, Buffer.from(body)] });
  return rows.length === 1;
}

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw asVaultError(error);
  }
}

function asVaultError(error: unknown): unknown {
  if (!(error instanceof DatabaseUnavailable)) return error;
  return new VaultError('VAULT_UNAVAILABLE', `The vault's database does not do what it should (${error.code}): ${error.message}`);
}

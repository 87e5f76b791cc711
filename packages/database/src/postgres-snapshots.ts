import { DatabaseUnavailable } from './database-unavailable.ts';
import { type PostgresClient, type PostgresQuery, pgDriver } from './postgres-driver.ts';
import { clientConfig, type PostgresAddress, schemaOf, shownAddress } from './postgres-settings.ts';
import { failureOf } from './postgres-writer.ts';

/** Asks within one snapshot. */
export type Ask = <R extends object>(query: PostgresQuery) => Promise<readonly R[]>;

/** A connection that only reads, one snapshot after the other. A standby will do. */
export interface PostgresSnapshots {
  /** Every question of `work` sees the same instant. Rejects with DatabaseUnavailable. */
  snapshot<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Questions about a whole table take their time. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** Opens a database that another process may be writing; makes and changes nothing. Rejects with DatabaseUnavailable. */
export function openPostgresSnapshots(address: PostgresAddress, purpose: string): Promise<PostgresSnapshots>;
/** Undefined where there is no such schema. */
export function openPostgresSnapshots(
  address: PostgresAddress,
  purpose: string,
  schema: 'may-be-missing',
): Promise<PostgresSnapshots | undefined>;
/** See above. */
export async function openPostgresSnapshots(
  address: PostgresAddress,
  purpose: string,
  schema?: 'may-be-missing',
): Promise<PostgresSnapshots | undefined> {
  const driver = await pgDriver();
  const client = driver.client(clientConfig({ statementTimeoutMs: STATEMENT_TIMEOUT_MS, ...address }, purpose, true));
  client.on('error', () => {});
  const told = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof Error) || error instanceof DatabaseUnavailable) throw error;
      const { code, message } = failureOf(error);
      throw new DatabaseUnavailable(code, `${shownAddress(address)}: ${message}`, { cause: error });
    }
  };
  await told(client.connect());
  const { rows } = await told(client.query<{ present: boolean }>(`SELECT to_regnamespace('${schemaOf(address)}') IS NOT NULL AS present`));
  if (!rows[0]?.present) {
    await client.end();
    if (schema === 'may-be-missing') return undefined;
    throw new DatabaseUnavailable('DATABASE_OPEN_FAILED', `${shownAddress(address)} has no schema ${schemaOf(address)}.`);
  }
  return {
    snapshot: (work) => inSnapshot(client, told, work),
    close: () => client.end().catch(() => {}),
  };
}

async function inSnapshot<T>(
  client: PostgresClient,
  told: <R>(asked: Promise<R>) => Promise<R>,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  await told(client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
  try {
    return await work(async <R extends object>(query: PostgresQuery) => (await told(client.query(query))).rows as R[]);
  } finally {
    await client.query('COMMIT').catch(() => {});
  }
}

import { createRequire } from 'node:module';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { openPostgresJournal } from '../src/postgres-journal.ts';
import { recordedBatches, type Side } from './recorded-payments.ts';

/** What the payments cost, on average. */
export interface Figures {
  readonly cpuUs: number;
  readonly log: string;
  /** Bytes a payment, by table and index. */
  readonly bytes: ReadonlyMap<string, number>;
}

/** One replica on a server of its own; each batch is sent when the one before is stored. */
export async function replayPostgres(side: Side, first: number, count: number): Promise<Figures> {
  const server = await startTestPostgres();
  const journal = await openPostgresJournal({ url: server.url, schema: 'replay', replicaId: 'replay', log: recordedLog(), gatherMs: 0 });
  const { Client } = createRequire(import.meta.resolve('@payment-manager/database'))('pg') as typeof import('pg');
  const client = new Client({ connectionString: server.url, options: '-c search_path=replay' });
  await client.connect();
  let batches = 0;
  const store = async (from: number, many: number): Promise<void> => {
    for (const batch of recordedBatches(side, from, many)) {
      await Promise.all(batch.map((append) => journal.append(append)));
      batches++;
    }
  };
  await store(0, first);
  await client.query('CHECKPOINT');
  const ask = async <T>(sql: string): Promise<T> => (await client.query(sql)).rows[0] as T;
  const position = 'SELECT pg_current_wal_lsn() AS at';
  const [{ at }, cpuMs] = [await ask<{ at: string }>(position), server.cpuMs() ?? 0];
  batches = 0;
  await store(first, count);
  const usedMs = (server.cpuMs() ?? 0) - cpuMs;
  const { bytes: written } = await ask<{ bytes: number }>(`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '${at}')::float8 AS bytes`);
  const { rows } = await client.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, (pg_relation_size(c.oid) + CASE WHEN reltoastrelid > 0 THEN pg_total_relation_size(reltoastrelid) ELSE 0 END)::float8 AS bytes
     FROM pg_class c WHERE relnamespace = 'replay'::regnamespace AND relkind IN ('r', 'i') ORDER BY 2 DESC`,
  );
  await client.end();
  await journal.close();
  await server.stop();
  return {
    cpuUs: (usedMs * 1_000) / count,
    log: `${(written / count).toFixed(0)} bytes of the log in ${(batches / count).toFixed(2)} batches`,
    bytes: new Map(rows.map(({ name, bytes }) => [name, bytes / (first + count)])),
  };
}

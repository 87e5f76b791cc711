import { join } from 'node:path';
import { type DatabaseUnavailable, openPostgresQueries, openSqlite } from '@payment-manager/database';
import type { Log } from '@payment-manager/runtime';
import type { ReadModelSource } from '../feed/source.ts';
import { GRAIN_MS, GRAINS, type Grain, type HistoryStore, KEPT_MS, type KeptSlot } from './history-store.ts';

const SCHEMA1 = `CREATE TABLE rm_history (
    grain text COLLATE "C" NOT NULL, slot bigint NOT NULL, replica text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (grain, slot, replica)
  );`;

/**
 * Opens the history where the read model is: a file of its own beside it, or a table. It is no part of the rows, and stays when they are made anew. Rejects
 * with DatabaseUnavailable.
 */
export function openHistory(source: ReadModelSource, log: Log): Promise<HistoryStore> {
  return source.store === 'sqlite' ? inFile(join(source.folder, 'history.db'), log) : inPostgres(source, log);
}

function firstKept(now: number): Readonly<Record<Grain, number>> {
  const kept = GRAINS.map((grain) => [grain, Math.floor((now - KEPT_MS[grain]) / GRAIN_MS[grain])] as const);
  return Object.fromEntries(kept) as Record<Grain, number>;
}

async function inFile(file: string, log: Log): Promise<HistoryStore> {
  let failed: DatabaseUnavailable | undefined;
  const store = await openSqlite<typeof import('./sqlite-script.ts')>({
    file,
    script: new URL('./sqlite-script.ts', import.meta.url),
    shared: true,
    log,
    gatherMs: 0,
    // of the history nothing is owed to anybody: payments go on, and whoever writes opens it anew
    onFatal: (error) => {
      failed = error;
    },
  });
  const whole = (): void => {
    if (failed !== undefined) throw failed;
  };
  return {
    async write(slots, now) {
      whole();
      await store.write([slots, firstKept(now)]);
    },
    async read({ grain, first, last, after, limit }) {
      whole();
      return store.read('slots', [grain, first, last, after?.slot ?? -1, after?.replica ?? '', limit]);
    },
    close: async () => (failed === undefined ? store.close() : undefined),
  };
}

async function inPostgres({ address }: Extract<ReadModelSource, { store: 'postgres' }>, log: Log): Promise<HistoryStore> {
  const database = await openPostgresQueries({ ...address, log, room: { room: 'history', migrations: [SCHEMA1] } });
  return {
    async write(slots, now) {
      await database.query({
        name: 'rm_history_write',
        text: `INSERT INTO rm_history (grain, slot, replica, body) SELECT grain, slot, replica, body
          FROM jsonb_to_recordset($1) AS c (grain text, slot bigint, replica text, body text)
          ON CONFLICT (grain, slot, replica) DO UPDATE SET body = excluded.body`,
        values: [JSON.stringify(slots)],
      });
      for (const [grain, first] of Object.entries(firstKept(now)))
        await database.query({
          name: 'rm_history_clean',
          text: 'DELETE FROM rm_history WHERE grain = $1 AND slot < $2',
          values: [grain, first],
        });
    },
    async read({ grain, first, last, after, limit }) {
      const rows = await database.query<Record<keyof KeptSlot, unknown>>({
        name: 'rm_history_read',
        text: `SELECT grain, slot, replica, body FROM rm_history
          WHERE grain = $1 AND slot >= $2 AND slot <= $3 AND (slot, replica) > ($4, $5) ORDER BY slot, replica LIMIT $6`,
        values: [grain, first, last, after?.slot ?? -1, after?.replica ?? '', limit],
      });
      return rows.map((row) => ({ ...row, slot: Number(row.slot) }) as KeptSlot);
    },
    close: () => database.close(),
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { StoreMigration, StoreOperations } from '@payment-manager/database';
import type { Grain, KeptSlot } from './history-store.ts';

const SCHEMA1 = `
  CREATE TABLE rm_history (
    grain TEXT NOT NULL, slot INTEGER NOT NULL, replica TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (grain, slot, replica)
  ) STRICT, WITHOUT ROWID;
`;

/** The tables, one text per version, oldest first; a released one is never changed. */
const MIGRATIONS: readonly StoreMigration[] = [SCHEMA1];

export { MIGRATIONS as migrations };

/** Slots, and for each grain the first slot that is kept. */
export type HistoryOp = readonly [slots: readonly KeptSlot[], kept: Readonly<Record<Grain, number>>];

/** What can be done to the tables; run in the thread that owns the database. */
export function operations(db: DatabaseSync) {
  const put = db.prepare(`INSERT INTO rm_history (grain, slot, replica, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (grain, slot, replica) DO UPDATE SET body = excluded.body`);
  const clean = db.prepare('DELETE FROM rm_history WHERE grain = ? AND slot < ?');
  const some = db.prepare(`SELECT grain, slot, replica, body FROM rm_history
    WHERE grain = ? AND slot >= ? AND slot <= ? AND (slot, replica) > (?, ?) ORDER BY slot, replica LIMIT ?`);
  return {
    write([slots, kept]: HistoryOp): undefined {
      for (const { grain, slot, replica, body } of slots) put.run(grain, slot, replica, body);
      for (const [grain, first] of Object.entries(kept)) clean.run(grain, first);
    },
    read: {
      slots: ([grain, first, last, slot, replica, limit]: readonly [Grain, number, number, number, string, number]) =>
        some.all(grain, first, last, slot, replica, limit) as unknown as readonly KeptSlot[],
    },
  } satisfies StoreOperations;
}

import { existsSync, rmSync } from 'node:fs';
import { openPostgresSnapshots, type PostgresAddress } from '@payment-manager/database';
import { type JournalView, viewPostgresJournal, viewSqliteJournal } from '@payment-manager/journal';
import { type BusinessDaySettings, type Log, systemClock } from '@payment-manager/runtime';
import { openPostgresStore } from '../store/postgres-store.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { ReadStore } from '../store/store.ts';
import { createFeeder, type Feeder } from './feeder.ts';

/** Where the journal is, and where the rows are. Plain data: it is given to a thread. */
export type ReadModelSource =
  | { readonly store: 'sqlite'; readonly journalFile: string; readonly folder: string }
  | { readonly store: 'postgres'; readonly address: PostgresAddress };

/** A feeder with what it stands on. */
export interface OpenedFeeder extends Feeder {
  readonly view: JournalView;
  readonly rows: ReadStore;
  close(): Promise<void>;
}

/** Opens journal and rows for a feeder, on connections of their own. Rejects with DatabaseUnavailable. */
export async function openFeeder(source: ReadModelSource, businessDay: BusinessDaySettings, log: Log): Promise<OpenedFeeder> {
  const view = source.store === 'sqlite' ? viewSqliteJournal(source.journalFile) : await viewPostgresJournal(source.address);
  try {
    const rows = await openStore(source, log);
    const feeder = createFeeder({ view, store: rows, clock: systemClock, businessDay });
    return {
      ...feeder,
      view,
      rows,
      async close() {
        await rows.close();
        await view.close();
      },
    };
  } catch (error) {
    await view.close();
    throw error;
  }
}

async function openStore(source: ReadModelSource, log: Log): Promise<ReadStore> {
  return source.store === 'sqlite' ? openSqliteStore(source.folder) : openPostgresStore({ ...source.address, log });
}

/** Removes all rows, where there are any: what is not kept up to date must not outlive what is pruned. Rejects with DatabaseUnavailable. */
export async function removeReadModel(source: ReadModelSource, log: Log): Promise<void> {
  if (source.store === 'sqlite') {
    if (existsSync(source.folder)) rmSync(source.folder, { recursive: true, force: true });
    return;
  }
  // its tables are there only where it was switched on once
  const seen = await openPostgresSnapshots(source.address, 'read model', 'may-be-missing');
  const [found] =
    (await seen?.snapshot((ask) => ask<{ there: boolean }>({ text: `SELECT to_regclass('rm_place') IS NOT NULL AS there` }))) ?? [];
  await seen?.close();
  if (found?.there !== true) return;
  const store = await openPostgresStore({ ...source.address, log });
  if ((await store.place()) !== undefined) await store.beginAnew({ madeBy: '', begunAt: 0, position: '' });
  await store.close();
}

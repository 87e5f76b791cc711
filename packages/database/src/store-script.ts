import type { DatabaseSync } from 'node:sqlite';

/**
 * What the module that a room gives to `openSqlite` exports. It is loaded in the worker thread, beside the database, so
 * it should import little.
 */
export interface StoreScript {
  /**
   * One per version of the schema, oldest first. Each is run once, in a transaction of its own. One that was once released
   * is never changed: a change is a new one at the end.
   */
  readonly migrations: readonly StoreMigration[];
  operations(db: DatabaseSync): StoreOperations;
}

/** SQL, or what SQL alone cannot do to the rows that are there; it runs within a transaction and begins none. */
export type StoreMigration = string | ((db: DatabaseSync) => void);

/** What can be done to the database. Arguments and results cross a thread: flat arrays of text and numbers are cheapest. */
export interface StoreOperations {
  /**
   * Applies one operation inside the batch's transaction, and returns its result. A refusal is a result like any other;
   * it must be decided before the first change, since nothing is undone after it. When `write` throws, its changes are
   * undone, it alone fails, and the rest of the batch is applied again: it must depend on nothing but the database and what
   * was noted since `beginBatch`.
   */
  write(op: never): unknown;
  /**
   * Before the first operation of a batch, inside its transaction: forgets what was noted of one that was undone. When it throws an error
   * with the code `DATABASE_RESTORED`, nothing of the batch is stored, and the process must exit.
   */
  beginBatch?(): void;
  /** After the last operation, before the commit. When it throws, nothing of the batch is stored. */
  endBatch?(): void;
  /** Questions, answered between two batches: they see what is committed, and nothing else. */
  readonly read: Readonly<Record<string, (args: never) => unknown>>;
}

/** The operation, its result, and the questions of a script. */
export type OpOf<S extends StoreScript> = Parameters<ReturnType<S['operations']>['write']>[0];
export type ResultOf<S extends StoreScript> = ReturnType<ReturnType<S['operations']>['write']>;
export type ReadsOf<S extends StoreScript> = ReturnType<S['operations']>['read'];

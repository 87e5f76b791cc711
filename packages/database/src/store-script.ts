import type { DatabaseSync } from 'node:sqlite';

/**
 * What the module that a room gives to `openSqlite` exports. It is loaded in the worker thread, beside the database, so
 * it should import little.
 */
export interface StoreScript {
  /**
   * SQL, one text per version of the schema, oldest first. Each is run once, in a transaction of its own. A text that
   * was once released is never changed: a change is a new text at the end.
   */
  readonly migrations: readonly string[];
  operations(db: DatabaseSync): StoreOperations;
}

/** What can be done to the database. Arguments and results cross a thread: flat arrays of text and numbers are cheapest. */
export interface StoreOperations {
  /**
   * Applies one operation inside the batch's transaction, and returns its result. A refusal is a result like any other;
   * it must be decided before the first change, since nothing is undone after it. When `write` throws, its changes are
   * undone, it alone fails, and the rest of the batch is applied again: it must depend on nothing but the database.
   */
  write(op: never): unknown;
  /** Questions, answered between two batches: they see what is committed, and nothing else. */
  readonly read: Readonly<Record<string, (args: never) => unknown>>;
}

/** The operation, its result, and the questions of a script. */
export type OpOf<S extends StoreScript> = Parameters<ReturnType<S['operations']>['write']>[0];
export type ResultOf<S extends StoreScript> = ReturnType<ReturnType<S['operations']>['write']>;
export type ReadsOf<S extends StoreScript> = ReturnType<S['operations']>['read'];

export { type DatabaseCode, DatabaseUnavailable } from './database-unavailable.ts';
export { type OpenSqliteOptions, openSqlite, type WorkerStore } from './open-sqlite.ts';
export type { StoreOperations, StoreScript } from './store-script.ts';

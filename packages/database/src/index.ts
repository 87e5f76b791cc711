export { type BackupCode, BackupRefused } from './backup-refused.ts';
export { type DatabaseCode, DatabaseUnavailable } from './database-unavailable.ts';
export * from './leadership.ts';
export { type OpenPostgresOptions, openPostgres, type PostgresStore } from './open-postgres.ts';
export { type OpenSqliteOptions, openSqlite, type WorkerStore } from './open-sqlite.ts';
export * from './orders.ts';
export type { PostgresClient, PostgresDriver, PostgresPool, PostgresQuery, PostgresRows } from './postgres-driver.ts';
export type { Letter, ReplicaMail } from './postgres-mail.ts';
export { type OpenPostgresQueriesOptions, openPostgresQueries, type PostgresQueries } from './postgres-queries.ts';
export { knowsRestores, RESTORES_QUERY } from './postgres-restores.ts';
export type { PostgresScript, Refusal } from './postgres-script.ts';
export { setPostgresAside } from './postgres-set-aside.ts';
export type { PostgresAddress } from './postgres-settings.ts';
export { type Ask, openPostgresSnapshots, type PostgresSnapshots } from './postgres-snapshots.ts';
export { isRetired, RETIRED_MIGRATION, retiredMessage } from './retired-migration.ts';
export {
  type BackupFacts,
  backupFacts,
  backupSqlite,
  demandAuthentic,
  FACTS_TABLE,
  partialBackup,
  type RestoreOptions,
  refuseInUse,
  restoreSqlite,
} from './sqlite-backup.ts';
export { demandSchema } from './sqlite-file.ts';
export type { StoreMigration, StoreOperations, StoreScript } from './store-script.ts';

export * from './journal.ts';
export { memoryJournal } from './memory-journal.ts';
export { openPostgresJournal, type PostgresJournalOptions, type SharedJournal } from './postgres-journal.ts';
export { type BackedUp, type BackupFacts, backupFacts, backupSqliteJournal, restoreSqliteJournal } from './sqlite-backup.ts';
export { openSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';

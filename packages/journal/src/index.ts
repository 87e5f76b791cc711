export * from './journal.ts';
export { memoryJournal } from './memory-journal.ts';
export { openSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';

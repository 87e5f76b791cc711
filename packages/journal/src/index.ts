export type { Letter, ReplicaMail } from '@payment-manager/database';
export { type Anchor, anchorOf, type ChainHeads, readAnchor } from './chain/anchor.ts';
export type { JournalView } from './chain/journal-view.ts';
export { viewPostgresJournal } from './chain/postgres-view.ts';
export { viewSqliteJournal } from './chain/sqlite-view.ts';
export type { BatchName, Problem, ProblemCode, Tail, Verdict } from './chain/verdict.ts';
export { type VerifyOptions, verifyJournal } from './chain/verify-journal.ts';
export { type Changed, type ChangedRecord, changedAfter, heldBy, journalEnd, recordsAfter, recordsAt } from './follow/changed-after.ts';
export {
  eventsAfter,
  type Followed,
  type FollowedAppend,
  type FollowedEntry,
  isNewAfter,
  JOURNAL_START,
  type JournalPosition,
  type PrunedRecord,
} from './follow/events-after.ts';
export { formatOfKind, formatReached, JOURNAL_FORMAT } from './format.ts';
export * from './journal.ts';
export { type MemoryJournal, memoryJournal } from './memory-journal.ts';
export { openPostgresJournal, type PostgresJournalOptions, postgresJournalSharedBy, type SharedJournal } from './postgres-journal.ts';
export { type ExportedRecord, type ExportQuery, exportRecords } from './prune/export-records.ts';
export { type ExportVerdict, proveExport } from './prune/prove-export.ts';
export { type Prune, type PrunedEvent, type PruneResult, versionOf } from './prune/pruned.ts';
export { journalMark } from './restored/journal-mark.ts';
export { type JournalMark, MARK_KIND, type MarkEvent, RESTORED_CODE, type RestoredMark, type RestoreSign } from './restored/mark.ts';
export type { OpeningJournal, SeesRestore } from './restored/sees-restore.ts';
export { setOldPostgresJournalAside, setOldSqliteJournalAside } from './set-aside.ts';
export { type BackedUp, type BackupFacts, backupFacts, backupSqliteJournal, restoreSqliteJournal } from './sqlite-backup.ts';
export { openSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.ts';

import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseCode } from './database-unavailable.ts';
import { isDiskFailure, messageOf, type SqliteErrorName, sqliteErrorName } from './sqlite-errors.ts';
import type { StoreOperations } from './store-script.ts';
import type { Failure, FromWorker } from './worker-protocol.ts';

type BatchResult = Extract<FromWorker, { kind: 'committed' | 'failed' }>;

/** Applies a batch of operations in one transaction, so that they share one fsync. Never throws. */
export function batchCommit(db: DatabaseSync, operations: Omit<StoreOperations, 'read'>): (ops: readonly unknown[]) => BatchResult {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  /** The usual way: no savepoints, since operations do not throw. Undefined when one did. */
  function together(ops: readonly unknown[]): BatchResult | undefined {
    try {
      begin.run();
      operations.beginBatch?.();
      const results: unknown[] = [];
      for (const op of ops) results.push(operations.write(op as never));
      operations.endBatch?.();
      commit.run();
      return { kind: 'committed', results };
    } catch (error) {
      rollBack(db);
      const name = sqliteErrorName(error);
      return name === undefined ? undefined : { kind: 'failed', failure: batchFailure(name, error) };
    }
  }

  /** The rare way, after an operation threw: each in a savepoint of its own, so that only the guilty one fails. */
  function oneByOne(ops: readonly unknown[]): BatchResult {
    const results: unknown[] = [];
    const failures = new Map<number, Failure>();
    try {
      begin.run();
      operations.beginBatch?.();
      for (const [index, op] of ops.entries()) {
        db.exec('SAVEPOINT op');
        try {
          results.push(operations.write(op as never));
        } catch (error) {
          if (sqliteErrorName(error) !== undefined) throw error;
          db.exec('ROLLBACK TO op');
          results.push(undefined);
          failures.set(index, { code: 'DATABASE_OPERATION_FAILED', message: `An operation failed: ${messageOf(error)}.` });
        }
        db.exec('RELEASE op');
      }
      operations.endBatch?.();
      commit.run();
      return { kind: 'committed', results, failures };
    } catch (error) {
      rollBack(db);
      return { kind: 'failed', failure: batchFailure(sqliteErrorName(error), error) };
    }
  }

  return (ops) => together(ops) ?? oneByOne(ops);
}

/** Some errors have rolled back already. When even this fails, the next BEGIN will say so. */
function rollBack(db: DatabaseSync): void {
  if (!db.isTransaction) return;
  try {
    db.exec('ROLLBACK');
  } catch {}
}

function batchFailure(name: SqliteErrorName | undefined, error: unknown): Failure {
  if (error instanceof Error && 'code' in error && error.code === 'DATABASE_RESTORED')
    return { code: 'DATABASE_RESTORED', message: `A batch was not stored: ${error.message}.` };
  const code: DatabaseCode = isDiskFailure(name) ? 'DATABASE_FAILED' : name === 'FULL' ? 'DATABASE_FULL' : 'DATABASE_COMMIT_FAILED';
  return { code, message: `A batch was not stored: ${messageOf(error)}.` };
}

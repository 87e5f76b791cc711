import type { DatabaseCode } from './database-unavailable.ts';

/**
 * What a failed query means:
 *
 * - `lost`: the connection broke or answered no more; whether the statement was carried out is not known.
 * - `again`: the server undid it because of others at work (deadlock, a race for a unique row); the same again may pass.
 * - `fenced`: this process's lease was ended by another (docs/money-rules.md, 7).
 * - `restored`: the database was put back to an older copy since this process opened it.
 * - `full`: no room on the server's disk.
 * - `refused`: the statement itself is at fault, and would be again.
 */
export type PostgresFailure = 'lost' | 'again' | 'fenced' | 'restored' | 'full' | 'refused';

/** SQLSTATEs that this room's own functions raise. Class PM is free for applications. */
const LEASE_ENDED_STATE = 'PM001';
const BATCH_GIVEN_UP_STATE = 'PM002';
const RESTORED_STATE = 'PM003';

/** Tells failures apart by SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html). */
export function postgresFailure(error: unknown): PostgresFailure {
  const state = sqlState(error);
  if (state === undefined) return 'lost';
  if (state === LEASE_ENDED_STATE) return 'fenced';
  if (state === RESTORED_STATE) return 'restored';
  if (state === '53100') return 'full';
  // Serialization failure, deadlock, lock not available, and a number that was given up.
  if (state === '40001' || state === '40P01' || state === '55P03' || state === BATCH_GIVEN_UP_STATE) return 'again';
  // 08: connection; 57P: the server is shut down, crashed or starts; 25006: it became a standby; 53: out of resources; 57014: too slow.
  if (state.startsWith('08') || state.startsWith('57') || state.startsWith('53') || state.startsWith('58') || state === '25006')
    return 'lost';
  return 'refused';
}

/** Whether a lease was refused since the tables may hold a later format than its process reads. */
export function isNewerFormat(error: unknown): boolean {
  return sqlState(error) === 'PM004';
}

/** Undefined: no error of the server, so one of the connection. */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** The code under which a failure is told to callers. */
export const CODE_OF_FAILURE: Readonly<Record<PostgresFailure, DatabaseCode>> = {
  lost: 'DATABASE_UNREACHABLE',
  again: 'DATABASE_COMMIT_FAILED',
  fenced: 'DATABASE_FENCED',
  restored: 'DATABASE_RESTORED',
  full: 'DATABASE_FULL',
  refused: 'DATABASE_OPERATION_FAILED',
};

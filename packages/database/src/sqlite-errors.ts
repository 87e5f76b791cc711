/** SQLite's primary result codes that this room tells apart (sqlite.org/rescode.html). */
const NAMES = new Map<number, SqliteErrorName>([
  [5, 'BUSY'],
  [6, 'LOCKED'],
  [7, 'NOMEM'],
  [8, 'READONLY'],
  [10, 'IOERR'],
  [11, 'CORRUPT'],
  [13, 'FULL'],
  [14, 'CANTOPEN'],
  [26, 'NOTADB'],
]);

export type SqliteErrorName = 'BUSY' | 'LOCKED' | 'NOMEM' | 'READONLY' | 'IOERR' | 'CORRUPT' | 'FULL' | 'CANTOPEN' | 'NOTADB';

/** Which of them an error is. Undefined: another one (say, a constraint), or no error of SQLite. */
export function sqliteErrorName(error: unknown): SqliteErrorName | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  // The extended code, e.g. SQLITE_IOERR_FSYNC 1034, has the primary one in its low byte.
  return NAMES.get(error.errcode & 0xff);
}

/** After these nobody knows what is on the disk: the process must end (docs/money-rules.md, 8). */
export function isDiskFailure(name: SqliteErrorName | undefined): boolean {
  return name === 'IOERR' || name === 'CORRUPT' || name === 'NOTADB';
}

/** What an error says. SQLite's messages name tables and columns, never values. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What can be wrong with the database, and what to do:
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `DATABASE_IN_USE` | opening: another process has the file open | stop that process, or give this one another file |
 * | `DATABASE_NEWER` | opening: a newer version of the program wrote it | run that version, or restore a backup |
 * | `DATABASE_NOT_DURABLE` | opening: the build of SQLite does not keep `synchronous=FULL` or WAL | use another disk or Node build |
 * | `DATABASE_OPEN_FAILED` | opening: anything else (rights, disk, a broken migration) | read the message |
 * | `DATABASE_FULL` | a batch could not be stored: no room | make room; the store goes on by itself |
 * | `DATABASE_COMMIT_FAILED` | a batch could not be stored for another reason | nothing of it is stored; try again |
 * | `DATABASE_FAILED` | reading or writing the disk failed; whether the batch is stored is not known | the process exits; check the disk |
 * | `DATABASE_OPERATION_FAILED` | one operation threw; the others of its batch are stored | a defect of the program: report it |
 * | `DATABASE_OVERLOADED` | too many operations wait | refuse new work until it is better |
 * | `DATABASE_CLOSED` | the store was closed | nothing: the program is ending |
 */
export type DatabaseCode =
  | 'DATABASE_IN_USE'
  | 'DATABASE_NEWER'
  | 'DATABASE_NOT_DURABLE'
  | 'DATABASE_OPEN_FAILED'
  | 'DATABASE_FULL'
  | 'DATABASE_COMMIT_FAILED'
  | 'DATABASE_FAILED'
  | 'DATABASE_OPERATION_FAILED'
  | 'DATABASE_OVERLOADED'
  | 'DATABASE_CLOSED';

/** The only error of this room; see `DatabaseCode` for what each code means. */
export class DatabaseUnavailable extends Error {
  readonly code: DatabaseCode;
  constructor(code: DatabaseCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnavailable';
    this.code = code;
  }
}

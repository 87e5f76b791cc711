/**
 * What can be wrong with the database, and what to do:
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `DATABASE_IN_USE` | opening: another process has the file open, or runs under the same replica's name | stop that process, or give this one another file or name |
 * | `DATABASE_NEWER` | opening: a newer version of the program wrote it | run that version, or restore a backup |
 * | `DATABASE_OLD_FORM` | opening: it is in a stored form that this version of the program does not read | let the version that wrote it finish what is open, set it aside, begin a new one |
 * | `DATABASE_ALTERED` | opening: a table, index, trigger or view of SQLite is not the one that this program makes | keep the file, find out who can write to it, restore a backup |
 * | `DATABASE_FOREIGN` | opening: it was begun with something else of what all that use it must have in common | give the right one; the message says which |
 * | `DATABASE_NOT_DURABLE` | opening: SQLite does not keep `synchronous=FULL` or WAL; PostgreSQL has `fsync` off or `synchronous_commit` below `on` | use another disk or Node build; mend the server's settings |
 * | `DATABASE_OPEN_FAILED` | opening: anything else (rights, disk, a broken migration) | read the message |
 * | `DATABASE_FULL` | a batch could not be stored: no room | make room; the store goes on by itself |
 * | `DATABASE_COMMIT_FAILED` | a batch could not be stored for another reason | nothing of it is stored; try again |
 * | `DATABASE_FAILED` | reading or writing the disk failed; whether the batch is stored is not known | the process exits; check the disk |
 * | `DATABASE_OPERATION_FAILED` | one operation threw; the others of its batch are stored | a defect of the program: report it |
 * | `DATABASE_OVERLOADED` | too many operations wait | refuse new work until it is better |
 * | `DATABASE_UNREACHABLE` | PostgreSQL cannot be reached or does not answer; nothing was stored | nothing: it goes on by itself when the server is back; look at the server |
 * | `DATABASE_IN_DOUBT` | PostgreSQL went away under a batch and did not come back in time; whether it is stored is not known | ask when the server is back (`PostgresStore.settle`) |
 * | `DATABASE_FENCED` | another replica found this one's lease run out and took its payments over | the process exits and starts anew; see why it stood still |
 * | `DATABASE_RESTORED` | the database was put back to an older copy, or lost what it had acknowledged, since this process opened it | the process exits and starts anew, and sees what it must know |
 * | `DATABASE_CLOSED` | the store was closed | nothing: the program is ending |
 */
export type DatabaseCode =
  | 'DATABASE_IN_USE'
  | 'DATABASE_NEWER'
  | 'DATABASE_OLD_FORM'
  | 'DATABASE_ALTERED'
  | 'DATABASE_FOREIGN'
  | 'DATABASE_NOT_DURABLE'
  | 'DATABASE_OPEN_FAILED'
  | 'DATABASE_FULL'
  | 'DATABASE_COMMIT_FAILED'
  | 'DATABASE_FAILED'
  | 'DATABASE_OPERATION_FAILED'
  | 'DATABASE_OVERLOADED'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_IN_DOUBT'
  | 'DATABASE_FENCED'
  | 'DATABASE_RESTORED'
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

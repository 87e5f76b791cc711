/**
 * Why a backup was not made or not restored, and what to do. Nothing was changed, save where the message says so.
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `BACKUP_EXISTS` | a file of that name is there | choose another name |
 * | `BACKUP_NOTHING` | there is nothing to back up or to restore | check the path |
 * | `BACKUP_FOREIGN` | a database that `./pm backup` did not make | take one that it made |
 * | `BACKUP_DAMAGED` | the file is not a whole database | take another backup; when making one: check the disk |
 * | `BACKUP_FORGED` | it is not as it was made, or was made with another key | take another backup; find out who could write to this one |
 * | `BACKUP_UNSIGNED` | it has no MAC: made by a version before there was one, or forged | take one that has; or say that it may be restored |
 * | `BACKUP_NEWER` | a newer version of the program made it | restore with that version |
 * | `BACKUP_OLD_FORM` | it is in a stored form that this version does not read | restore it with the version that made it |
 * | `BACKUP_IN_USE` | restoring: a process has the database | stop it |
 * | `BACKUP_FAILED` | the disk or the rights do not let it | read the message |
 */
export type BackupCode =
  | 'BACKUP_EXISTS'
  | 'BACKUP_NOTHING'
  | 'BACKUP_FOREIGN'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_FORGED'
  | 'BACKUP_UNSIGNED'
  | 'BACKUP_NEWER'
  | 'BACKUP_OLD_FORM'
  | 'BACKUP_IN_USE'
  | 'BACKUP_FAILED';

/** See `BackupCode` for what each code means. */
export class BackupRefused extends Error {
  readonly code: BackupCode;
  constructor(code: BackupCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupRefused';
    this.code = code;
  }
}

import type { StatementRow } from '../reconcile/statement.ts';

/** A transfer of which the journal knows nothing, as hub or core report it. */
export interface Reported {
  readonly type: 'reported';
  readonly row: StatementRow;
  /** The time of the restore: what is reported was begun before it. */
  readonly before: number;
}

import type { StatementRow } from './statement.ts';

/** A transfer of which the journal knows nothing, as hub or core report it. */
export interface Reported {
  readonly type: 'reported';
  readonly row: StatementRow;
  /** Who reports it: the hub says how it ended, the core what it has booked. */
  readonly reportedBy: 'hub' | 'core';
  /** Of a payment that we made, with a homeTransactionId: which attempt of it the tombstone stands for. 1 for the first. */
  readonly attempt?: number;
  /** The time of the restore: what is reported was begun before it. */
  readonly before: number;
}

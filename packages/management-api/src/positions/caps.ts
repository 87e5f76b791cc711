import type { Keeping, Seen } from '../store/kept.ts';
import { loadAll } from '../store/kept.ts';

/** A net debit cap as somebody entered it; its id is the currency. Kept with users and the audit log, which no read model is made anew of. */
export interface Cap {
  /** Decimal text above zero. */
  readonly cap: string;
  /** From the beginning of this business day on payments count, with what stood then. Absent: each business day begins with nothing. */
  readonly settled?: { readonly since: string; readonly opening: string };
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All caps. */
export function loadCaps(keeping: Keeping): Promise<readonly Seen<Cap>[]> {
  return loadAll<Cap>(keeping, 'cap');
}

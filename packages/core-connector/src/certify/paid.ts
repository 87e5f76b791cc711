/** A payment as far as it came. */
export interface Paid {
  readonly transferId: string;
  /** Decimal text: what the customer is to get. Undefined: there was no price. */
  readonly receives: string | undefined;
  /** Did the core take it, as the hub was told? */
  readonly taken: boolean;
  /** Undefined: it was not taken, and the hub has nothing to say. */
  readonly outcome: 'COMMITTED' | 'ABORTED' | undefined;
  /** Was the outcome carried out, as far as was told? */
  readonly ended: boolean;
  /** The code that the other side was told, where it was refused. */
  readonly code: string | undefined;
}

/** An event as it is stored: a type and JSON members. Stored text is what `JSON.stringify` makes of it. */
export interface JournalEvent {
  readonly type: string;
  /** When it happened, milliseconds since the epoch. */
  readonly at: number;
}

/** A unique row that leads to one record (docs/money-rules.md, 2). `kind` and `scope` and `value` together are unique for ever. */
export interface Claim {
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
}

/** What people must see of a record without loading it. */
export interface Attention {
  /** `exception`: only a person (or a late word of the hub) can settle it. `alarm`: somebody should look. */
  readonly level: 'exception' | 'alarm';
  readonly code: string;
  readonly reason: string;
  readonly since: number;
}

export interface Append {
  readonly recordId: string;
  /** Which flow the record belongs to, e.g. `payer`. */
  readonly kind: string;
  /** Number of events the record has; 0 makes a new record. */
  readonly expectedVersion: number;
  readonly events: readonly JournalEvent[];
  readonly claims?: readonly Claim[];
  /** Open records are loaded again at start. */
  readonly open: boolean;
  /** Everything that needs a person now; replaces what was there before. */
  readonly attention: readonly Attention[];
  /** The id by which people know the payment (its transferId); for lists and logs. */
  readonly label: string;
  /**
   * What the record waits on besides its claims, e.g. the party of a look-up; replaces what was there before, absent: none.
   * Kept where replicas share the journal, so that a message which names no claim finds the record from any of them.
   */
  readonly topics?: readonly string[];
}

export type AppendResult =
  | { readonly kind: 'appended'; readonly version: number }
  /** Somebody else appended first (or the record exists already). */
  | { readonly kind: 'version-conflict'; readonly version: number }
  /** A claim is held by another record; nothing of this append was stored. */
  | { readonly kind: 'claim-conflict'; readonly claim: Claim; readonly recordId: string };

export interface StoredRecord {
  readonly recordId: string;
  readonly kind: string;
  readonly events: readonly JournalEvent[];
  readonly open: boolean;
  /**
   * Where replicas share the journal: to whom each event belongs, in the order of the events: the replica that appended it,
   * or the one that took it over. What is owed because of an event is done by its owner alone (docs/money-rules.md, 7).
   */
  readonly owners?: readonly string[];
}

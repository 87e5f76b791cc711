import type { ReplicaMail } from '@payment-manager/database';
import type { ChainHeads } from './chain/anchor.ts';
import type { Prune, PruneResult } from './prune/pruned.ts';
import type { JournalMark } from './restored/journal-mark.ts';

/**
 * The durable record of every payment. A record is a list of small events; it is appended to, loaded, found by its
 * claims, and listed while it is open. The journal knows nothing of what the events mean.
 */

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

/** A record with the time of its latest append's last event, milliseconds since the epoch; it never goes back. */
export interface DatedRecord extends StoredRecord {
  readonly updatedAt: number;
}

/** Records of a stretch of time; `after` is the last record of the page before, as it was answered. */
export interface BetweenQuery {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly limit: number;
  readonly after?: { readonly updatedAt: number; readonly recordId: string };
}

export interface AttentionRow extends Attention {
  readonly recordId: string;
  readonly kind: string;
  readonly label: string;
}

export interface Journal {
  /**
   * Resolves when the events are durable (fsync done), or with the conflict. Appends that arrive while a commit runs
   * share the next one. One failed record never fails its batch. Rejects only with a `JournalUnavailable`.
   */
  append(append: Append): Promise<AppendResult>;
  load(recordId: string): Promise<StoredRecord | undefined>;
  /** The record that holds the claim. */
  findByClaim(claim: Claim): Promise<string | undefined>;
  /** Records that are open, oldest first, `limit` at a time; `after` is the last recordId of the page before. */
  openRecords(limit: number, after?: string): Promise<readonly StoredRecord[]>;
  /** Records whose `updatedAt` lies in the stretch, by that time and then by age, `limit` at a time: for reconciliation. */
  between(query: BetweenQuery): Promise<readonly DatedRecord[]>;
  /** What needs a person, oldest first. */
  attention(query: { level?: Attention['level']; label?: string; limit: number }): Promise<readonly AttentionRow[]>;
  /** Present where replicas share the journal. */
  readonly replica?: ReplicaDoor;
  /**
   * Present in every durable journal. Takes the events of records that are at rest, and leaves one in their place (`PrunedEvent`); claims stay, and the record can
   * still be appended to. Resolves when that is durable, with a result for each. A call is one short commit: give it some
   * dozens at once, no more. Repeating it changes nothing.
   */
  prune?(prunes: readonly Prune[]): Promise<readonly PruneResult[]>;
  /** Whether the journal was put back to an older copy, and what a person did about it. Absent: it cannot have been. */
  readonly mark?: JournalMark;
  /**
   * Present in every durable journal. Tells that something was stored (not what), by this process or by another replica, once for all of a turn of the
   * event loop: who follows the journal (`eventsAfter`) reads on. Notices may get lost, so look every second, too. Returns what ends it.
   */
  onStored?(listener: () => void): () => void;
  /**
   * Present in every durable journal: the format (`journalFormat`) whose kinds of events may be written now, since every process that shares the journal
   * reads it. Ask before an event of a later format than 1 is made.
   */
  writes?(): number;
  /** Present where what is stored is chained: the ends of the chain now, to be kept outside. */
  chainHeads?(): Promise<ChainHeads>;
  close(): Promise<void>;
}

/** What a process must know about the others that share its journal (docs/money-rules.md, 7). */
export interface ReplicaDoor {
  /** This process, as it stands in `owners` of what it appends. No other process ever has the same. */
  readonly self: string;
  /**
   * May this process begin an action now? Ask before each. False once its lease was not renewed in time, by its own
   * monotonic clock; true again when the renewal passes, unless another replica has ended the lease (then the journal's
   * `onFatal` is called, and the process must start anew).
   */
  alive(): boolean;
  /**
   * Takes what belongs to replicas whose lease has ended: at most `limit` open records, oldest first, in which those events
   * now belong to this one. Of several replicas exactly one gets each. A call of the core that such an event
   * started is UNKNOWN. Call it at the start and every second or so; when it gives `limit` records, at once again. It may
   * give a record that the caller has in memory already (with other owners), or, after a failure, one that it gave before; and
   * it gives, beyond the limit, open records of the caller's own with an append that was rejected although it was stored.
   */
  takeOver(limit: number): Promise<readonly StoredRecord[]>;
  /** Records that wait on a topic. */
  findByTopic(topic: string): Promise<readonly string[]>;
  /**
   * Tells which records other replicas have appended to, or undefined: notices may have been missed, so look at whatever is
   * waited for. It wakes those who wait, and begins no action. Returns what ends it.
   */
  onChanged(listener: (recordIds: readonly string[] | undefined) => void): () => void;
  /** For what is nobody's record; not durable. Rejects with a `JournalUnavailable`. */
  readonly mail: ReplicaMail;
}

/** The store could not be reached or refused to commit; nothing of the call is known to be stored. */
export class JournalUnavailable extends Error {
  readonly code = 'JOURNAL_UNAVAILABLE';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalUnavailable';
  }
}

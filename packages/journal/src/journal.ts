import type { ReplicaMail } from '@payment-manager/database';
import type { ChainHeads } from './chain/anchor.ts';
import type { Prune, PruneResult } from './prune/pruned.ts';
import type { Append, AppendResult, Attention, Claim, StoredRecord } from './record.ts';
import type { JournalMark } from './restored/mark.ts';

export type * from './record.ts';

/**
 * The durable record of every payment. A record is a list of small events; it is appended to, loaded, found by its
 * claims, and listed while it is open. The journal knows nothing of what the events mean.
 */

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
   * Present in every durable journal: the format (`JOURNAL_FORMAT`) whose kinds of events may be written now, since every process that shares the journal
   * reads it. Ask before an event of a later format than 1 is made; an append of a kind of record that came with a later one is refused.
   */
  writes?(): number;
  /** Present where what is stored is chained: the ends of the chain now, to be kept outside. */
  chainHeads?(): Promise<ChainHeads>;
  /** Present where questions are asked on a few connections: how many wait for one now. */
  readsWaiting?(): number;
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

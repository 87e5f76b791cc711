import type { ChainedHead, HashedBatch } from './chain-hash.ts';

/** A batch of the chain as it is stored. */
export interface StoredBatch extends HashedBatch {
  readonly hash: string;
}

/** A record as it is stored, with all that the chain says something of. */
export interface RecordFacts {
  readonly ordinal: number;
  readonly recordId: string;
  readonly kind: string;
  readonly label: string;
  readonly version: number;
  readonly open: boolean;
  readonly updatedAt: number;
  readonly appends: number;
  readonly head: string;
  /** How many of its first events were pruned; then there is one with the number 0 in their place. */
  readonly pruned: number;
  /** Each event's number and `hashedEvent`, in order. */
  readonly events: readonly (readonly [seq: number, hashed: string])[];
  /** `attentionHash` of the rows. */
  readonly attention: string;
  /** Whether the columns by which it is found and counted say the same as the rest. */
  readonly agrees: boolean;
}

/** A claim by its key (`claimKeyOf`), and the record that holds it. */
export interface Claimed {
  readonly key: string;
  readonly ordinal: number;
}

/** What is stored, all as of one instant. */
export interface JournalSnapshot {
  /** Batches after a position, in order. */
  batches(after: number, limit: number): Promise<readonly StoredBatch[]>;
  /** The batch with the highest position. */
  lastBatch(): Promise<StoredBatch | undefined>;
  /** The ordinal of the youngest record; 0: there is none. */
  lastOrdinal(): Promise<number>;
  hashOf(writer: string, number: number): Promise<string | undefined>;
  /** Those that are there, by ordinal. */
  records(ordinals: readonly number[]): Promise<ReadonlyMap<number, RecordFacts>>;
  /** The ordinal of the record that holds each claim, by its key. */
  holders(keys: readonly string[]): Promise<readonly (number | undefined)[]>;
  /** Records after an ordinal, in order. */
  recordIds(after: number, limit: number): Promise<readonly (readonly [ordinal: number, recordId: string])[]>;
  /**
   * Time of the last event, and ordinal, of records that are at rest, with nothing to look at, not pruned, and without an event
   * from `beforeMs` on: by that time and then by age, those after one.
   */
  prunable(beforeMs: number, after: readonly [number, number], limit: number): Promise<readonly (readonly [number, number])[]>;
  claimCount(): Promise<number>;
  /** Claims after one, in the order of their keys. */
  claims(after: string | undefined, limit: number): Promise<readonly Claimed[]>;
  /** The first event or person's matter whose ordinal lies between two, neither included; nothing should. */
  strayBetween(ordinal: number, next: number): Promise<number | undefined>;
  /** The ends of the chains as the writers keep them; undefined where the last batch is the end. */
  heads(): Promise<readonly ChainedHead[] | undefined>;
}

/** A journal that is only looked at; its writer is not disturbed. */
export interface JournalView {
  snapshot<T>(look: (seen: JournalSnapshot) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * What verification can find. The chain says what must be there; each code says how what is there differs.
 *
 * | code | meaning |
 * |---|---|
 * | `BATCH_ALTERED` | a batch of the chain does not follow from the one before it, or has an end that is not its own |
 * | `BATCH_MISSING` | a batch of the chain is not there: removed, or cut off at the end |
 * | `BATCH_INSERTED` | a batch stands behind the end of its writer's chain |
 * | `RECORD_ALTERED` | what is said of a record (open, label, times, counts) is not what its last append said |
 * | `RECORD_MISSING` | a record was removed |
 * | `RECORD_INSERTED` | a record, or an append to one, of which the chain knows nothing |
 * | `EVENT_ALTERED` | an event's type, time or text was changed, or events changed places |
 * | `EVENT_MISSING` | an event was removed, and the chain knows of no pruning; or what pruning left was removed |
 * | `EVENT_INSERTED` | an event of which the chain knows nothing |
 * | `CLAIM_MISSING` | a claim was removed |
 * | `CLAIM_MOVED` | a claim leads to another record than the one that took it |
 * | `CLAIM_INSERTED` | a claim of which the chain knows nothing |
 * | `ATTENTION_ALTERED` | what needs a person was changed, removed or slipped in |
 * | `ANCHOR_UNMET` | the journal is not the one that was anchored: rewritten, cut off, or an older copy put in its place |
 * | `EXPORT_DIFFERS` | a record in an export is not the one that was pruned (`proveExport`) |
 */
export type ProblemCode =
  | 'BATCH_ALTERED'
  | 'BATCH_MISSING'
  | 'BATCH_INSERTED'
  | 'RECORD_ALTERED'
  | 'RECORD_MISSING'
  | 'RECORD_INSERTED'
  | 'EVENT_ALTERED'
  | 'EVENT_MISSING'
  | 'EVENT_INSERTED'
  | 'CLAIM_MISSING'
  | 'CLAIM_MOVED'
  | 'CLAIM_INSERTED'
  | 'ATTENTION_ALTERED'
  | 'ANCHOR_UNMET'
  | 'EXPORT_DIFFERS';

/** Which batch of the chain says so. */
export interface BatchName {
  readonly writer: string;
  readonly number: number;
  /** The order in which problems are told; what no batch knows of comes last. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One thing that is not as the chain says. */
export interface Problem {
  readonly code: ProblemCode;
  /** For people: what was expected and what is there. Never the text of an event. */
  readonly message: string;
  readonly recordId?: string;
  /** Number of the event in its record, from 1. */
  readonly event?: number;
  readonly batch?: BatchName;
  readonly expected?: string | number;
  readonly found?: string | number;
}

/** What stands behind the last anchor: nobody outside can tell whether it is all, or was made up. */
export interface Tail {
  readonly batches: number;
  readonly events: number;
  /** Time of its first batch, milliseconds since the epoch. */
  readonly since: number | undefined;
}

export interface Verdict {
  /** In the order of the chain; at most `problemsMax`. Empty: nothing was altered, removed or slipped in, up to the tail. */
  readonly problems: readonly Problem[];
  /** False where the chain itself is broken, or there were too many problems: then the rest was not looked at. */
  readonly complete: boolean;
  readonly records: number;
  readonly events: number;
  readonly claims: number;
  readonly batches: number;
  readonly writers: number;
  /** Of `records` and `events`: those that were pruned, of which the hashes are there. Time of the first and last pruning, milliseconds since the epoch. */
  readonly pruned: {
    readonly records: number;
    readonly events: number;
    readonly first: number | undefined;
    readonly last: number | undefined;
  };
  /** Of the anchors that were given: how many, and the last one. Undefined: none were given. */
  readonly anchors: { readonly count: number; readonly last: { readonly at: string; readonly position: number } | undefined } | undefined;
  readonly tail: Tail;
}

/** Above it, verification stops: a journal that was written by something else has as many problems as records. */
export const PROBLEMS_MAX = 20;

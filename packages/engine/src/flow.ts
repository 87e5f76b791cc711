import type { Attention, Claim, JournalEvent } from '@payment-manager/journal';
import type { AlarmCode } from '@payment-manager/runtime';

/**
 * A flow: what a kind of record means, as pure functions. No I/O, no clock, no randomness: whatever a flow needs to know
 * comes with the input (architecture, "How one payment flows").
 */
export interface Flow<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly kind: string;
  /** At which level a change of a record is logged; default `info`: once for each payment is enough. */
  readonly changesLogged?: 'debug';
  /** What happened. */
  apply(state: S | undefined, event: E): S;
  /** What an input means now. `state` is undefined only for the input that makes the record. */
  decide(state: S | undefined, input: I, now: number): Decision<E, A>;
  /** Claims that an event makes (docs/money-rules.md, 2). */
  claims(event: E): readonly Claim[];
  /** Everything that follows from a state. The engine asks once per state. */
  project(state: S): Projection<A>;
  /** `project(state).owed` alone: who owns which action is found by going through a record event by event (docs/money-rules.md, 7). */
  owed(state: S): readonly A[];
}

/** What follows from a state of a record. */
export interface Projection<A> {
  /** What the world is still owed. Same obligation, same key, as long as it stands. */
  readonly owed: readonly A[];
  /** Unfinished: it is found again after a restart. */
  readonly open: boolean;
  /** The other side waits for a word of ours on it. Only for how much is to be done; absent: a request that is counted waits. */
  readonly awaited?: boolean;
  /** Topics on which the record waits for messages that do not carry one of its claims, e.g. a look-up's party. */
  readonly topics: readonly string[];
  /** What a person should see. */
  readonly attention: readonly Attention[];
  /** Where it stands, in one word; for metrics. */
  readonly stage: string;
  /** The id under which people know it. */
  readonly label: string;
  /** `traceparent` of the request that it came from; absent: it bore none. */
  readonly trace?: string | undefined;
}

export interface Input {
  readonly type: string;
}

/** An input that the engine itself makes: an action that may be started only once was started by a process that is gone, or threw. */
export interface Interrupted extends Input {
  readonly type: 'interrupted';
  readonly key: string;
}

export interface Decision<E, A> {
  /** Appended, made durable, applied; then what is owed is done. */
  readonly events: readonly E[];
  /**
   * True: nothing depends on these events being durable now. They are applied at once and stored with the next append or
   * after a short time; a crash may lose them.
   */
  readonly lazy?: boolean;
  /** Done once, best effort, after the events: answers to questions and to repeats, which the other side may ask again. */
  readonly courtesies?: readonly A[];
  /** Something an operator should know that is no fact of this record. */
  readonly alarm?: { readonly code: AlarmCode; readonly reason: string /** By whose message it came. */; readonly peer?: string };
}

/** Something to be done, under a stable key. */
export interface Action {
  readonly key: string;
  readonly type: string;
  /** May it be done again when nobody knows whether it was done? (docs/money-rules.md, 1) */
  readonly repeatable: boolean;
  /** Not before this instant (milliseconds since the epoch). */
  readonly notBefore?: number;
  /** Not before so many milliseconds have passed since this process began it: the wall clock, and what passed before a restart, do not count. */
  readonly lasts?: number;
  /** It waits until there is room for it; a record that owes nothing else need not be in memory until then (`Later`). */
  readonly background?: true;
}

/** What a performer is told beside the action. */
export interface ActionContext {
  readonly recordId: string;
  /** True when the action was found owed while loading: an earlier process may have done it, wholly or in part. */
  readonly resumed: boolean;
  /** `traceparent` of the request that the record came from; absent: it bore none. */
  readonly trace?: string | undefined;
  /** Aborted when the action is not owed any more. A performer stops repeating then; what is under way may end. */
  readonly signal: AbortSignal;
}

/** Does an action. Its answer is the next input of the record; `undefined` tells nothing. Never throws for what the world does. */
export type Perform<A extends Action, I extends Input> = (action: A, context: ActionContext) => Promise<I | undefined>;

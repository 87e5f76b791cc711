import type { Claim, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Timer } from '@payment-manager/runtime';
import type { Input, Interrupted } from './flow.ts';

/** What `create` and `input` came to. */
export type Delivery<S> =
  | { readonly kind: 'taken'; readonly recordId: string; readonly state: S }
  /** Another record holds a claim that this one needs; nothing was stored. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly recordId: string }
  /** No such record, or it could not be made because it exists. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'exists'; readonly recordId: string };

/** An input in the queue of a record, and who waits for what comes of it. */
export interface Waiting<S, I> {
  readonly input: I | Interrupted | News;
  readonly resolve: (delivery: Delivery<S>) => void;
  readonly reject: (error: unknown) => void;
}

/** What only replicas have: the record was changed by another one, or came to belong to us. */
export interface News {
  readonly type: 'news';
  readonly record?: StoredRecord;
}

/** An action under way; with a timer while it waits for its time. */
export interface InFlight {
  readonly controller: AbortController;
  timer?: Timer;
  /** When it was begun, on the monotonic clock. */
  readonly since: number;
  /** How often it has thrown. */
  thrown?: number;
  /** Told when it is over: whether there was an answer. */
  readonly ended?: (answered: boolean) => void;
}

/** One record in memory. Its inputs are taken one at a time. */
export interface Cell<S, I> {
  readonly id: string;
  state: S | undefined;
  /** Events stored; lazy ones are not counted until they are. */
  version: number;
  /** Applied, and stored with the next append. */
  lazy: JournalEvent[];
  lazyTimer: Timer | undefined;
  readonly queue: Waiting<S, I>[];
  busy: boolean;
  readonly inFlight: Map<string, InFlight>;
  /** Actions that answered and are owed still: they are not begun again. */
  readonly answered: Set<string>;
  /** Owed, but another replica's to do (docs/money-rules.md, 7). */
  foreign: ReadonlySet<string>;
  readonly claims: Set<string>;
  topics: readonly string[];
  readonly watchers: Set<(state: S) => void>;
  open: boolean;
  awaited: boolean;
  /** When it came to its stage, on the monotonic clock; unknown for a record that was loaded. */
  stageSince: number | undefined;
  /** Resolves when the first append has come back, whatever it said. */
  readonly made: PromiseWithResolvers<void>;
}

const NONE: ReadonlySet<string> = new Set();

/** A record that is not there yet. */
export function makeCell<S, I>(id: string): Cell<S, I> {
  return {
    id,
    state: undefined,
    version: 0,
    lazy: [],
    lazyTimer: undefined,
    queue: [],
    busy: false,
    inFlight: new Map(),
    answered: new Set(),
    foreign: NONE,
    claims: new Set(),
    topics: [],
    watchers: new Set(),
    open: false,
    awaited: false,
    stageSince: undefined,
    made: Promise.withResolvers(),
  };
}

/** Nobody needs it in memory now; the journal has it. */
export function rests<S, I>(cell: Cell<S, I>): boolean {
  return (
    !cell.open && !cell.busy && cell.queue.length === 0 && cell.inFlight.size === 0 && cell.watchers.size === 0 && cell.lazy.length === 0
  );
}

/** News are no input of a flow. */
export function isNews(input: Input): input is News {
  return input.type === 'news';
}

/** Answers of actions, and interruptions, bear the action's key. */
export function isActionAnswer(input: Input): input is Input & { key: string } {
  return 'key' in input && typeof (input as { key?: unknown }).key === 'string';
}

/** The answer to an input that was taken. */
export function taken<S, I>(cell: Cell<S, I>): Delivery<S> {
  return cell.state === undefined ? { kind: 'missing' } : { kind: 'taken', recordId: cell.id, state: cell.state };
}

import { type Append, type Claim, type Journal, type JournalEvent, JournalUnavailable } from '@payment-manager/journal';
import type { Failpoints, Log } from '@payment-manager/runtime';
import type { Cell } from './cell.ts';
import type { Delivery } from './engine.ts';
import type { Action, Flow, Input } from './flow.ts';
import type { Memory } from './memory.ts';

export interface WriterDeps {
  readonly journal: Journal;
  readonly log: Log;
  readonly failpoints: Failpoints;
}

/** Writes what happened to a record: durable first, then applied (promise 1). */
export class RecordWriter<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #flow: Flow<S, I, E, A>;
  readonly #memory: Memory<S, I>;
  readonly #deps: WriterDeps;

  constructor(flow: Flow<S, I, E, A>, memory: Memory<S, I>, deps: WriterDeps) {
    this.#flow = flow;
    this.#memory = memory;
    this.#deps = deps;
  }

  /** Applies an event that is stored, or that may be stored later. */
  apply(cell: Cell<S, I>, event: E): void {
    cell.state = this.#flow.apply(cell.state, event);
    for (const claim of this.#flow.claims(event)) this.#memory.claim(cell, claim);
  }

  keepLazily(cell: Cell<S, I>, events: readonly E[]): void {
    for (const event of events) {
      cell.lazy.push(event);
      this.apply(cell, event);
    }
    this.#logged(cell.state as S, events);
  }

  /** Stores what was kept lazily. */
  async flush(cell: Cell<S, I>): Promise<void> {
    if (cell.state !== undefined) await this.#store(cell, cell.lazy, [], cell.state);
  }

  /** Durable first, then applied. Answers where a claim leads when the journal refuses. */
  async append(cell: Cell<S, I>, events: readonly E[]): Promise<Delivery<S> | undefined> {
    const claims: Claim[] = [];
    let state = cell.state;
    for (const event of events) {
      claims.push(...this.#flow.claims(event));
      state = this.#flow.apply(state, event);
    }
    if (state === undefined) throw new Error('a flow made a record without a state');
    // a second maker of the same record must find this one while the first append is under way
    if (cell.state === undefined) for (const claim of claims) this.#memory.claim(cell, claim);
    const last = (events.at(-1) as E).type;
    this.#deps.failpoints.hit(`${this.#flow.kind}.append.before.${last}`);
    const refused = await this.#store(cell, [...cell.lazy, ...events], claims, state);
    if (refused !== undefined) return refused;
    this.#deps.failpoints.hit(`${this.#flow.kind}.append.after.${last}`);
    cell.state = state;
    for (const claim of claims) this.#memory.claim(cell, claim);
    this.#logged(state, events);
    return undefined;
  }

  #logged(state: S, events: readonly E[]): void {
    this.#deps.log.info('state changed', {
      payment: this.#flow.label(state),
      flow: this.#flow.kind,
      events: events.map((event) => event.type).join(' '),
    });
  }

  async #store(cell: Cell<S, I>, events: readonly JournalEvent[], claims: readonly Claim[], state: S): Promise<Delivery<S> | undefined> {
    const append: Append = {
      recordId: cell.id,
      kind: this.#flow.kind,
      expectedVersion: cell.version,
      events,
      claims,
      open: this.#flow.open(state),
      attention: this.#flow.attention(state),
      label: this.#flow.label(state),
    };
    const result = await this.#deps.journal.append(append);
    if (result.kind === 'appended') {
      cell.version = result.version;
      cell.lazy = [];
      cell.lazyTimer?.cancel();
      cell.lazyTimer = undefined;
      return undefined;
    }
    if (result.kind === 'claim-conflict') return { kind: 'claimed', claim: result.claim, recordId: result.recordId };
    if (cell.version === 0) return { kind: 'exists', recordId: cell.id };
    // another writer: its truth is loaded, and the input is taken again against it
    throw new JournalUnavailable(`record ${cell.id} was changed by another writer (version ${result.version})`);
  }
}

import {
  type Append,
  type AppendResult,
  type Claim,
  type Journal,
  type JournalEvent,
  type StoredRecord,
  versionOf,
} from '@payment-manager/journal';
import type { World } from '@payment-manager/runtime';
import type { Changes } from './changes.ts';
import type { Action, Flow, Input, Projection } from './flow.ts';
import type { Delivery } from './inbox.ts';

/** What the states of all records of a flow share. */
export interface StateParts<S, I extends Input, E extends JournalEvent, A extends Action> extends Pick<World, 'failpoints'> {
  readonly flow: Flow<S, I, E, A>;
  readonly journal: Journal;
  readonly changes: Changes;
  /** The record holds a claim from now on. */
  readonly claim: (recordId: string, claim: Claim) => void;
}

/** Another writer was faster: its truth is loaded, and the input is taken again against it. */
export class StaleRecord extends Error {
  constructor(recordId: string) {
    super(`record ${recordId} was changed by another writer`);
    this.name = 'StaleRecord';
  }
}

/** A state, and what follows from it. */
interface Known<S, A> {
  readonly state: S;
  readonly projection: Projection<A>;
}

/** What the events of a record have made, and which of them are stored: durable first, then applied (promise 1). */
export class RecordState<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #id: string;
  readonly #parts: StateParts<S, I, E, A>;
  #known: Known<S, A> | undefined;
  /** Events stored; lazy ones are not counted until they are. */
  #version = 0;
  /** Applied, and stored with the next append. */
  #lazy: readonly E[] = [];
  /** When it came to its stage, on the monotonic clock; unknown for a record that was loaded. */
  #stageSince: number | undefined;

  constructor(id: string, parts: StateParts<S, I, E, A>) {
    this.#id = id;
    this.#parts = parts;
  }

  /** Undefined: the record has not been made, or not been loaded. */
  get state(): S | undefined {
    return this.#known?.state;
  }

  get projection(): Projection<A> | undefined {
    return this.#known?.projection;
  }

  get version(): number {
    return this.#version;
  }

  /** Events are applied that are not stored. */
  get hasLazy(): boolean {
    return this.#lazy.length > 0;
  }

  /** The journal's truth; what was not stored is forgotten. */
  load(record: StoredRecord): void {
    this.#known = undefined;
    this.#lazy = [];
    this.#version = versionOf(record);
    const events = record.events as readonly unknown[] as readonly E[];
    if (events.length === 0) return;
    this.#known = this.#after(events);
    this.#claim(this.#claims(events));
  }

  /** Applies events that may be stored later. */
  keepLazily(events: readonly E[]): void {
    this.#lazy = [...this.#lazy, ...events];
    this.#become(this.#after(events), events);
    this.#claim(this.#claims(events));
  }

  /** Stores what was kept lazily. */
  async flush(): Promise<void> {
    if (this.#known === undefined) return;
    this.#stored(await this.#parts.journal.append(this.#appendOf(this.#lazy, [], this.#known.projection)));
  }

  /**
   * Durable first, then applied. Answers where a claim leads when the journal refuses. Rejects with StaleRecord when another writer
   * was faster, and with JournalUnavailable.
   */
  async append(events: readonly E[]): Promise<Delivery<S> | undefined> {
    const { flow, journal, failpoints } = this.#parts;
    const claims = this.#claims(events);
    const next = this.#after(events);
    // a second maker of the same record must find this one while the first append is under way
    if (this.#known === undefined) this.#claim(claims);
    const last = (events.at(-1) as E).type;
    failpoints.hit(`${flow.kind}.append.before.${last}`);
    const all = this.#lazy.length === 0 ? events : [...this.#lazy, ...events];
    const refused = this.#stored(await journal.append(this.#appendOf(all, claims, next.projection)));
    if (refused !== undefined) return refused;
    failpoints.hit(`${flow.kind}.append.after.${last}`);
    this.#become(next, events);
    this.#claim(claims);
    return undefined;
  }

  #after(events: readonly E[]): Known<S, A> {
    const { flow } = this.#parts;
    let state = this.#known?.state;
    for (const event of events) state = flow.apply(state, event);
    if (state === undefined) throw new Error('a flow made a record without a state');
    return { state, projection: flow.project(state) };
  }

  #become(next: Known<S, A>, events: readonly E[]): void {
    const before = this.#known?.projection;
    this.#known = next;
    this.#stageSince = this.#parts.changes.note(this.#id, before, next.projection, events, this.#stageSince);
  }

  #claims(events: readonly E[]): readonly Claim[] {
    return events.flatMap((event) => this.#parts.flow.claims(event));
  }

  #claim(claims: readonly Claim[]): void {
    for (const claim of claims) this.#parts.claim(this.#id, claim);
  }

  #appendOf(events: readonly E[], claims: readonly Claim[], projection: Projection<A>): Append {
    const { flow, journal } = this.#parts;
    const { open, attention, label, topics } = projection;
    return {
      recordId: this.#id,
      kind: flow.kind,
      expectedVersion: this.#version,
      events,
      claims,
      open,
      attention,
      label,
      ...(journal.replica !== undefined && { topics }),
    };
  }

  /** What the journal's answer comes to. @throws StaleRecord */
  #stored(result: AppendResult): Delivery<S> | undefined {
    if (result.kind === 'appended') {
      this.#version = result.version;
      this.#lazy = [];
      return undefined;
    }
    if (result.kind === 'claim-conflict') return { kind: 'claimed', claim: result.claim, recordId: result.recordId };
    if (this.#version === 0) return { kind: 'exists', recordId: this.#id };
    throw new StaleRecord(this.#id);
  }
}

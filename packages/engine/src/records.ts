import type { Claim, Journal, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { Action, Input } from './flow.ts';
import type { Record } from './record.ts';

/** A record in memory, and how it is found. */
interface Entry<R> {
  readonly record: R;
  readonly claims: Set<string>;
  topics: readonly string[];
  /** It owes more than what may wait. */
  open: boolean;
  awaited: boolean;
}

/** The records of one flow: by id, by claim, by topic. Every open record is in memory, resting ones are up to a limit, and the journal has all. */
export class Records<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #journal: Pick<Journal, 'load'>;
  readonly #kind: string;
  readonly #make: (id: string) => Record<S, I, E, A>;
  readonly #entries = new Map<string, Entry<Record<S, I, E, A>>>();
  /**
   * Those that nobody needs here, the most recently used last: however many are open, or have still to store something, letting go of
   * the first costs the same.
   */
  readonly #resting = new Set<Entry<Record<S, I, E, A>>>();
  readonly #restingMax: number;
  readonly #loading = new Map<string, Promise<Record<S, I, E, A> | undefined>>();
  readonly #byClaim = new Map<string, string>();
  readonly #byTopic = new Map<string, Set<string>>();
  #openCount = 0;
  #awaitedCount = 0;

  constructor(kind: string, journal: Pick<Journal, 'load'>, restingMax: number, make: (id: string) => Record<S, I, E, A>) {
    this.#kind = kind;
    this.#journal = journal;
    this.#restingMax = restingMax;
    this.#make = make;
  }

  /** Records that owe more than what may wait. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Records on which the other side waits for a word of ours. */
  get awaitedCount(): number {
    return this.#awaitedCount;
  }

  /** All that are in memory. */
  get all(): readonly Record<S, I, E, A>[] {
    return Array.from(this.#entries.values(), ({ record }) => record);
  }

  /** A new record. */
  add(id: string): Record<S, I, E, A> {
    const record = this.#make(id);
    this.#entries.set(id, { record, claims: new Set(), topics: [], open: false, awaited: false });
    return record;
  }

  /** A record out of the journal, which goes on with what it owes. */
  restore(stored: StoredRecord): Record<S, I, E, A> {
    const record = this.add(stored.recordId);
    record.restore(stored);
    this.#noteRest(record);
    return record;
  }

  /** The record if it is in memory; looking does not count as use. */
  inMemory(id: string): Record<S, I, E, A> | undefined {
    return this.#entries.get(id)?.record;
  }

  /** The record, from memory or from the journal; undefined when there is none of this flow. */
  find(id: string): Promise<Record<S, I, E, A> | undefined> {
    const known = this.#used(id);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#loading.get(id);
    if (running !== undefined) return running;
    const load = this.#journal
      .load(id)
      .then((stored) => this.#used(id) ?? (stored?.kind === this.#kind ? this.restore(stored) : undefined))
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, load);
    return load;
  }

  #used(id: string): Record<S, I, E, A> | undefined {
    const entry = this.#entries.get(id);
    if (entry !== undefined && this.#resting.delete(entry)) this.#resting.add(entry);
    return entry?.record;
  }

  isOpen(record: Record<S, I, E, A>): boolean {
    return this.#entryOf(record)?.open === true;
  }

  /** The record has another state. */
  settled(record: Record<S, I, E, A>): void {
    const entry = this.#entryOf(record);
    const { projection } = record;
    if (entry === undefined || projection === undefined) return;
    const { topics, open, awaited = false, owed } = projection;
    this.#setTopics(entry, topics);
    this.#count(entry, open && !onlyWaits(owed), awaited);
    if (entry.open) this.#resting.delete(entry);
  }

  drop(record: Record<S, I, E, A>): void {
    const entry = this.#entryOf(record);
    if (entry === undefined) return;
    const { id } = record;
    this.#entries.delete(id);
    for (const key of entry.claims) if (this.#byClaim.get(key) === id) this.#byClaim.delete(key);
    this.#setTopics(entry, []);
    this.#count(entry, false, false);
    this.#resting.delete(entry);
  }

  /** It may have come to rest: lets go of resting records above the limit. */
  rested(record: Record<S, I, E, A>): void {
    this.#noteRest(record);
    if (this.#resting.size <= this.#restingMax) return;
    for (const entry of this.#resting) {
      if (this.#resting.size <= this.#restingMax) return;
      if (entry.record.rests) this.drop(entry.record);
    }
  }

  #noteRest(record: Record<S, I, E, A>): void {
    const entry = this.#entryOf(record);
    if (entry === undefined || entry.open || !record.rests) return;
    this.#resting.delete(entry);
    this.#resting.add(entry);
  }

  /** Undefined when it has left the memory, and perhaps come back as another object. */
  #entryOf(record: Record<S, I, E, A>): Entry<Record<S, I, E, A>> | undefined {
    const entry = this.#entries.get(record.id);
    return entry?.record === record ? entry : undefined;
  }

  #count(entry: Entry<unknown>, open: boolean, awaited: boolean): void {
    if (open !== entry.open) this.#openCount += open ? 1 : -1;
    if (awaited !== entry.awaited) this.#awaitedCount += awaited ? 1 : -1;
    entry.open = open;
    entry.awaited = awaited;
  }

  // ---- claims

  /** The record that holds the claim, if it is in memory. */
  byClaim(claim: Claim): string | undefined {
    return this.#byClaim.get(claimKey(claim));
  }

  /** The first to claim keeps it: the journal has the last word about who that is. */
  claim(id: string, claim: Claim): void {
    const key = claimKey(claim);
    if (this.#byClaim.has(key)) return;
    this.#entries.get(id)?.claims.add(key);
    this.#byClaim.set(key, id);
  }

  // ---- topics

  waitingOn(topic: string): readonly string[] {
    return [...(this.#byTopic.get(topic) ?? [])];
  }

  #setTopics(entry: Entry<Record<S, I, E, A>>, topics: readonly string[]): void {
    if (topics.length === 0 && entry.topics.length === 0) return;
    const { id } = entry.record;
    for (const topic of entry.topics) {
      const ids = this.#byTopic.get(topic);
      ids?.delete(id);
      if (ids?.size === 0) this.#byTopic.delete(topic);
    }
    for (const topic of topics) {
      const ids = this.#byTopic.get(topic);
      if (ids === undefined) this.#byTopic.set(topic, new Set([id]));
      else ids.add(id);
    }
    entry.topics = topics;
  }
}

/** Does it owe only what may wait? Then it is open in the journal, and need not be in memory. */
function onlyWaits(owed: readonly Action[]): boolean {
  return owed.length > 0 && owed.every(({ background }) => background === true);
}

function claimKey(claim: Claim): string {
  return `${claim.kind}\u0000${claim.scope}\u0000${claim.value}`;
}

import type { Claim, Journal, JournalEvent, StoredRecord } from '@payment-manager/journal';
import type { AlarmCode, World } from '@payment-manager/runtime';
import { Acting } from './actions.ts';
import { Background, Waits } from './background.ts';
import { Changes } from './changes.ts';
import type { Action, Flow, Input, Perform } from './flow.ts';
import { Changed, type Delivery } from './inbox.ts';
import { Record, type RecordParts } from './record.ts';
import { Records } from './records.ts';

/** Open records that are read at once at a start. */
const PAGE = 500;

export interface EngineDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics' | 'failpoints'> {
  readonly journal: Journal;
  /** Told of alarms that are no fact of a record. */
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  /** Records kept in memory after they came to rest. */
  readonly restingRecords: number;
  /** There is more to do than there is room for: what may wait, waits. Absent: never. */
  readonly busy?: () => boolean;
}

/**
 * The only thing that acts, as its users see it: the records of one flow, each of which takes its inputs one at a time. Recovery is the
 * same path as everything else: load, and do what is owed.
 */
export class Engine<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #flow: Flow<S, I, E, A>;
  readonly #journal: Journal;
  readonly #records: Records<S, I, E, A>;
  readonly #acting: Acting<A, I>;
  readonly #waits: Waits<S, Record<S, I, E, A>>;
  readonly #background: Background<S, I, E, A>;

  constructor(flow: Flow<S, I, E, A>, perform: Perform<A, I>, deps: EngineDeps) {
    const { journal, timers, restingRecords, busy = () => false } = deps;
    const records: Records<S, I, E, A> = new Records(flow.kind, journal, restingRecords, (id) => new Record(id, parts));
    const acting = new Acting(perform, deps);
    const waits = new Waits<S, Record<S, I, E, A>>(timers, (record) => records.rested(record));
    const background = new Background({ ...deps, flow, records, busy });
    const parts: RecordParts<S, I, E, A> = {
      ...deps,
      flow,
      acting,
      changes: new Changes(flow.kind, deps, flow.changesLogged),
      claim: (id, claim) => records.claim(id, claim),
      settled(record) {
        records.settled(record);
        background.note(record);
        waits.wake(record);
      },
      abandoned: (record) => records.drop(record),
      rested: (record) => records.rested(record),
    };
    this.#flow = flow;
    this.#journal = journal;
    this.#records = records;
    this.#acting = acting;
    this.#waits = waits;
    this.#background = background;
  }

  /** Records that are not finished, but for those that owe only what may wait. */
  get openCount(): number {
    return this.#records.openCount;
  }

  /** Records that owe only what may wait, and how late the first of them is. */
  get waiting(): { readonly count: number; readonly lateMs: number } {
    return this.#background.waiting;
  }

  /** Records on which the other side waits for a word of ours. */
  get awaitedCount(): number {
    return this.#records.awaitedCount;
  }

  /** Makes a record with its first input. */
  create(recordId: string, input: I): Promise<Delivery<S>> {
    if (this.#records.inMemory(recordId) !== undefined) return Promise.resolve({ kind: 'exists', recordId });
    return this.#records.add(recordId).take(input);
  }

  /** Delivers an input to a record that exists. */
  async input(recordId: string, input: I): Promise<Delivery<S>> {
    const record = await this.#records.find(recordId);
    return record === undefined ? { kind: 'missing' } : record.take(input);
  }

  /** The record that holds the claim, if it is in memory: every open record is, but for one that owes only what may wait. */
  known(claim: Claim): string | undefined {
    return this.#records.byClaim(claim);
  }

  /** The record that holds the claim, in memory or in the journal. */
  async find(claim: Claim): Promise<string | undefined> {
    return this.#records.byClaim(claim) ?? this.#journal.findByClaim(claim);
  }

  /** Records that wait on the topic. */
  async waitingOn(topic: string): Promise<readonly string[]> {
    const here = this.#records.waitingOn(topic);
    const { replica } = this.#journal;
    return replica === undefined ? here : [...new Set([...here, ...(await replica.findByTopic(topic))])];
  }

  /** The state; with `fresh`, what other replicas did up to now is in it. */
  async state(recordId: string, fresh = false): Promise<S | undefined> {
    const record = await this.#records.find(recordId);
    if (record !== undefined && fresh && this.#journal.replica !== undefined) await record.take(new Changed());
    // a record that is just being made is waited for: a claim may lead here before its first append has come back
    if (record !== undefined && record.state === undefined) await record.made;
    return record?.state;
  }

  /**
   * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is
   * over: then undefined.
   */
  async watch<T>(recordId: string, look: (state: S) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const record = await this.#records.find(recordId);
    if (record !== undefined && record.state === undefined) await record.made;
    return record && this.#waits.watch(record, look, timeoutMs);
  }

  /** Whoever waits is told what is known now, and nobody waits any more: the process leaves. */
  endWaits(): void {
    this.#waits.end();
  }

  /** Another replica changed the record: whoever waits here for it is woken. Nothing is begun because of it. */
  changed(recordId: string): void {
    this.#records.inMemory(recordId)?.deliver(new Changed());
  }

  /** Notices may have been missed: looks at every record that somebody waits for, or that is open here. */
  lookAgain(): void {
    for (const record of this.#records.all) if (this.#records.isOpen(record) || record.watchers.size > 0) record.deliver(new Changed());
  }

  /** Goes on with what a replica that is gone has left (docs/money-rules.md, 7). False when the record is another flow's. */
  adopt(record: StoredRecord): boolean {
    if (record.kind !== this.#flow.kind) return false;
    const here = this.#records.inMemory(record.recordId);
    if (here === undefined) this.#background.takeUp(record);
    else here.deliver(new Changed(record));
    return true;
  }

  /** Loads every open record and goes on with what it is owed. Where replicas share the journal, only what is taken over is ours. */
  async start(): Promise<number> {
    if (this.#journal.replica !== undefined) return 0;
    let loaded = 0;
    for (let after: string | undefined; ; ) {
      const page = await this.#journal.openRecords(PAGE, after);
      for (const record of page) {
        if (record.kind !== this.#flow.kind || this.#records.inMemory(record.recordId) !== undefined) continue;
        this.#background.takeUp(record);
        loaded++;
      }
      after = page.at(-1)?.recordId;
      if (page.length < PAGE) return loaded;
    }
  }

  /** Lets calls that may be made only once answer, for at most `graceMs`: see `Acting.finish`. */
  finish(graceMs: number): Promise<void> {
    return this.#acting.finish(this.#records, graceMs);
  }

  /** Begins nothing more. What is under way may answer, but nothing follows from it until the next start. */
  async stop(): Promise<void> {
    this.#background.stop();
    this.#acting.stop();
    await Promise.allSettled(this.#records.all.map((record) => record.leave()));
  }
}

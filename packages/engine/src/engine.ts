import { type Claim, type Journal, type JournalEvent, JournalUnavailable, type StoredRecord, versionOf } from '@payment-manager/journal';
import type { Clock, Failpoints, Log, Metrics, Timers } from '@payment-manager/runtime';
import { Background, onlyWaits } from './background.ts';
import { type Cell, type Delivery, isActionAnswer, isNews, type News, taken, type Waiting } from './cell.ts';
import type { Action, Decision, Flow, Input, Interrupted, Perform } from './flow.ts';
import { Loader } from './loader.ts';
import { Memory } from './memory.ts';
import { Obligations } from './obligations.ts';
import { Waits } from './waits.ts';
import { RecordWriter, StaleRecord } from './writer.ts';

/** How long lazy events may wait for the next append. */
const LAZY_FLUSH_MS = 1_000;
/** Inputs that may wait for one record; a flood on one id must not fill the memory (promise 7). */
const QUEUE_MAX = 10_000;
/** How often an input is taken anew because another replica was faster, before its sender is told to come again. */
const STALE_MAX = 20;
/** Open records that are read at once at a start. */
const PAGE = 500;

export interface EngineDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
  /** Told of alarms that are no fact of a record. */
  readonly alarm: (code: string, label: string, reason: string, peer?: string) => void;
  /** Records kept in memory after they came to rest. */
  readonly restingRecords: number;
  /** There is more to do than there is room for: what may wait, waits. Absent: never. */
  readonly busy?: () => boolean;
}

/**
 * The only thing that acts. It takes inputs for a record one at a time, appends the events that the flow decides, waits
 * until they are durable, and then does what is owed. Recovery is the same path: load, and do what is owed.
 */
export class Engine<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #flow: Flow<S, I, E, A>;
  readonly #deps: EngineDeps;
  readonly #memory: Memory<S, I>;
  readonly #obligations: Obligations<S, I, A>;
  readonly #writer: RecordWriter<S, I, E, A>;
  readonly #loader: Loader<S, I, E, A>;
  readonly #waits: Waits;
  readonly #background: Background<S, I, E, A>;
  #stopped = false;

  constructor(flow: Flow<S, I, E, A>, perform: Perform<A, I>, deps: EngineDeps) {
    this.#flow = flow;
    this.#deps = deps;
    this.#memory = new Memory(deps.restingRecords);
    this.#waits = new Waits(deps.timers, () => this.#memory.evict());
    this.#writer = new RecordWriter(flow, this.#memory, deps);
    const atRest = (): void => this.#memory.evict();
    this.#obligations = new Obligations<S, I, A>(perform, deps, (cell, answer) => this.#deliver(cell, answer), atRest);
    this.#loader = new Loader({
      flow,
      journal: deps.journal,
      timers: deps.timers,
      memory: this.#memory,
      writer: this.#writer,
      obligations: this.#obligations,
      deliver: (cell, input) => this.#deliver(cell, input),
      settle: (cell) => this.#settle(cell),
    });
    this.#background = new Background({
      ...deps,
      flow,
      memory: this.#memory,
      loader: this.#loader,
      obligations: this.#obligations,
      busy: deps.busy ?? (() => false),
      refresh: (cell) => this.#enqueue(cell, { type: 'news' }),
    });
  }

  /** Records that are not finished, but for those that owe only what may wait. */
  get openCount(): number {
    return this.#memory.openCount;
  }

  get waiting(): Background<S, I, E, A>['waiting'] {
    return this.#background.waiting;
  }

  /** Records on which the other side waits for a word of ours. */
  get awaitedCount(): number {
    return this.#memory.awaitedCount;
  }

  /** Makes a record with its first input. */
  create(recordId: string, input: I): Promise<Delivery<S>> {
    if (this.#memory.has(recordId)) return Promise.resolve({ kind: 'exists', recordId });
    const cell = this.#memory.add(recordId);
    return this.#enqueue(cell, input);
  }

  /** Delivers an input to a record that exists. */
  async input(recordId: string, input: I): Promise<Delivery<S>> {
    const cell = await this.#loader.cell(recordId);
    if (cell === undefined) return { kind: 'missing' };
    return this.#enqueue(cell, input);
  }

  /** The record that holds the claim, if it is in memory: every open record is, but for one that owes only what may wait. */
  known(claim: Claim): string | undefined {
    return this.#memory.byClaim(claim);
  }

  /** The record that holds the claim, in memory or in the journal. */
  async find(claim: Claim): Promise<string | undefined> {
    return this.#memory.byClaim(claim) ?? this.#deps.journal.findByClaim(claim);
  }

  /** Records that wait on the topic. */
  async waitingOn(topic: string): Promise<readonly string[]> {
    const here = this.#memory.waitingOn(topic);
    const { replica } = this.#deps.journal;
    return replica === undefined ? here : [...new Set([...here, ...(await replica.findByTopic(topic))])];
  }

  /** The state; with `fresh`, what other replicas did up to now is in it. */
  async state(recordId: string, fresh = false): Promise<S | undefined> {
    const cell = await this.#loader.cell(recordId);
    if (cell !== undefined && fresh && this.#deps.journal.replica !== undefined) await this.#enqueue(cell, { type: 'news' });
    // a record that is just being made is waited for: a claim may lead here before its first append has come back
    if (cell !== undefined && cell.state === undefined) await cell.made.promise;
    return cell?.state;
  }

  /**
   * Calls `look` with the state now and after each change until it answers something else than undefined, or the time is
   * over: then undefined.
   */
  async watch<T>(recordId: string, look: (state: S) => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const cell = await this.#loader.cell(recordId);
    if (cell !== undefined && cell.state === undefined) await cell.made.promise;
    return cell && this.#waits.watch(cell, look, timeoutMs);
  }

  /** Whoever waits is told what is known now, and nobody waits any more: the process leaves. */
  endWaits(): void {
    this.#waits.end();
  }

  /** Another replica changed the record: whoever waits here for news of it gets them. Nothing is begun because of it. */
  changed(recordId: string): void {
    const cell = this.#memory.inMemory(recordId);
    if (cell !== undefined) this.#deliver(cell, { type: 'news' });
  }

  /** Notices may have been missed: looks at every record that somebody waits for, or that is open here. */
  lookAgain(): void {
    for (const cell of this.#memory.cells) if (cell.open || cell.watchers.size > 0) this.#deliver(cell, { type: 'news' });
  }

  /** Goes on with what a replica that is gone has left (docs/money-rules.md, 7). False when the record is another flow's. */
  adopt(record: StoredRecord): boolean {
    if (record.kind !== this.#flow.kind) return false;
    const cell = this.#memory.inMemory(record.recordId);
    if (cell === undefined) this.#background.takeUp(record);
    else this.#deliver(cell, { type: 'news', record });
    return true;
  }

  /** Loads every open record and goes on with what it is owed. Where replicas share the journal, only what is taken over is ours. */
  async start(): Promise<number> {
    if (this.#deps.journal.replica !== undefined) return 0;
    let loaded = 0;
    for (let after: string | undefined; ; ) {
      const records = await this.#deps.journal.openRecords(PAGE, after);
      for (const record of records) {
        if (record.kind !== this.#flow.kind || this.#memory.has(record.recordId)) continue;
        this.#background.takeUp(record);
        loaded++;
      }
      after = records.at(-1)?.recordId;
      if (records.length < PAGE) return loaded;
    }
  }

  /** Lets calls that may be made only once answer, for at most `graceMs`: see `Obligations.finish`. */
  finish(graceMs: number): Promise<void> {
    return this.#obligations.finish(this.#memory, graceMs);
  }

  /** Begins nothing more. What is under way may answer, but nothing follows from it until the next start. */
  async stop(): Promise<void> {
    this.#background.stop();
    this.#obligations.stop(this.#memory.cells);
    for (const cell of this.#memory.cells) cell.lazyTimer?.cancel();
    await Promise.allSettled(
      [...this.#memory.cells].filter((cell) => cell.lazy.length > 0 && !cell.busy).map((cell) => this.#writer.flush(cell)),
    );
    this.#stopped = true;
  }

  // ---- inputs, one at a time

  #enqueue(cell: Cell<S, I>, input: I | Interrupted | News): Promise<Delivery<S>> {
    if (cell.queue.length >= QUEUE_MAX)
      return Promise.reject(new JournalUnavailable(`more than ${QUEUE_MAX} messages wait for one payment`));
    return new Promise((resolve, reject) => {
      cell.queue.push({ input, resolve, reject });
      if (!cell.busy) void this.#run(cell);
    });
  }

  /** An input that nobody waits for: an action's answer. */
  #deliver(cell: Cell<S, I>, input: I | Interrupted | News): void {
    this.#enqueue(cell, input).catch((error: unknown) => {
      // news that cannot be read now come with the reload, as soon as the journal answers
      if (isNews(input) && error instanceof JournalUnavailable) return;
      this.#deps.log.error('an answer could not be recorded', { record: cell.id, input: input.type, error: String(error) });
    });
  }

  async #run(cell: Cell<S, I>): Promise<void> {
    cell.busy = true;
    // begin in a turn of its own, so that a caller's synchronous code ends first
    await undefined;
    let stale = 0;
    while (cell.queue.length > 0) {
      const waiting = cell.queue[0] as Waiting<S, I>;
      try {
        const delivery = isNews(waiting.input) ? await this.#hear(cell, waiting.input) : await this.#take(cell, waiting.input);
        stale = 0;
        cell.queue.shift();
        cell.made.resolve();
        waiting.resolve(delivery);
        if (cell.state === undefined) this.#abandon(cell, delivery);
      } catch (error) {
        if (error instanceof StaleRecord && stale++ < STALE_MAX) {
          await this.#loader.reload(cell, 0);
          continue;
        }
        // an action's answer is taken again after a failed commit: nobody else would repeat it
        if (error instanceof JournalUnavailable && cell.state !== undefined && isActionAnswer(waiting.input)) {
          await this.#loader.reload(cell);
          continue;
        }
        cell.queue.shift();
        waiting.reject(error instanceof StaleRecord ? new JournalUnavailable(error.message) : error);
        if (cell.state === undefined) this.#abandon(cell, { kind: 'missing' });
        else if (error instanceof JournalUnavailable || error instanceof StaleRecord) await this.#loader.reload(cell);
        else this.#flowFailed(cell, waiting.input, error);
      }
    }
    cell.busy = false;
    this.#armLazyFlush(cell);
    this.#memory.evict();
  }

  /** A defect in a flow: the record stays as it is, and somebody must look. */
  #flowFailed(cell: Cell<S, I>, input: I | Interrupted | News, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.#deps.log.error('a flow failed', { record: cell.id, input: input.type, error: what });
    this.#deps.alarm(
      'FLOW_FAILED',
      cell.state === undefined ? cell.id : this.#flow.label(cell.state),
      `input ${input.type} could not be decided: ${what}`,
    );
  }

  /** The record did not come into being: whoever queued behind its maker is sent where the claim leads, or away. */
  #abandon(cell: Cell<S, I>, delivery: Delivery<S>): void {
    this.#memory.drop(cell);
    cell.made.resolve();
    for (const waiting of cell.queue.splice(0)) waiting.resolve(delivery.kind === 'claimed' ? delivery : { kind: 'missing' });
  }

  /** What another replica did is taken over from the journal; so is what came to belong to us. */
  async #hear(cell: Cell<S, I>, news: News): Promise<Delivery<S>> {
    if (news.record === undefined) await this.#loader.refresh(cell);
    else if (versionOf(news.record) >= cell.version) this.#loader.fill(cell, news.record);
    // it was changed here since it was taken over: what is ours now is said by the journal alone
    else await this.#loader.reload(cell, 0);
    return taken(cell);
  }

  /** Decides; where replicas share the journal, "nothing follows" holds only for what is known up to now. */
  async #decide(cell: Cell<S, I>, input: I | Interrupted): Promise<Decision<E, A>> {
    const decision = this.#flow.decide(cell.state, input as I, this.#deps.clock.now());
    if (decision.events.length > 0 || this.#deps.journal.replica === undefined || isActionAnswer(input)) return decision;
    if (!(await this.#loader.refresh(cell))) return decision;
    return this.#flow.decide(cell.state, input as I, this.#deps.clock.now());
  }

  async #take(cell: Cell<S, I>, input: I | Interrupted): Promise<Delivery<S>> {
    const decision = await this.#decide(cell, input);
    if (decision.events.length > 0) {
      if (decision.lazy === true && cell.state !== undefined) this.#writer.keepLazily(cell, decision.events);
      else {
        const refused = await this.#writer.append(cell, decision.events);
        if (refused !== undefined) return refused;
      }
    }
    if (isActionAnswer(input)) {
      cell.inFlight.delete(input.key);
      cell.answered.add(input.key);
    }
    if (decision.alarm !== undefined) {
      const { code, reason, peer } = decision.alarm;
      this.#deps.alarm(code, cell.state === undefined ? cell.id : this.#flow.label(cell.state), reason, peer);
    }
    if (cell.state === undefined) return { kind: 'missing' };
    if (decision.events.length > 0 || isActionAnswer(input)) this.#settle(cell);
    for (const courtesy of decision.courtesies ?? []) this.#obligations.begin(cell, courtesy, false);
    return taken(cell);
  }

  /** A record that rests stores its lazy events by itself after a while; one that is busy does so when it has come to rest. */
  #armLazyFlush(cell: Cell<S, I>): void {
    if (cell.lazy.length === 0 || this.#stopped) return;
    cell.lazyTimer ??= this.#deps.timers.after(LAZY_FLUSH_MS, () => {
      cell.lazyTimer = undefined;
      if (cell.lazy.length > 0 && !cell.busy && !this.#stopped) void this.#flushAlone(cell);
    });
  }

  /** Stores lazy events while no input is being taken. */
  async #flushAlone(cell: Cell<S, I>): Promise<void> {
    cell.busy = true;
    try {
      await this.#writer.flush(cell);
    } catch {
      await this.#loader.reload(cell);
    }
    cell.busy = false;
    if (cell.queue.length > 0) void this.#run(cell);
    else this.#memory.evict();
  }

  // ---- what follows

  /** Does what is newly owed, and lets everybody know who waits for news. */
  #settle(cell: Cell<S, I>): void {
    const state = cell.state as S;
    const owed = this.#flow.owed(state);
    this.#obligations.reconcile(cell, owed);
    this.#memory.setTopics(cell, this.#flow.topics(state));
    this.#memory.setOpen(cell, this.#flow.open(state) && !onlyWaits(owed));
    this.#memory.setAwaited(cell, this.#flow.awaited?.(state) ?? false);
    this.#background.note(cell, owed);
    this.#waits.tell(cell);
  }
}

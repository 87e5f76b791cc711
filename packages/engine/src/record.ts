import { type JournalEvent, JournalUnavailable, type StoredRecord, versionOf } from '@payment-manager/journal';
import type { AlarmCode, Timer, World } from '@payment-manager/runtime';
import { type Acting, Actions } from './actions.ts';
import type { Action, Input, Interrupted, Projection } from './flow.ts';
import { type AnyInput, Changed, type Delivery, Inbox, isActionAnswer } from './inbox.ts';
import { foreignKeys } from './ownership.ts';
import { RecordState, StaleRecord, type StateParts } from './record-state.ts';

/** How long lazy events may wait for the next append. */
const LAZY_FLUSH_MS = 1_000;
/** How often an input is taken anew because another replica was faster, before its sender is told to come again. */
const STALE_MAX = 20;
/** Pause before a record is loaded again after the journal refused to commit. */
const JOURNAL_RETRY_MS = 500;

/** What all records of an engine share. */
export interface RecordParts<S, I extends Input, E extends JournalEvent, A extends Action>
  extends StateParts<S, I, E, A>,
    Pick<World, 'clock' | 'timers' | 'log'> {
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  readonly acting: Acting<A, I>;
  /** It has another state, or other actions have answered. */
  readonly settled: (record: Record<S, I, E, A>) => void;
  /** It did not come into being. */
  readonly abandoned: (record: Record<S, I, E, A>) => void;
  /** It may have come to rest. */
  readonly rested: (record: Record<S, I, E, A>) => void;
}

/**
 * One record in memory. It takes its inputs one at a time, appends the events that the flow decides, waits until they are durable,
 * and then does what is owed.
 */
export class Record<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly id: string;
  readonly actions: Actions<A, I>;
  /** Told of each new state, by `Waits`. */
  readonly watchers = new Set<(state: S) => void>();
  readonly #parts: RecordParts<S, I, E, A>;
  readonly #inbox: Inbox<AnyInput<I>, Delivery<S>>;
  readonly #state: RecordState<S, I, E, A>;
  readonly #made = Promise.withResolvers<void>();
  #lazyTimer: Timer | undefined;

  constructor(id: string, parts: RecordParts<S, I, E, A>) {
    this.id = id;
    this.#parts = parts;
    this.#state = new RecordState(id, parts);
    this.actions = new Actions<A, I>(this, parts.acting);
    this.#inbox = new Inbox({
      take: (input) => this.#takeOrAgain(input),
      taken: (delivery) => {
        if (this.state === undefined) this.#abandon(delivery);
      },
      failed: (input, error) => this.#failed(input, error),
      idle: () => this.#idle(),
    });
  }

  get trace(): string | undefined {
    return this.projection?.trace;
  }

  /** Undefined: it is just being made. */
  get state(): S | undefined {
    return this.#state.state;
  }

  get projection(): Projection<A> | undefined {
    return this.#state.projection;
  }

  /** Resolves when the first append has come back, whatever it said. */
  get made(): Promise<void> {
    return this.#made.promise;
  }

  get busy(): boolean {
    return this.#inbox.busy;
  }

  /** Nobody needs it in memory now, if it is not open; the journal has it. */
  get rests(): boolean {
    return !this.busy && this.actions.rest && this.watchers.size === 0 && !this.#state.hasLazy;
  }

  /** Takes an input when its turn comes. Rejects with JournalUnavailable, and with what a flow throws. */
  take(input: AnyInput<I>): Promise<Delivery<S>> {
    return this.#inbox.put(input);
  }

  /** An input that nobody waits for: an action's answer. */
  deliver(input: AnyInput<I>): void {
    this.take(input).catch((error: unknown) => {
      // what another replica has done and cannot be read now comes with the reload, as soon as the journal answers
      if (input instanceof Changed && error instanceof JournalUnavailable) return;
      this.#parts.log.error('an answer could not be recorded', { record: this.id, input: input.type, error: String(error) });
    });
  }

  /** Puts the journal's truth here, and goes on with what is owed. */
  restore(record: StoredRecord): void {
    const { flow, journal } = this.#parts;
    this.#made.resolve();
    this.#state.load(record);
    const { projection } = this.#state;
    if (projection === undefined) return;
    this.actions.resume(projection.owed, foreignKeys(flow, record, journal.replica?.self));
    this.#settle(projection);
  }

  /** What `Actions` says when nothing is under way any more. */
  rested(): void {
    this.#parts.rested(this);
  }

  /** Stops what is under way, and stores what was kept lazily. */
  async leave(): Promise<void> {
    this.actions.stop();
    this.#lazyTimer?.cancel();
    if (this.#state.hasLazy && !this.busy) await this.#state.flush();
  }

  // ---- inputs, one at a time

  /** Takes an input, again where another writer was faster or the journal refused an answer that nobody else would repeat. */
  async #takeOrAgain(input: AnyInput<I>): Promise<Delivery<S>> {
    for (let stale = 0; ; ) {
      try {
        const delivery = await (input instanceof Changed ? this.#changed(input.record) : this.#take(input));
        this.#made.resolve();
        return delivery;
      } catch (error) {
        if (error instanceof StaleRecord) {
          if (stale++ >= STALE_MAX) throw new JournalUnavailable(error.message);
          await this.#reload(0);
        } else if (error instanceof JournalUnavailable && this.state !== undefined && isActionAnswer(input)) await this.#reload();
        else throw error;
      }
    }
  }

  #failed(input: AnyInput<I>, error: unknown): Promise<void> | undefined {
    if (this.state === undefined) this.#abandon({ kind: 'missing' });
    else if (error instanceof JournalUnavailable) return this.#reload();
    else this.#flowFailed(input, error);
    return undefined;
  }

  /** A defect in a flow: the record stays as it is, and somebody must look. */
  #flowFailed(input: AnyInput<I>, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.#parts.log.error('a flow failed', { record: this.id, input: input.type, error: what });
    this.#parts.alarm('FLOW_FAILED', this.#label, `input ${input.type} could not be decided: ${what}`);
  }

  /** The record did not come into being: whoever queued behind its maker is sent where the claim leads, or away. */
  #abandon(delivery: Delivery<S>): void {
    this.#parts.abandoned(this);
    this.#made.resolve();
    for (const { resolve } of this.#inbox.empty()) resolve(delivery.kind === 'claimed' ? delivery : { kind: 'missing' });
  }

  /** What another replica did is taken over from the journal; so is what came to belong to us. */
  async #changed(record: StoredRecord | undefined): Promise<Delivery<S>> {
    if (record === undefined) await this.#refresh();
    else if (versionOf(record) >= this.#state.version) this.restore(record);
    // it was changed here since it was taken over: what is ours now is said by the journal alone
    else await this.#reload(0);
    return this.#taken();
  }

  async #take(input: I | Interrupted): Promise<Delivery<S>> {
    const { flow, journal, clock } = this.#parts;
    let decision = flow.decide(this.state, input as I, clock.now());
    // where replicas share the journal, "nothing follows" holds only for what is known up to now
    if (decision.events.length === 0 && journal.replica !== undefined && !isActionAnswer(input) && (await this.#refresh()))
      decision = flow.decide(this.state, input as I, clock.now());
    const { events, lazy, alarm, courtesies = [] } = decision;
    if (events.length > 0) {
      if (lazy === true && this.state !== undefined) this.#state.keepLazily(events);
      else {
        const refused = await this.#state.append(events);
        if (refused !== undefined) return refused;
      }
    }
    if (isActionAnswer(input)) this.actions.answered(input.key);
    if (alarm !== undefined) this.#parts.alarm(alarm.code, this.#label, alarm.reason, alarm.peer);
    const { projection } = this.#state;
    if (projection === undefined) return { kind: 'missing' };
    if (events.length > 0 || isActionAnswer(input)) this.#settle(projection);
    for (const courtesy of courtesies) this.actions.begin(courtesy, false);
    return this.#taken();
  }

  #taken(): Delivery<S> {
    const { state } = this;
    return state === undefined ? { kind: 'missing' } : { kind: 'taken', recordId: this.id, state };
  }

  get #label(): string {
    return this.projection?.label ?? this.id;
  }

  /** Does what is newly owed, and lets everybody know who waits for a change. */
  #settle({ owed }: Projection<A>): void {
    this.actions.reconcile(owed);
    this.#parts.settled(this);
  }

  // ---- the journal

  /** Loads what other replicas have appended. False when there is nothing new. */
  async #refresh(): Promise<boolean> {
    if (this.state === undefined) return false;
    const record = await this.#parts.journal.load(this.id);
    if (record === undefined || versionOf(record) === this.#state.version) return false;
    this.restore(record);
    return true;
  }

  /** After a failed commit what is in memory is dropped and loaded anew (docs/money-rules.md, 8), as soon as the journal answers. */
  async #reload(firstAfterMs = JOURNAL_RETRY_MS): Promise<void> {
    for (let wait = firstAfterMs; ; wait = JOURNAL_RETRY_MS) {
      if (wait > 0) await new Promise<void>((resolve) => this.#parts.timers.after(wait, resolve));
      try {
        const record = await this.#parts.journal.load(this.id);
        if (record !== undefined) this.restore(record);
        return;
      } catch (error) {
        if (!(error instanceof JournalUnavailable)) throw error;
      }
    }
  }

  /** A record that rests stores its lazy events by itself after a while; one that is busy does so when it has come to rest. */
  #idle(): void {
    const { acting, timers, rested } = this.#parts;
    if (!this.#state.hasLazy) {
      this.#lazyTimer?.cancel();
      this.#lazyTimer = undefined;
    } else if (!acting.stopped) {
      this.#lazyTimer ??= timers.after(LAZY_FLUSH_MS, () => {
        this.#lazyTimer = undefined;
        if (this.#state.hasLazy && !this.busy && !acting.stopped) void this.#inbox.hold(() => this.#flush());
      });
    }
    rested(this);
  }

  async #flush(): Promise<void> {
    try {
      await this.#state.flush();
    } catch {
      await this.#reload();
    }
  }
}

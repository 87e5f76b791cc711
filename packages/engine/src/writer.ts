import type { Append, Attention, Claim, Journal, JournalEvent } from '@payment-manager/journal';
import type { Clock, Counter, Failpoints, Histogram, Log, Metrics } from '@payment-manager/runtime';
import type { Cell, Delivery } from './cell.ts';
import type { Action, Flow, Input } from './flow.ts';
import type { Memory } from './memory.ts';

export interface WriterDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
}

const STAGE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Another writer was faster: its truth is loaded, and the input is taken again against it. */
export class StaleRecord extends Error {
  constructor(recordId: string) {
    super(`record ${recordId} was changed by another writer`);
    this.name = 'StaleRecord';
  }
}

/** Writes what happened to a record: durable first, then applied (promise 1). */
export class RecordWriter<S, I extends Input, E extends JournalEvent, A extends Action> {
  readonly #flow: Flow<S, I, E, A>;
  readonly #memory: Memory<S, I>;
  readonly #deps: WriterDeps;
  readonly #stages: Counter;
  readonly #alarms: Counter;
  readonly #stageSeconds: Histogram;

  constructor(flow: Flow<S, I, E, A>, memory: Memory<S, I>, deps: WriterDeps) {
    this.#flow = flow;
    this.#memory = memory;
    this.#deps = deps;
    this.#stages = deps.metrics.counter('pm_payments_total', 'Payments that came to a stage, by flow', ['flow', 'stage']);
    this.#alarms = deps.metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
    this.#stageSeconds = deps.metrics.histogram('pm_payment_stage_seconds', 'How long payments stayed in a stage, by flow', STAGE_SECONDS, [
      'flow',
      'stage',
    ]);
  }

  /** Applies an event that is stored, or that may be stored later. */
  apply(cell: Cell<S, I>, event: E): void {
    cell.state = this.#flow.apply(cell.state, event);
    for (const claim of this.#flow.claims(event)) this.#memory.claim(cell, claim);
  }

  keepLazily(cell: Cell<S, I>, events: readonly E[]): void {
    const before = cell.state;
    for (const event of events) {
      cell.lazy.push(event);
      this.apply(cell, event);
    }
    this.#changed(cell, before, events);
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
    const before = cell.state;
    cell.state = state;
    for (const claim of claims) this.#memory.claim(cell, claim);
    this.#changed(cell, before, events);
    return undefined;
  }

  /** One log line per change of state, and its stage for the metrics. */
  #changed(cell: Cell<S, I>, before: S | undefined, events: readonly E[]): void {
    const state = cell.state as S;
    const flow = this.#flow.kind;
    const stage = this.#flow.stage(state);
    const left = before === undefined ? undefined : this.#flow.stage(before);
    if (left !== stage) {
      const now = this.#deps.clock.monotonic();
      this.#stages.add(1, { flow, stage });
      if (left !== undefined && cell.stageSince !== undefined)
        this.#stageSeconds.observe((now - cell.stageSince) / 1000, { flow, stage: left });
      cell.stageSince = now;
    }
    this.#deps.log.info('state changed', {
      payment: this.#flow.label(state),
      flow: this.#flow.kind,
      events: events.map((event) => event.type).join(' '),
    });
    this.#tellAttention(before === undefined ? [] : this.#flow.attention(before), state);
  }

  /** What needs a person from now on, and what does not any more: a line of the log each, once, by the replica that wrote it. */
  #tellAttention(before: readonly Attention[], state: S): void {
    const now = this.#flow.attention(state);
    if (before.length === 0 && now.length === 0) return;
    const of = { payment: this.#flow.label(state), flow: this.#flow.kind };
    for (const { level, code, reason } of without(now, before)) {
      this.#alarms.add(1, { code });
      this.#deps.log.warn(level === 'exception' ? 'a payment needs a person' : 'alarm', { code, ...of, reason });
    }
    for (const { level, code } of without(before, now))
      this.#deps.log.info(level === 'exception' ? 'a payment needs nobody any more' : 'alarm ended', { code, ...of });
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
      ...(this.#deps.journal.replica !== undefined && { topics: this.#flow.topics(state) }),
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
    throw new StaleRecord(cell.id);
  }
}

/** Those of a list that another one has not. */
function without(these: readonly Attention[], those: readonly Attention[]): readonly Attention[] {
  return these.filter(({ code, since }) => !those.some((one) => one.code === code && one.since === since));
}

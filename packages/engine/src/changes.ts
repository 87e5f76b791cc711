import type { Attention, JournalEvent } from '@payment-manager/journal';
import type { Counter, Histogram, World } from '@payment-manager/runtime';
import type { Projection } from './flow.ts';

const STAGE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

type Seen = Pick<Projection<unknown>, 'stage' | 'label' | 'attention' | 'trace' | 'open'>;

/** What log and metrics say of the records of one flow. */
export class Changes {
  readonly #flow: string;
  readonly #logged: 'info' | 'debug';
  readonly #deps: Pick<World, 'clock' | 'log' | 'tracing'>;
  readonly #stages: Counter;
  readonly #alarms: Counter;
  readonly #stageSeconds: Histogram;

  constructor(flow: string, deps: Pick<World, 'clock' | 'log' | 'metrics' | 'tracing'>, logged: 'info' | 'debug' = 'info') {
    this.#flow = flow;
    this.#logged = logged;
    this.#deps = deps;
    this.#stages = deps.metrics.counter('pm_payments_total', 'Payments that came to a stage, by flow', ['flow', 'stage']);
    this.#alarms = deps.metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
    this.#stageSeconds = deps.metrics.histogram('pm_payment_stage_seconds', 'How long payments stayed in a stage, by flow', STAGE_SECONDS, [
      'flow',
      'stage',
    ]);
  }

  /**
   * One log line per change of state, and its stage for the metrics. `since`: when it came to the stage before, on the monotonic clock;
   * unknown for a record that was loaded. Answers the same of the stage that it is in now.
   */
  note(
    recordId: string,
    before: Seen | undefined,
    now: Seen,
    events: readonly JournalEvent[],
    since: number | undefined,
  ): number | undefined {
    const stageSince = before?.stage === now.stage ? since : this.#stageReached(before, now, since);
    this.#deps.log[this.#logged]('state changed', {
      payment: now.label,
      flow: this.#flow,
      events: events.map((event) => event.type).join(' '),
      ...traceIn(now),
    });
    const { label, trace, open } = now;
    this.#deps.tracing?.changed({ recordId, flow: this.#flow, label, trace, open, events });
    this.#noteAttention(before?.attention ?? [], now);
    return stageSince;
  }

  #stageReached(before: Seen | undefined, { stage }: Seen, since: number | undefined): number {
    const now = this.#deps.clock.monotonic();
    const flow = this.#flow;
    this.#stages.add(1, { flow, stage });
    if (before !== undefined && since !== undefined) this.#stageSeconds.observe((now - since) / 1000, { flow, stage: before.stage });
    return now;
  }

  /** What needs a person from now on, and what does not any more: a line of the log each, once, by the replica that wrote it. */
  #noteAttention(before: readonly Attention[], seen: Seen): void {
    const { attention: now, label } = seen;
    if (before.length === 0 && now.length === 0) return;
    const of = { payment: label, flow: this.#flow, ...traceIn(seen) };
    for (const { level, code, reason } of without(now, before)) {
      this.#alarms.add(1, { code });
      this.#deps.log.warn(level === 'exception' ? 'a payment needs a person' : 'alarm', { code, ...of, reason });
    }
    for (const { level, code } of without(before, now))
      this.#deps.log.info(level === 'exception' ? 'a payment needs nobody any more' : 'alarm ended', { code, ...of });
  }
}

/** The id of its trace, as other programs' logs have it. */
function traceIn({ trace }: Seen): { readonly trace?: string } {
  return trace === undefined ? {} : { trace: trace.slice(3, 35) };
}

/** Those of a list that another one has not. */
function without(these: readonly Attention[], those: readonly Attention[]): readonly Attention[] {
  return these.filter(({ code, since }) => !those.some((one) => one.code === code && one.since === since));
}

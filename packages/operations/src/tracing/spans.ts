import { createHash } from 'node:crypto';
import type { TracedChange } from '@payment-manager/runtime';

/** A span, with times in milliseconds since the epoch. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** That of a record, which others call; else of an event in it. */
  readonly of: 'record' | 'event';
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Events after which somebody looking at a trace should look here. */
const FAILURES = /^(?:failed|aborted|not-committed|exception-raised)$|-(?:refused|failed|unknown|rejected)$/;

/** A record whose span has not ended yet. */
interface OpenRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startedAt: number;
  lastAt: number;
  events: number;
  failed: boolean;
}

/** Records, and traces of payments, that are remembered; the oldest go first. A payment that waits for days is then shown by its events alone. */
const REMEMBERED_MAX = 10_000;

/**
 * Makes spans of changes. Ids follow from the record's id, so that a restart and another replica go on with the same trace; the trace is that of the
 * request that the record came from, else that of another record of the payment, else one by the payment's id.
 */
export class SpanMaker {
  readonly #open = new Map<string, OpenRecord>();
  /** `traceparent` by payment. */
  readonly #traces = new Map<string, string>();
  readonly #sampled: (traceId: string) => boolean;

  /** `sampled`: whether a trace that nobody has decided about is recorded. */
  constructor(sampled: (traceId: string) => boolean = () => true) {
    this.#sampled = sampled;
  }

  spansOf(change: TracedChange): readonly Span[] {
    const [first] = change.events;
    if (first === undefined) return [];
    const record = this.#record(change, first.at);
    if (record === undefined) return [];
    const common = { traceId: record.traceId, attributes: attributesOf(change) };
    const spans = change.events.map(({ type, at }): Span => {
      const failed = FAILURES.test(type);
      const from = Math.min(record.lastAt, at);
      record.lastAt = Math.max(record.lastAt, at);
      record.failed ||= failed;
      const spanId = idOf(`${record.spanId}:${at}:${record.events}:${type}`, 16);
      record.events++;
      return { ...common, spanId, parentSpanId: record.spanId, name: `${change.flow} ${type}`, of: 'event', from, to: at, failed };
    });
    if (change.open) return spans;
    this.#open.delete(change.recordId);
    const { spanId, parentSpanId, startedAt: from, lastAt: to, failed } = record;
    return [...spans, { ...common, spanId, parentSpanId, name: change.flow, of: 'record', from, to, failed }];
  }

  /** Undefined: its caller, or chance, has decided that it is not recorded. */
  #record(change: TracedChange, at: number): OpenRecord | undefined {
    const { recordId, flow, label } = change;
    const known = this.#open.get(recordId);
    if (known !== undefined) return known;
    const trace = change.trace ?? this.#traces.get(label);
    if (trace !== undefined) remember(this.#traces, label, trace);
    const [, traceId = idOf(label === '' ? recordId : label, 32), parent, flags] = trace?.split('-') ?? [];
    if (flags === undefined ? !this.#sampled(traceId) : (Number.parseInt(flags, 16) & 1) === 0) return undefined;
    // a payee's record rests between quote and prepare, and one of a core between its calls: each stretch has a span
    const spanId = flow === 'payer' || flow === 'send' ? spanOf(recordId) : idOf(`${recordId}:${at}`, 16);
    const parentSpanId = parent === beginningOf(traceId) ? undefined : parent;
    const record = { traceId, spanId, parentSpanId, startedAt: at, lastAt: at, events: 0, failed: false };
    remember(this.#open, recordId, record);
    return record;
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED_MAX && oldest !== undefined) map.delete(oldest);
}

/** What stands where the caller's span would, in a trace that begins here: nothing is above it. */
export function beginningOf(traceId: string): string {
  return idOf(traceId, 16);
}

/** The span of a record. */
export function spanOf(recordId: string): string {
  return idOf(recordId, 16);
}

/** Never all zeros but by a chance of one in 2^64. */
function idOf(text: string, digits: number): string {
  return createHash('sha256').update(`trace:${text}`).digest('hex').slice(0, digits);
}

function attributesOf({ recordId, flow, label }: TracedChange): Readonly<Record<string, string>> {
  return { 'payment.id': label, 'payment.record': recordId, 'payment.flow': flow };
}

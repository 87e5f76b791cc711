import { type Counter, every, type HttpClient, type Repeated, type TracedChange, type Tracing, type World } from '@payment-manager/runtime';
import { otlpRequest, type TracedProcess } from './otlp.ts';
import { beginningOf, type Span, SpanMaker, spanOf } from './spans.ts';

/** What an exporter needs. */
export interface ExporterDeps extends Pick<World, 'timers' | 'random' | 'metrics' | 'log'> {
  readonly client: HttpClient;
  /** Where OTLP/HTTP is taken, with its path: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  readonly process: TracedProcess;
  /** Of the payments whose caller gave no trace so many in a hundred are recorded. */
  readonly samplePercent: number;
}

/** Traces until it is stopped. */
export interface RunningTracing extends Tracing {
  /** What is noted is sent once more. */
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** Changes that wait to be sent; more of them are dropped, and counted. */
const NOTED_MAX = 20_000;
const SPANS_AT_ONCE = 2_000;

/**
 * Sends spans to a collector once a second, best effort: a payment notes a change and goes on; what the collector does not take is dropped and
 * counted, and nothing waits for it.
 */
export function startTracing(deps: ExporterDeps): RunningTracing {
  return new Exporter(deps);
}

class Exporter implements RunningTracing {
  readonly #deps: ExporterDeps;
  readonly #spans: Counter;
  readonly #maker: SpanMaker;
  readonly #sending: Repeated;
  #noted: TracedChange[] = [];
  #running: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(deps: ExporterDeps) {
    this.#deps = deps;
    this.#spans = deps.metrics.counter('pm_trace_spans_total', 'Spans of traces, by what became of them', ['result']);
    this.#maker = new SpanMaker((traceId) => this.#isSampled(traceId));
    this.#sending = every(EVERY_MS, deps.timers, () => this.#send());
  }

  changed(change: TracedChange): void {
    if (this.#noted.length < NOTED_MAX) this.#noted.push(change);
    else this.#spans.add(change.events.length, { result: 'dropped' });
  }

  spanOf(recordId: string): string {
    return spanOf(recordId);
  }

  begin(): string {
    const { random } = this.#deps;
    const traceId = Buffer.from(random.bytes(16)).toString('hex');
    return `00-${traceId}-${beginningOf(traceId)}-${this.#isSampled(traceId) ? '01' : '00'}`;
  }

  async stop(): Promise<void> {
    this.#sending.stop();
    await this.#send();
  }

  /** By the trace's id, so that all who see it decide alike. */
  #isSampled(traceId: string): boolean {
    return (Number.parseInt(traceId.slice(0, 8), 16) / 0x1_0000_0000) * 100 < this.#deps.samplePercent;
  }

  /** One after the other. */
  #send(): Promise<void> {
    this.#running = this.#running.then(() => this.#sendNoted());
    return this.#running;
  }

  async #sendNoted(): Promise<void> {
    const noted = this.#noted;
    this.#noted = [];
    const spans = noted.flatMap((change) => this.#maker.spansOf(change));
    for (let begin = 0; begin < spans.length; begin += SPANS_AT_ONCE) await this.#post(spans.slice(begin, begin + SPANS_AT_ONCE));
  }

  async #post(spans: readonly Span[]): Promise<void> {
    const { client, url, process, log } = this.#deps;
    const outcome = await client.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpRequest(spans, process)),
      timeoutMs: TIMEOUT_MS,
    });
    const taken = outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300;
    this.#spans.add(spans.length, { result: taken ? 'exported' : 'dropped' });
    const why = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.code;
    if (!taken && !this.#failing) log.warn('traces are not taken; they are dropped until they are', { reason: why });
    if (taken && this.#failing) log.info('traces are taken again');
    this.#failing = !taken;
  }
}

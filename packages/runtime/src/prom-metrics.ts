import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from 'prom-client';
import type { Labels, Metrics, MetricValue } from './metrics.ts';

/**
 * Metrics in a registry of their own, with those of the process: CPU time, resident memory, heap, open handles, and
 * the event loop's lag since the last scrape. Asking twice for one name gives the same metric; asking for it as
 * another kind throws, for that is a mistake in the program.
 *
 * The cardinality of labels is bounded by the caller: labels are words of ours (an outcome, a stage, a code), never ids.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const made = new Map<string, { kind: string; metric: unknown }>();
  const batches: Batch[] = [];
  const batched = (take: (value: number, labels: Labels | undefined) => void): Batch => {
    const batch = new Batch(take);
    batches.push(batch);
    return batch;
  };
  /** `make` is called once per name, and always for one kind; the cast below rests on that. */
  const once = <M>(kind: string, name: string, make: () => M): M => {
    const known = made.get(name);
    if (known && known.kind !== kind) throw new TypeError(`the metric ${name} is a ${known.kind}, not a ${kind}`);
    if (known) return known.metric as M;
    const metric = make();
    made.set(name, { kind, metric });
    return metric;
  };
  const metrics: Metrics = {
    counter: (name, help, labelNames = []) =>
      once('counter', name, () => {
        const under = new PromCounter({ name, help, labelNames: [...labelNames], registers: [registry] });
        const batch = batched((value, labels) => (labels ? under.inc(labels, value) : under.inc(value)));
        return { add: (value: number, labels?: Labels) => batch.note(value, labels) };
      }),
    gauge: (name, help, labelNames = []) =>
      once('gauge', name, () => {
        const under = new PromGauge({ name, help, labelNames: [...labelNames], registers: [registry] });
        return { set: (value: number, labels?: Labels) => (labels ? under.set(labels, value) : under.set(value)) };
      }),
    histogram: (name, help, bucketsSeconds, labelNames = []) =>
      once('histogram', name, () => {
        const under = new PromHistogram({ name, help, buckets: [...bucketsSeconds], labelNames: [...labelNames], registers: [registry] });
        const batch = batched((value, labels) => (labels ? under.observe(labels, value) : under.observe(value)));
        return { observe: (seconds: number, labels?: Labels) => batch.note(seconds, labels) };
      }),
    readGauge: (name, help, labelNames, read) =>
      once('read gauge', name, () => {
        const under: PromGauge = new PromGauge({
          name,
          help,
          labelNames: [...labelNames],
          registers: [registry],
          collect() {
            under.reset();
            for (const { labels, value } of read()) under.set(labels, value);
          },
        });
      }),
    text() {
      for (const batch of batches) batch.take();
      return registry.metrics();
    },
    async values(name) {
      for (const batch of batches) batch.take();
      const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
      return values.map(({ labels, value, ...rest }) => ({
        name: (rest as { readonly metricName?: string }).metricName ?? name,
        labels: labels as MetricValue['labels'],
        value,
      }));
    },
  };
  addProcessMetrics(registry);
  return metrics;
}

/** So many observations are noted before they are counted. */
const BATCH = 256;

/**
 * What was observed of one metric and is not counted yet. Counting a label costs most where it is done now and then, between other work: so it is
 * done for many at once, and whenever somebody asks.
 */
class Batch {
  readonly #take: (value: number, labels: Labels | undefined) => void;
  #values: number[] = [];
  #labels: (Labels | undefined)[] = [];

  constructor(take: (value: number, labels: Labels | undefined) => void) {
    this.#take = take;
  }

  note(value: number, labels: Labels | undefined): void {
    this.#values.push(value);
    this.#labels.push(labels);
    if (this.#values.length >= BATCH) this.take();
  }

  take(): void {
    const [values, labels] = [this.#values, this.#labels];
    this.#values = [];
    this.#labels = [];
    for (let index = 0; index < values.length; index++) this.#take(values[index] as number, labels[index]);
  }
}

/** Read at a scrape only. The lag monitor ticks in native code fifty times a second and costs nothing that can be measured. */
function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const onScrape = (name: string, help: string, read: () => number): void => {
    const gauge: PromGauge = new PromGauge({ name, help, registers, collect: () => gauge.set(read()) });
  };
  const cpu: PromCounter = new PromCounter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, all threads, user and system',
    registers,
    collect: () => {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  });
  onScrape('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  onScrape('nodejs_heap_used_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed);
  onScrape('nodejs_active_resources', 'Handles and requests that the event loop holds', () => process.getActiveResourcesInfo().length);
  addLagMetrics(onScrape);
}

function addLagMetrics(onScrape: (name: string, help: string, read: () => number) => void): void {
  // each tick wakes a process that sleeps; a long lag is seen however seldom one looks
  const resolutionMs = 100;
  const lag = monitorEventLoopDelay({ resolution: resolutionMs });
  lag.enable();
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
  onScrape('nodejs_eventloop_lag_p99_seconds', 'Event-loop lag since the last scrape, 99th percentile', () => seconds(lag.percentile(99)));
  onScrape('nodejs_eventloop_lag_max_seconds', 'Longest event-loop lag since the last scrape', () => {
    const longest = lag.count > 0 ? seconds(lag.max) : 0;
    lag.reset();
    return longest;
  });
}

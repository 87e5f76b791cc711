/** Prometheus-style metrics, the few kinds the product uses. Names are documented in `docs/metrics.md`. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  /** `bucketsSeconds` ascending. */
  histogram(name: string, help: string, bucketsSeconds: readonly number[], labels?: readonly string[]): Histogram;
  /** A gauge whose values are read when somebody asks for them. */
  readGauge(
    name: string,
    help: string,
    labels: readonly string[],
    read: () => Iterable<{ readonly labels: Labels; readonly value: number }>,
  ): void;
  /** The text exposition of everything registered. */
  text(): Promise<string>;
  /** What one metric says now; of a histogram its `…_bucket`, `…_sum` and `…_count`. Empty: there is none of this name. It changes nothing. */
  values(name: string): Promise<readonly MetricValue[]>;
}

/** One line of the exposition. */
export interface MetricValue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string>>;
/** Bounds for how long messages take, seconds: close enough together for percentiles. */
export const MESSAGE_SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30,
] as const;

export interface Counter {
  add(value: number, labels?: Labels): void;
}
export interface Gauge {
  set(value: number, labels?: Labels): void;
}
export interface Histogram {
  observe(seconds: number, labels?: Labels): void;
}

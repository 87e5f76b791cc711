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
}
export type Labels = Readonly<Record<string, string>>;
export interface Counter {
  add(value: number, labels?: Labels): void;
}
export interface Gauge {
  set(value: number, labels?: Labels): void;
}
export interface Histogram {
  observe(seconds: number, labels?: Labels): void;
}

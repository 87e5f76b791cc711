/** Samples of one series for promtool's tests: values at the minutes 0, 1, 2, … in its notation (`0x20`, `0+5x20`). */
export interface TestSeries {
  readonly series: string;
  readonly values: string;
}

/** One alert of Prometheus, with what an operator does about it and what shows that it is right. */
export interface AlertRule {
  readonly name: string;
  /** PromQL; it may only name metrics of docs/metrics.md, and `up`. */
  readonly expr: string;
  /** So long it must hold. */
  readonly forMinutes: number;
  /** `critical` wakes somebody; `warning` waits for the morning. */
  readonly severity: 'critical' | 'warning';
  /** One line; may use Prometheus' templates. */
  readonly summary: string;
  /** Where the alert leads, with Prometheus' templates; left out: to its section of the page of alerts. */
  readonly page?: string;
  /** What it means for payments. */
  readonly means: string;
  /** How to look. */
  readonly look: readonly string[];
  /** What to do. */
  readonly act: readonly string[];
  readonly test: {
    /** With these it fires at `atMinutes`, with these labels beside the severity. */
    readonly fires: readonly TestSeries[];
    readonly labels?: Readonly<Record<string, string>>;
    /** What stands for `$value` in the summary then. */
    readonly shown?: string;
    readonly atMinutes: number;
    /** With these it does not. */
    readonly silent: readonly TestSeries[];
  };
}

import type { Log, Metrics } from '@payment-manager/runtime';

/** Metrics that nobody reads. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => ({ set: () => {} }),
  histogram: () => ({ observe: () => {} }),
  readGauge: () => undefined,
  text: async () => '',
  values: async () => [],
};

/** Metrics of which only the gauges that are read are kept: what a process says of itself. */
export function readGauges(): { readonly metrics: Metrics; sum(name: string): number } {
  const gauges = new Map<string, () => Iterable<{ readonly value: number }>>();
  return {
    metrics: { ...noMetrics, readGauge: (name, _help, _labels, read) => void gauges.set(name, read) },
    sum: (name) => [...(gauges.get(name)?.() ?? [])].reduce((total, { value }) => total + value, 0),
  };
}

/** A log of which only errors count: an error is a defect of the product, whatever the world did. */
export function errorsOnly(onError: (message: string, fields: string) => void): Log {
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message, fields) => onError(message, JSON.stringify(fields ?? {})),
    child: () => log,
  };
  return log;
}

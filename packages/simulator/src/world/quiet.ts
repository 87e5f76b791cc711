import type { Log, Metrics } from '@payment-manager/runtime';

/** Metrics that nobody reads. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => ({ set: () => {} }),
  histogram: () => ({ observe: () => {} }),
  readGauge: () => undefined,
  text: async () => '',
};

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

import type { Clock, Log, Metrics } from '@payment-manager/runtime';

/** Something that happened outside of any payment, or that a payment's record does not keep. */
export interface AlarmEntry {
  readonly id: string;
  readonly level: 'alarm';
  readonly code: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** It happened once and does not end. */
  readonly momentary?: true;
}

const ALARMS_MAX = 1_000;

/** The last alarms, in memory: what a payment must not forget is in its record instead. */
export function alarmList(
  clock: Clock,
  log: Log,
  metrics: Metrics,
): {
  raise(code: string, label: string, reason: string): void;
  list(query: { readonly id?: string; readonly limit: number }): readonly AlarmEntry[];
} {
  const entries: AlarmEntry[] = [];
  const raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  return {
    raise(code, label, reason) {
      entries.push({ id: label, level: 'alarm', code, reason, since: clock.now(), momentary: true });
      if (entries.length > ALARMS_MAX) entries.shift();
      raised.add(1, { code });
      log.warn('alarm', { code, payment: label, reason });
    },
    list: (query) => entries.filter((entry) => query.id === undefined || entry.id === query.id).slice(-query.limit),
  };
}

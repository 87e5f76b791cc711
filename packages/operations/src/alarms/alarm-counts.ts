import { type AlarmEntry, every, type World } from '@payment-manager/runtime';

const EVERY_MS = 5_000;

/** Counts alarms as they are raised, and logs them where nobody else does; those that are raised anew count again. Returns what ends it. */
export function countAlarms(
  alarms: () => readonly AlarmEntry[],
  { metrics, timers, log }: Pick<World, 'metrics' | 'timers'> & Partial<Pick<World, 'log'>>,
): { stop(): void } {
  const counter = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  let counted = new Set<string>();
  return every(EVERY_MS, timers, () => {
    const standing = alarms();
    for (const alarm of standing) {
      if (counted.has(keyOf(alarm))) continue;
      counter.add(1, { code: alarm.code });
      log?.warn('alarm', { code: alarm.code, reason: alarm.reason });
    }
    counted = new Set(standing.map(keyOf));
  });
}

/** Its reason may change while it stands. */
function keyOf({ id, code, since }: AlarmEntry): string {
  return `${id} ${code} ${since}`;
}

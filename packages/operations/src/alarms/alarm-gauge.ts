import type { AlarmEntry, World } from '@payment-manager/runtime';

/**
 * Keeps `pm_alarms`: what stands now, by code; what happened once stands for nobody. A code that was once seen stays with 0, so that a rule which
 * waits for it can end. It is counted when it is asked for.
 */
export function watchAlarms(alarms: () => readonly AlarmEntry[], { metrics }: Pick<World, 'metrics'>): void {
  const seen = new Set<string>();
  metrics.readGauge('pm_alarms', 'Alarms that stand now, by code', ['code'], () => {
    const standing = alarms().filter(({ momentary }) => momentary !== true);
    for (const { code } of standing) seen.add(code);
    return [...seen].map((code) => ({ labels: { code }, value: standing.filter((one) => one.code === code).length }));
  });
}

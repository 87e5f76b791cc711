import type { Metrics } from '@payment-manager/runtime';
import type { Watch } from './alarms.ts';
import type { Alarm, Artefact } from './condition.ts';

const STATE_VALUES = { Failed: 0, Progressing: 1, Ready: 2 } as const;

/** Registers what is measured of the connection, read when somebody asks. */
export function connectionMetrics(
  metrics: Metrics,
  watches: () => readonly Watch[],
  alarms: () => readonly Alarm[],
): { passed(artefact: Artefact, failed: boolean): void } {
  metrics.readGauge(
    'pm_connection_state',
    'How each artefact of the connection stands: 0 failed, 1 progressing, 2 ready',
    ['artefact'],
    () => watches().map(({ condition: { artefact, state } }) => ({ labels: { artefact }, value: STATE_VALUES[state] })),
  );
  metrics.readGauge(
    'pm_connection_certificate_expires_seconds',
    'End of validity of a certificate, Unix time',
    ['artefact', 'certificate'],
    () =>
      watches().flatMap(({ certificates }) =>
        certificates.map(({ artefact, fingerprint, validTo }) => ({
          labels: { artefact, certificate: fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase() },
          value: validTo / 1_000,
        })),
      ),
  );
  metrics.readGauge('pm_connection_alarms', 'Alarms that stand now', ['code', 'severity'], () => {
    const counts = new Map<string, { labels: { code: string; severity: string }; value: number }>();
    for (const { code, severity } of alarms()) {
      const entry = counts.get(`${code} ${severity}`) ?? { labels: { code, severity }, value: 0 };
      counts.set(`${code} ${severity}`, { ...entry, value: entry.value + 1 });
    }
    return [...counts.values()];
  });
  const passes = metrics.counter('pm_connection_passes_total', 'Looks at an artefact of the connection', ['artefact', 'result']);
  return { passed: (artefact, failed) => passes.add(1, { artefact, result: failed ? 'failed' : 'done' }) };
}

import { type AlarmCode, type AlarmEntry, type Log, type Metrics, type World, warnSparingly } from '@payment-manager/runtime';

/** Fewer than whoever tells people of alarms looks at: else nothing that was told would ever end. */
const ALARMS_MAX = 500;

/** The last alarms, in memory: what a payment must not forget is in its record instead. No peer can push out what is not of its doing. */
export function alarmList(
  { clock, timers }: Pick<World, 'clock' | 'timers'>,
  log: Log,
  metrics: Metrics,
): {
  /** `peer`: by whose message it came, if it was one. */
  raise(code: AlarmCode, label: string, reason: string, peer?: string): void;
  list(query: { readonly id?: string; readonly limit: number }): readonly AlarmEntry[];
} {
  const entries: (AlarmEntry & { readonly peer?: string })[] = [];
  // Whoever sends the same message again and again fills no log with it.
  const lines = warnSparingly(log, timers, 'alarm');
  const raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  return {
    raise(code, label, reason, peer) {
      const told = { id: label, level: 'alarm', code, reason, since: clock.now(), momentary: true } as const;
      entries.push({ ...told, ...(peer !== undefined && { peer }) });
      if (entries.length > ALARMS_MAX) entries.splice(superfluous(entries), 1);
      raised.add(1, { code });
      lines.warn(JSON.stringify([code, label, reason]), { code, payment: label, reason });
    },
    list: (query) =>
      entries
        .filter((entry) => query.id === undefined || entry.id === query.id)
        .slice(-query.limit)
        .map(({ peer: _peer, ...entry }) => entry),
  };
}

/** The oldest of the peer that has caused the most; our own give way only where no peer has caused any. */
function superfluous(entries: readonly { readonly peer?: string }[]): number {
  const counts = new Map<string, number>();
  let most: string | undefined;
  for (const { peer } of entries) {
    if (peer === undefined) continue;
    counts.set(peer, (counts.get(peer) ?? 0) + 1);
    if (most === undefined || (counts.get(peer) ?? 0) > (counts.get(most) ?? 0)) most = peer;
  }
  return Math.max(0, most === undefined ? 0 : entries.findIndex(({ peer }) => peer === most));
}

import { type AlarmEntry, alarmBoard, every, type World } from '@payment-manager/runtime';

export interface JournalAlarmDeps extends Pick<World, 'clock' | 'timers' | 'log' | 'metrics'> {
  /** How the journal is now: the part of the readiness. */
  look(): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

const EVERY_MS = 5_000;
const ALARM = { id: 'journal', code: 'JOURNAL_NOT_WRITABLE' } as const;

/**
 * The alarm of a journal that takes nothing: a disk without room, a database that does not answer. No payment begins then, and nobody but this process knows why.
 * A look that fails says nothing: what stands stays.
 */
export function watchJournalPart({ look, clock, timers, log, metrics }: JournalAlarmDeps): {
  alarms(): readonly AlarmEntry[];
  stop(): void;
} {
  const board = alarmBoard(clock);
  const raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  const watching = every(EVERY_MS, timers, async () => {
    const part = await look().catch(() => undefined);
    if (part === undefined) return;
    if (part.ok) {
      if (board.clear(ALARM.id, ALARM.code) !== undefined) log.warn('the journal can be written again', { code: ALARM.code });
    } else if (board.raise({ ...ALARM, reason: part.detail }) === 'new') {
      raised.add(1, { code: ALARM.code });
      log.error('alarm: the journal takes nothing', { code: ALARM.code, reason: part.detail });
    }
  });
  return { alarms: () => board.alarms(), stop: () => watching.stop() };
}

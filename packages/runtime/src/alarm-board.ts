import type { AlarmCode, AlarmEntry } from './alarms.ts';
import type { Clock } from './time.ts';

/** What is wrong: `id` and `code` together tell alarms apart. */
export type Raised = Pick<AlarmEntry, 'id' | 'code' | 'reason'> & Partial<Pick<AlarmEntry, 'since'>>;

/** Alarms that stand until they are cleared. */
export interface AlarmBoard {
  /**
   * Raises an alarm, or gives one that stands another reason. `since`: when it began, if not now; one that stands keeps its own.
   *
   * @returns whether it is new, or stands with another reason or the same
   */
  raise(alarm: Raised): 'new' | 'other' | 'same';
  /** Ends it; the one that stood until now, if one did. */
  clear(id: string, code: AlarmCode): AlarmEntry | undefined;
  /** Those that stand, the oldest first. */
  alarms(): readonly AlarmEntry[];
}

/** A board without alarms. Who raises one logs and counts it. */
export function alarmBoard(clock: Pick<Clock, 'now'>): AlarmBoard {
  const standing = new Map<string, AlarmEntry>();
  const keyOf = (id: string, code: AlarmCode): string => `${code} ${id}`;
  return {
    raise({ id, code, reason, since }) {
      const known = standing.get(keyOf(id, code));
      if (known?.reason === reason) return 'same';
      standing.set(keyOf(id, code), { id, level: 'alarm', code, reason, since: known?.since ?? since ?? clock.now() });
      return known === undefined ? 'new' : 'other';
    },
    clear(id, code) {
      const known = standing.get(keyOf(id, code));
      standing.delete(keyOf(id, code));
      return known;
    },
    alarms: () => [...standing.values()],
  };
}

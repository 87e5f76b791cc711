import { alarmBoard } from './alarm-board.ts';
import type { AlarmEntry } from './alarms.ts';
import type { World } from './world.ts';

/** What was to be taken into use and cannot be: what was in use stays, and somebody has to know. */
export interface NotTaken {
  /**
   * A line in the log when it begins or the reason changes, and an alarm (`CREDENTIALS_NOT_TAKEN`) for as long as it stands.
   *
   * @param about such as `inbound`; part of the alarm's id
   * @param what begins the sentences: `TLS credentials on disk`
   */
  complain(about: string, what: string, reason: string): void;
  /** It can be used again, or is as before. */
  settle(about: string): void;
  alarms(): readonly AlarmEntry[];
}

/** Nothing yet. */
export function notTaken({ clock, log }: Pick<World, 'clock' | 'log'>): NotTaken {
  const board = alarmBoard(clock);
  const idOf = (about: string): string => `credentials-${about}`;
  return {
    complain(about, what, reason) {
      const sentence = `${what} cannot be used; what is in use stays`;
      const alarm = { id: idOf(about), code: 'CREDENTIALS_NOT_TAKEN', reason: `${about}: ${sentence}. ${reason}` } as const;
      if (board.raise(alarm) !== 'same') log.error(sentence, { about, reason });
    },
    settle: (about) => void board.clear(idOf(about), 'CREDENTIALS_NOT_TAKEN'),
    alarms: board.alarms,
  };
}

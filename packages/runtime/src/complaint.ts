import type { AlarmEntry } from './alarm-entry.ts';
import type { Log } from './log.ts';
import type { Clock } from './time.ts';

/** Whether something that was to be taken into use cannot be: what was in use stays, and somebody has to know. */
export interface Complaint {
  /** What keeps it from being used; the same reason again is not told again. */
  raise(reason: string): void;
  /** It can be used again, or is as before. */
  clear(): void;
  alarms(): readonly AlarmEntry[];
}

/**
 * One line in the log when it begins or the reason changes, and an alarm (`CREDENTIALS_NOT_TAKEN`) for as long as it stands.
 *
 * @param id what it is about, such as `inbound`; part of the alarm's id
 * @param what begins the sentences: `TLS credentials on disk`
 */
export function complaintAbout(id: string, what: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Complaint {
  let standing: { readonly reason: string; readonly since: number } | undefined;
  return {
    raise(reason) {
      if (standing?.reason === reason) return;
      standing = { reason, since: standing?.since ?? clock.now() };
      log.error(`${what} cannot be used; what is in use stays`, { about: id, reason });
    },
    clear() {
      standing = undefined;
    },
    alarms: () =>
      standing === undefined
        ? []
        : [
            {
              id: `credentials-${id}`,
              level: 'alarm',
              code: 'CREDENTIALS_NOT_TAKEN',
              reason: `${id}: ${what} cannot be used; what is in use stays. ${standing.reason}`,
              since: standing.since,
            },
          ],
  };
}

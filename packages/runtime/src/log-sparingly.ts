import type { Log, LogFields } from './log.ts';
import type { Timers } from './time.ts';

/** A log line that others can cause as often as they like. */
export interface SparingLines {
  /** Writes a warning: the first of a key at once, further ones as one line a minute, with their number (`times`). */
  warn(key: string, fields: LogFields): void;
}

const PAUSE_MS = 60_000;
/** Of callers that are told apart. What further ones cause is told together. */
const MOST_KEYS = 1_000;
const FURTHER_KEY = 'further callers';

interface Kept {
  times: number;
  fields: LogFields;
}

/** Lines with one message, so that nobody can fill the log or the disk with them. `timers` must not keep the process alive. */
export function warnSparingly(log: Pick<Log, 'warn'>, timers: Timers, message: string): SparingLines {
  const kept = new Map<string, Kept>();
  /** One timer for all, so that very many callers set no more. */
  const tellLater = (): void => {
    timers.after(PAUSE_MS, () => {
      for (const [key, one] of kept) {
        if (one.times === 0) kept.delete(key);
        else log.warn(message, { ...one.fields, times: one.times });
        one.times = 0;
      }
      if (kept.size > 0) tellLater();
    });
  };
  return {
    warn(wanted, fields) {
      const key = kept.has(wanted) || kept.size < MOST_KEYS ? wanted : FURTHER_KEY;
      const known = kept.get(key);
      if (known) {
        known.times += 1;
        known.fields = fields;
        return;
      }
      log.warn(message, { ...fields, times: 1 });
      kept.set(key, { times: 0, fields });
      if (kept.size === 1) tellLater();
    },
  };
}

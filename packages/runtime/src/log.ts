import type { Secret } from './secret.ts';

/** A value in a log line. Secrets print as `[secret]`. */
export type LogValue = string | number | boolean | undefined | Secret<unknown>;

/**
 * Fields of a log line: only flat, harmless values. No headers, bodies, secrets, and nothing about persons, not even masked (promise 9;
 * `tests/e2e/secrets.test.ts`).
 */
export type LogFields = Readonly<Record<string, LogValue>>;

/** A structured logger. One line per state change at `info`; nothing per message above `debug`. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}

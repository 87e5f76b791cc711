import type { Log, LogFields } from '../log.ts';

/** A log line as a test sees it. */
export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines for a test to read; children write to the same list. */
export interface RecordedLog extends Log {
  readonly lines: readonly RecordedLine[];
}

/** Makes an empty recorded log. Keeps the newest `limit` lines. */
export function recordedLog(limit = 10_000): RecordedLog {
  const lines: RecordedLine[] = [];
  return logOver(lines, limit, {});
}

function logOver(lines: RecordedLine[], limit: number, own: LogFields): RecordedLog {
  const record = (level: RecordedLine['level']) => (message: string, fields?: LogFields) => {
    if (lines.length >= limit) lines.shift();
    lines.push({ level, message, fields: { ...own, ...fields } });
  };
  return {
    lines,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
    child: (fields) => logOver(lines, limit, { ...own, ...fields }),
  };
}

import { scrubValue } from './scrub.ts';

/** More of them say nothing new. */
const LINES_MAX = 300;
const LEVELS: readonly unknown[] = ['warn', 'error'];

/** The last warnings and errors of a log, one JSON line each. Lines that are no lines of our log are left out, whatever they say. */
export function recentTrouble(log: string, secrets: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const line of log.split('\n')) {
    const fields = fieldsOf(line);
    if (fields !== undefined && LEVELS.includes(fields['level'])) found.push(JSON.stringify(scrubValue(fields, secrets)));
  }
  return found.slice(-LINES_MAX);
}

/** A line as `docker logs` and `journalctl --output cat` give it. */
function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{"level":')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

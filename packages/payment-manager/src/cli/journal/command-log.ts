import { createLog, type Log } from '@payment-manager/runtime';
import type { Terminal } from '../terminal.ts';

/** What a command that opens a journal itself has to say besides its answer: warnings and errors, on standard error. */
export function commandLog(terminal: Terminal): Log {
  return createLog({ level: 'warn', pretty: false, destination: { write: (line: string) => terminal.err(line.trimEnd()) } });
}

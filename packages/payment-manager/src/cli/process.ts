import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CommandEntry } from './commands.ts';

/** This process is `./pm` with these commands: runs the one that its arguments name, and ends. Loads nothing before the compile cache is in use. */
export async function asProcess(load: () => Promise<readonly CommandEntry[]>): Promise<never> {
  if (process.pid === 1) heedSignals();
  // Stripped and compiled code is kept between starts: a cold start costs several times the CPU. `./pm` sets the variable; set
  // here it reaches the worker threads and child processes of a start without `./pm`.
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../../../.pm/built/compiled', import.meta.url));
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);

  // A reader that had enough (`./pm config | head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));

  const { runCommandLine } = await import('./command-line.ts');
  const { processTerminal } = await import('./terminal.ts');
  // Explicitly: a command that failed half-way may have left something open that would keep the process alive.
  process.exit(await runCommandLine(process.argv.slice(2), processTerminal, await load()));
}

const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** The system gives the first process of a container no signal that it has no listener for: one that comes before a command listens would be lost. */
function heedSignals(): void {
  for (const [signal, code] of Object.entries(SIGNAL_CODES))
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
}

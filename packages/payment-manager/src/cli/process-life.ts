import type { World } from '@payment-manager/runtime';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { stayAlive } from './stay-alive.ts';
import type { Terminal } from './terminal.ts';

const CODES_OF_BAD_SETUP = new Set([
  'CONNECTOR_GUESSES_OPEN',
  'CONNECTOR_INVALID',
  'CONNECTOR_NEEDED',
  'CREDENTIALS_INVALID',
  'DATA_FOLDER_UNUSABLE',
  'DATABASE_ALTERED',
  'DATABASE_FOREIGN',
  'DATABASE_OLD_FORM',
  'VAULT_MASTER_KEY_MISSING',
  'VAULT_MASTER_KEY_WRONG',
  'VAULT_NEWER',
  'VAULT_PERMISSIONS',
  'VAULT_DAMAGED',
  'VAULT_NAME_INVALID',
  'VAULT_ELSEWHERE',
]);

/**
 * Starts what is given; what an operator has to correct is told with its exit code. `keyOfPort`: the configuration's name of a port.
 *
 * @throws CommandFailed (78, 69), or whatever is a defect
 */
export async function startExplained<R>(keyOfPort: (port: number | undefined) => string, start: () => Promise<R>): Promise<R> {
  try {
    return await start();
  } catch (error) {
    const { code, message, port } = error as { code?: string; message: string; port?: number };
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new CommandFailed(
        EXIT_CODES.unavailable,
        `${keyOfPort(port)} cannot be opened: ${message}. Choose another port there, or stop the program that uses it.`,
      );
    }
    if (code !== undefined && CODES_OF_BAD_SETUP.has(code)) throw new CommandFailed(EXIT_CODES.config, message);
    if (typeof code === 'string' && /^(JOURNAL|DATABASE|VAULT)_/.test(code)) throw new CommandFailed(EXIT_CODES.unavailable, message);
    throw error;
  }
}

/** A process that another process started as its part (the sandbox) ends with it, even if that one was killed. */
export function parentGone(): Promise<undefined> {
  return new Promise((resolve) => {
    if (process.send !== undefined) process.once('disconnect', () => resolve(undefined));
  });
}

/** What runs in the foreground. */
export interface InForeground {
  /** Resolves with the error after which this process must end. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

/** Until it is to stop, or its journal cannot be trusted; answers the exit code. */
export async function untilStopped(running: InForeground, stopAsked: Promise<undefined>, terminal: Pick<Terminal, 'err'>): Promise<number> {
  const fatal = await Promise.race([running.failed, stopAsked]);
  if (fatal !== undefined) {
    // docs/money-rules.md, 8: after an fsync error nothing in memory may be trusted; the end is immediate.
    terminal.err(`pm: the journal can no longer be trusted: ${fatal.message}`);
    process.exit(EXIT_CODES.software);
  }
  // what hangs may hold nothing by which Node would stay: the end must come by its own time
  await stayAlive(() => running.stop());
  // An open channel to a parent would keep this process alive.
  if (process.connected) process.disconnect?.();
  return EXIT_CODES.ok;
}

/** A terminal's Ctrl-C reaches a whole process group, and its leader then passes it on: that is one wish, not two. */
const SAME_WISH_MS = 500;

/** Resolves at the first SIGTERM or SIGINT; a second wish ends the process at once. */
export function signalled(world: Pick<World, 'clock' | 'log'>): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const received = (signal: NodeJS.Signals): void => {
      const now = world.clock.monotonic();
      if (firstAt === undefined) {
        firstAt = now;
        world.log.info('signal received', { signal });
        resolve(undefined);
      } else if (now - firstAt > SAME_WISH_MS) process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    };
    process.on('SIGTERM', received);
    process.on('SIGINT', received);
  });
}

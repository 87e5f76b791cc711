import type { RunningPaymentManager, World } from '../compose.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Command } from './commands.ts';
import { loadConfiguration } from './configuration-file.ts';
import { CommandFailed, exitCodes } from './exit-codes.ts';

/** `./pm run`: one Payment Manager in the foreground, until a signal or a journal that cannot be trusted. */
export const run: Command = async (_args, options, terminal) => {
  const loaded = await loadConfiguration(options['config'] as string | undefined, terminal);
  const { realWorld } = await import('../compose.ts');
  const world = realWorld(loaded.config, terminal.environment['PM_FAILPOINT']);
  // Before anything starts: whoever hears that we are ready may tell us to leave in the next instant.
  const stopAsked = Promise.race([signalled(world), parentGone()]);
  const manager = await startOrExplain(loaded, world);
  tellReady(loaded, world, manager);
  const fatal = await Promise.race([manager.failed, stopAsked]);
  if (fatal !== undefined) {
    // money-rules 8: after an fsync error nothing in memory may be trusted; the end is immediate.
    terminal.err(`pm: the journal cannot be trusted any more: ${fatal.message}`);
    process.exit(exitCodes.software);
  }
  await manager.stop();
  // An open channel to a parent would keep this process alive.
  if (process.connected) process.disconnect?.();
  return exitCodes.ok;
};

const codesOfBadSetup = new Set(['CREDENTIALS_INVALID', 'DATA_FOLDER_UNUSABLE']);

async function startOrExplain(loaded: LoadedConfig, world: World): Promise<RunningPaymentManager> {
  const { startPaymentManager } = await import('../compose.ts');
  try {
    return await startPaymentManager(loaded.config, world);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new CommandFailed(
        exitCodes.unavailable,
        `A port cannot be opened: ${message}. Choose another port in the configuration, or end what uses it.`,
      );
    }
    if (code !== undefined && codesOfBadSetup.has(code)) throw new CommandFailed(exitCodes.config, message);
    if (typeof code === 'string' && /^(JOURNAL|DATABASE)_/.test(code)) throw new CommandFailed(exitCodes.unavailable, message);
    throw error;
  }
}

/** What a parent process is told when this one is ready: base URLs. */
export interface ReadyMessage {
  readonly inbound: string;
  readonly outbound: string;
  readonly operations: string;
}

function tellReady(loaded: LoadedConfig, world: World, manager: RunningPaymentManager): void {
  const urls: ReadyMessage = { inbound: manager.inbound.url, outbound: manager.outbound.url, operations: manager.operations.url };
  if (loaded.config.sandbox) world.log.warn('this is a sandbox: checks that production needs are lifted');
  world.log.info('ready', { ...urls, sinceProcessStartMs: Math.round(process.uptime() * 1000) });
  process.send?.(urls);
}

/** A Payment Manager that another process started as its part (the sandbox) ends with it, even if that one was killed. */
function parentGone(): Promise<undefined> {
  return new Promise((resolve) => {
    if (process.send !== undefined) process.once('disconnect', () => resolve(undefined));
  });
}

/** A terminal's Ctrl-C reaches a whole process group, and its leader then passes it on: that is one wish, not two. */
const sameWishMs = 500;

/** Resolves at the first SIGTERM or SIGINT; a second wish ends the process at once. */
function signalled(world: World): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const received = (signal: NodeJS.Signals): void => {
      const now = world.clock.monotonic();
      if (firstAt === undefined) {
        firstAt = now;
        world.log.info('signal received', { signal });
        resolve(undefined);
      } else if (now - firstAt > sameWishMs) process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    };
    process.on('SIGTERM', received);
    process.on('SIGINT', received);
  });
}

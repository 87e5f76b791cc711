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
  const manager = await startOrExplain(loaded, world);
  logReady(loaded, world, manager);
  const stopAsked = signalled(world);
  const fatal = await Promise.race([manager.failed, stopAsked]);
  if (fatal !== undefined) {
    // money-rules 8: after an fsync error nothing in memory may be trusted; the end is immediate.
    terminal.err(`pm: the journal cannot be trusted any more: ${fatal.message}`);
    process.exit(exitCodes.software);
  }
  await manager.stop();
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

function logReady(loaded: LoadedConfig, world: World, manager: RunningPaymentManager): void {
  if (loaded.config.sandbox) world.log.warn('this is a sandbox: checks that production needs are lifted');
  world.log.info('ready', {
    inbound: manager.inbound.url,
    outbound: manager.outbound.url,
    operations: manager.operations.url,
    inboundPort: manager.inbound.port,
    outboundPort: manager.outbound.port,
    operationsPort: manager.operations.port,
    sinceProcessStartMs: Math.round(process.uptime() * 1000),
  });
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process at once. */
function signalled(world: World): Promise<undefined> {
  return new Promise((resolve) => {
    const first = (signal: NodeJS.Signals): void => {
      world.log.info('signal received', { signal });
      for (const name of ['SIGTERM', 'SIGINT'] as const) {
        process.removeListener(name, first);
        process.once(name, () => process.exit(128 + (name === 'SIGINT' ? 2 : 15)));
      }
      resolve(undefined);
    };
    process.on('SIGTERM', first);
    process.on('SIGINT', first);
  });
}

import type { Config, LoadedConfig } from '@payment-manager/configuration';
import { giveMemoryBack, giveMemoryBackWhenQuiet, type Log, type World } from '@payment-manager/runtime';
import type { ReadyMessage } from '../workers/ready-message.ts';
import { type WorkerRole, workerRole } from '../workers/worker.ts';
import type { Command } from './commands.ts';
import { loadConfiguration } from './configuration-file.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { type InForeground, parentGone, signalled, startExplained, untilStopped } from './process-life.ts';
import type { Terminal } from './terminal.ts';
import { workersWanted } from './workers-wanted.ts';

/** What runs: this process alone, or the workers that it has started. */
interface Running extends InForeground {
  readonly urls: ReadyMessage;
  /** Reads the configuration anew. */
  reload(): Promise<void>;
}

/** `./pm run`: one Payment Manager in the foreground, until a signal or a journal that cannot be trusted. */
export const run: Command = async (_args, options, terminal) => {
  const loaded = await loadConfiguration(options['config'] as string | undefined, terminal);
  const { config } = loaded;
  const count = workersWanted(options['workers'], config);
  const role = workerRole(terminal.environment);
  const { realWorld } = await import('@payment-manager/runtime');
  const world = realWorld(config, terminal.environment['PM_FAILPOINT'], count > 1 ? 'primary' : role?.number.toString());
  // a worker's primary has looked
  if (role === undefined) await checkOpenFiles(loaded, world.log, terminal);
  // Before anything starts: whoever hears that we are ready may tell us to leave in the next instant.
  const stopAsked = Promise.race([signalled(world), parentGone()]);
  const load = (): Promise<LoadedConfig> => loadConfiguration(options['config'] as string | undefined, terminal);
  let reload = async (): Promise<void> => {};
  // of a terminal it says that nobody is there any more
  if (!terminal.interactive)
    process.on('SIGHUP', () => void reload().catch((error: Error) => world.log.error('not read anew', { reason: error.message })));
  const running = await explained(config, () => (count > 1 ? startAll(loaded, count, world, load) : startOne(loaded, world, role, load)));
  reload = running.reload;
  giveMemoryBack();
  giveMemoryBackWhenQuiet(world.timers);
  tellReady(world, running.urls, role);
  return untilStopped(running, stopAsked, terminal);
};

/** @throws CommandFailed (78) when others may read what is secret, or change what is trusted, see `files.openToOthers` */
async function checkOpenFiles(loaded: LoadedConfig, log: Log, terminal: Terminal): Promise<void> {
  const { openFiles, openFileText, onlyWarns } = await import('@payment-manager/configuration/files');
  const open = await openFiles(loaded);
  if (open.length === 0) return;
  if (!onlyWarns(loaded.config, terminal.environment))
    throw new CommandFailed(
      EXIT_CODES.config,
      `Files are open to others on this machine:\n${open.map((one) => `  ${openFileText(one)}`).join('\n')}\n(docs/configuration.md, files.openToOthers)`,
    );
  for (const { key, path, what, remedy } of open)
    log.warn('a file is open to others on this machine', { code: 'FILE_OPEN_TO_OTHERS', key, file: path, what, remedy });
}

async function startOne(
  { config, ...source }: LoadedConfig,
  world: World,
  role: WorkerRole | undefined,
  load: () => Promise<LoadedConfig>,
): Promise<Running> {
  const { startPaymentManager } = await import('../compose.ts');
  const reread = async (): Promise<LoadedConfig> => {
    const fresh = await load();
    return { ...fresh, config: named(fresh.config, role) };
  };
  const running = await startPaymentManager(named(config, role), world, role?.openOperations, source, reread);
  const { inbound, outbound, operations, portal, failed, reload, stop } = running;
  const urls = { inbound: inbound.url, outbound: outbound.url, operations: operations.url, ...(portal !== undefined && { portal }) };
  return { urls, failed, reload, stop };
}

/** No two that run at once may bear the same name. */
function named(config: Config, role: WorkerRole | undefined): Config {
  const { journal } = config;
  if (role === undefined || journal.replicaId === undefined) return config;
  return { ...config, journal: { ...journal, replicaId: `${journal.replicaId}-${role.number}` } };
}

async function startAll(loaded: LoadedConfig, count: number, world: World, load: () => Promise<LoadedConfig>): Promise<Running> {
  const { startWorkers } = await import('../workers/primary.ts');
  // workers that end are started anew, so nothing here ends the whole
  return { ...(await startWorkers(loaded, count, world, load)), failed: new Promise(() => {}) };
}

function explained(config: Config, start: () => Promise<Running>): Promise<Running> {
  return startExplained((port) => keyOfPort(config, port), start);
}

/** The keys that name the port. */
function keyOfPort(config: Config, port: number | undefined): string {
  const key = (['inbound', 'outbound', 'operations', 'management', 'sdkControl'] as const).find((side) => config[side].port === port);
  return key === undefined ? 'A port of the configuration' : `\`${key}.port\` (${port})`;
}

function tellReady(world: World, urls: ReadyMessage, role: WorkerRole | undefined): void {
  world.log.info('ready', { ...urls, sinceProcessStartMs: Math.round(process.uptime() * 1000) });
  if (role === undefined) process.send?.(urls);
  else role.tellReady(urls);
}

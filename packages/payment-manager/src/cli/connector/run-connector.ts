import { resolve } from 'node:path';
import type { StandAloneConfig } from '@payment-manager/configuration';
import { giveMemoryBack } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { parentGone, signalled, startExplained, untilStopped } from '../process-life.ts';
import type { Terminal } from '../terminal.ts';
import { standAloneConfiguration } from './stand-alone-configuration.ts';

/** `./pm connector run [folder] --config FILE`: the connector in a process of its own, in the foreground, until a signal. */
export async function runConnector(folder: string | undefined, options: CommandOptions, terminal: Terminal): Promise<number> {
  const config = await configured(folder, options, terminal);
  const { realWorld } = await import('@payment-manager/runtime');
  const { startStandAlone } = await import('../../stand-alone/start-stand-alone.ts');
  const world = realWorld(config, terminal.environment['PM_FAILPOINT']);
  const stopAsked = Promise.race([signalled(world), parentGone()]);
  const running = await startExplained(
    (port) =>
      (['backend', 'operations'] as const).map((side) => (config[side].port === port ? `\`${side}.port\` (${port})` : '')).join('') ||
      'A port',
    () => startStandAlone(config, world),
  );
  giveMemoryBack();
  const urls = { backend: running.backend.url, operations: running.operations.url };
  world.log.info('ready', { ...urls, sinceProcessStartMs: Math.round(process.uptime() * 1000) });
  process.send?.(urls);
  return untilStopped(running, stopAsked, terminal);
}

async function configured(folder: string | undefined, options: CommandOptions, terminal: Terminal): Promise<StandAloneConfig> {
  const { config: file } = options;
  if (typeof file !== 'string')
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Say with which configuration: ./pm connector run connectors/our-core --config core-connector.yaml',
    );
  const named: Readonly<Record<string, string>> =
    folder === undefined ? {} : { PM_CORE_CONNECTOR: resolve(terminal.workingFolder, folder) };
  return standAloneConfiguration(file, terminal, named);
}

import { effective, type LoadedConfig } from '@payment-manager/configuration';
import { connectorFindings, fileFindings, LOGO_KEY, rightsFindings } from '@payment-manager/operations/doctor';
import { createHttpClient, systemClock } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { configurationFile, loadConfiguration } from './configuration-file.ts';
import { findingLine } from './connection/finding-lines.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { findOperations } from './operations/find-operations.ts';
import type { ToldConfiguration } from './operations/operations-client.ts';
import { stayAlive } from './stay-alive.ts';
import { style, type Terminal, table } from './terminal.ts';

/** `./pm config`: what is in force. */
export const config: Command = async (_args, options, terminal) => {
  if (options['diff'] === true || options['reload'] === true) return changes(asEverywhere(options), options['reload'] === true, terminal);
  const loaded = await loadConfiguration(configurationFile(asEverywhere(options), terminal), terminal);
  const rows = effective(loaded).map((key) => [key.path, key.value, key.origin]);
  terminal.out(table(['key', 'value', 'from'], rows));
  terminal.out('');
  const shown = loaded.file === undefined ? '' : `: ${loaded.file}`;
  if (options['withoutFiles'] === true) {
    terminal.out(style.good(`The settings are valid${shown}. The files that they name were not checked.`));
    return EXIT_CODES.ok;
  }
  return files(loaded, shown, terminal);
};

/** What a reload would do to what runs, or has done. Exit code 1 where something needs a restart. */
async function changes(options: CommandOptions, apply: boolean, terminal: Terminal): Promise<number> {
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  try {
    return await stayAlive(async () => {
      let restart = false;
      for (const { fspId, operations } of await findOperations(options, terminal, client)) {
        const told = await operations.configuration(apply);
        restart ||= told.changes.some(({ takes }) => takes === 'restart');
        for (const line of changeLines(fspId, told, apply)) terminal.out(line);
      }
      return restart ? EXIT_CODES.failed : EXIT_CODES.ok;
    });
  } finally {
    await client.close();
  }
}

function changeLines(fspId: string, { changes: found, connector }: ToldConfiguration, applied: boolean): readonly string[] {
  const of = connector === undefined || connector === 'unchanged' ? [] : [`The core connector: ${connector}.`];
  if (found.length === 0) return [`What runs at ${fspId} is what the configuration says.`, ...of];
  const takes = { reload: applied ? style.good('in force now') : style.good('a reload'), restart: style.warn('a restart') };
  const rows = found.map((one) => [one.path, one.from, one.to, takes[one.takes]]);
  return [table(['key', 'runs with', 'configuration says', applied ? 'is, or needs' : 'needs'], rows), ...of];
}

/** `--file` is what `--config` is in every other command; both names are taken. @throws CommandFailed (64) where both are given */
function asEverywhere({ file, ...options }: CommandOptions): CommandOptions {
  if (file === undefined) return options;
  if (options['config'] !== undefined)
    throw new CommandFailed(EXIT_CODES.usage, '--file and --config mean the same: give only one of them.');
  return { ...options, config: file };
}

/** What the files that the configuration names are worth. */
async function files(loaded: LoadedConfig, shown: string, terminal: Terminal): Promise<number> {
  const rights = (await rightsFindings(loaded, terminal.environment)).filter(({ state }) => state !== 'passed');
  const ofConnector = await connectorFindings(loaded.config);
  const findings = [...rights, ...(await fileFindings(loaded.config, systemClock.now())), ...ofConnector.findings];
  for (const finding of findings) for (const line of findingLine(finding)) terminal.out(line);
  if (findings.length > 0) terminal.out('');
  const bad = findings.filter(({ state }) => state === 'failed');
  const failed = bad.length;
  if (failed === 0) {
    terminal.out(style.good(`The configuration is valid${shown}.`));
    return EXIT_CODES.ok;
  }
  const stops = bad.some(({ check }) => check !== LOGO_KEY) ? ': until then Payment Manager cannot send or receive payments.' : '.';
  terminal.out(
    style.bad(
      `The settings are valid${shown}, but ${failed === 1 ? '1 file' : `${failed} files`} cannot be used (“failed” above). Correct that first${stops}`,
    ),
  );
  return EXIT_CODES.config;
}

import { effective, type LoadedConfig } from '@payment-manager/configuration';
import { connectorFindings, fileFindings, rightsFindings } from '@payment-manager/operations/doctor';
import { systemClock } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { configurationFile, loadConfiguration } from './configuration-file.ts';
import { findingLine } from './connection/finding-lines.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { style, type Terminal, table } from './terminal.ts';

/** `./pm config`: what is in force. */
export const config: Command = async (_args, options, terminal) => {
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
  const failed = findings.filter(({ state }) => state === 'failed').length;
  if (failed === 0) {
    terminal.out(style.good(`The configuration is valid${shown}.`));
    return EXIT_CODES.ok;
  }
  terminal.out(
    style.bad(
      `The settings are valid${shown}, but ${failed === 1 ? '1 file' : `${failed} files`} cannot be used (“failed” above). Correct that first: until then Payment Manager cannot send or receive payments.`,
    ),
  );
  return EXIT_CODES.config;
}

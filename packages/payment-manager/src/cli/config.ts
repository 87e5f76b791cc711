import { effective, type LoadedConfig } from '@payment-manager/configuration';
import { fileFindings, rightsFindings } from '@payment-manager/operations/doctor';
import { systemClock } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { configurationFile, loadConfiguration } from './configuration-file.ts';
import { findingLine } from './connection/finding-lines.ts';
import { CommandFailed, exitCodes } from './exit-codes.ts';
import { style, type Terminal, table } from './terminal.ts';

/** `./pm config`: what is in force. */
export const config: Command = async (_args, options, terminal) => {
  const loaded = await loadConfiguration(configurationFile(asEverywhere(options), terminal), terminal);
  const rows = effective(loaded).map((key) => [key.path, key.value, key.origin]);
  terminal.out(table(['key', 'value', 'from'], rows));
  terminal.out('');
  const shown = loaded.file === undefined ? '' : `: ${loaded.file}`;
  if (options['withoutFiles'] === true) {
    terminal.out(style.good(`The settings are right${shown}. The files that they name were not looked at.`));
    return exitCodes.ok;
  }
  return files(loaded, shown, terminal);
};

/** `--file` is what `--config` is in every other command; both names are taken. @throws CommandFailed (64) where both are given */
function asEverywhere({ file, ...options }: CommandOptions): CommandOptions {
  if (file === undefined) return options;
  if (options['config'] !== undefined) throw new CommandFailed(exitCodes.usage, '--file and --config are the same: say one of them.');
  return { ...options, config: file };
}

/** What the files that the configuration names are worth. */
async function files(loaded: LoadedConfig, shown: string, terminal: Terminal): Promise<number> {
  const rights = (await rightsFindings(loaded, terminal.environment)).filter(({ state }) => state !== 'ok');
  const findings = [...rights, ...(await fileFindings(loaded.config, systemClock.now()))];
  for (const finding of findings) for (const line of findingLine(finding)) terminal.out(line);
  if (findings.length > 0) terminal.out('');
  const broken = findings.filter(({ state }) => state === 'broken').length;
  if (broken === 0) {
    terminal.out(style.good(`The configuration is right${shown}.`));
    return exitCodes.ok;
  }
  terminal.out(
    style.bad(
      `The settings are right${shown}, but ${broken === 1 ? '1 file' : `${broken} files`} cannot be used (“broken” above). Mend that first; Payment Manager cannot pay or be paid before.`,
    ),
  );
  return exitCodes.config;
}

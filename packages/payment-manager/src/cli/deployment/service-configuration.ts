import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Config } from '@payment-manager/configuration';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, configurationSource, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** The configuration as the service will have it. Paths are absolute. */
export interface ServiceConfiguration {
  readonly config: Config;
  readonly configFile: string;
  /** Of `--environment` or PM_ENVIRONMENT; undefined: what the file says. */
  readonly environment: string | undefined;
  /** Of `--role`; undefined: what the file says. */
  readonly role: string | undefined;
  readonly variableFiles: readonly string[];
}

/**
 * Loads the configuration with the variables that the unit will give, and no others: a variable of this shell would be checked here and not be there at the
 * start.
 *
 * @throws CommandFailed (64, 78)
 */
export async function serviceConfiguration(name: string, options: CommandOptions, terminal: Terminal): Promise<ServiceConfiguration> {
  const given = configurationSource(configurationFile(options, terminal), terminal);
  if (given === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'A service needs a configuration file: name it with --config, like /etc/payment-manager/payment-manager.yaml.',
    );
  const configFile = resolve(terminal.workingFolder, given);
  const environment = terminal.environment['PM_ENVIRONMENT'];
  const role = typeof options['role'] === 'string' ? options['role'] : undefined;
  const variableFiles = [join(dirname(configFile), 'secrets'), join(dirname(configFile), `${name}.env`)];
  const variables = {
    ...(role !== undefined && { PM_ROLE: role }),
    ...Object.assign({}, ...variableFiles.map((file) => variablesOf(file, options['print'] === true, terminal))),
    // an option of the command that the unit runs outranks variables
    ...(environment !== undefined && { PM_ENVIRONMENT: environment }),
  };
  const { config } = await loadConfiguration(configFile, { ...terminal, environment: variables });
  if (role !== undefined && config.role !== role)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `--role ${role} would not be in force: PM_ROLE=${config.role} in ${variableFiles.join(' or ')} outranks it. Take it out there.`,
    );
  return { config, configFile, environment, role, variableFiles };
}

/** What one file of the unit gives. Who only looks may be somebody who must not read it. */
function variablesOf(file: string, onlyLooks: boolean, terminal: Terminal): NodeJS.Dict<string> {
  if (!existsSync(file)) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!onlyLooks) throw new CommandFailed(EXIT_CODES.config, `${file} cannot be read: ${(error as Error).message}`);
    terminal.err(`pm: ${file} cannot be read by you: the configuration is looked at without it.`);
    return {};
  }
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { ConfigInvalid } from '../config/problem.ts';
import { CommandFailed, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Name of the configuration in the working folder. */
export const usualName = 'payment-manager.yaml';

/**
 * The configuration that the user means: the given file, else PM_CONFIG_FILE, else `payment-manager.yaml` in the working
 * folder, else the environment alone. @throws CommandFailed (78) with everything that is wrong.
 */
export async function loadConfiguration(given: string | undefined, terminal: Terminal): Promise<LoadedConfig> {
  const named = given ?? terminal.environment['PM_CONFIG_FILE'];
  const usual = existsSync(resolve(terminal.workingFolder, usualName)) ? usualName : undefined;
  try {
    return await loadConfig(named ?? usual, terminal.environment, terminal.workingFolder);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const source = named ?? usual ?? `the environment alone (there is no ${usualName} here)`;
    const chosen = terminal.environment['PM_ENVIRONMENT'];
    const of = chosen === undefined ? '' : ` (environment ${chosen})`;
    throw new CommandFailed(exitCodes.config, `${error.message}\n\nThe configuration came from ${source}${of}.`);
  }
}

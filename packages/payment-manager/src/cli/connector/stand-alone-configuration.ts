import { ConfigInvalid, loadStandAloneConfig, type StandAloneConfig } from '@payment-manager/configuration';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The configuration of a connector in a process of its own. `named`: variables that stand before those of the environment.
 *
 * @throws CommandFailed (78) with everything that is wrong
 */
export async function standAloneConfiguration(
  file: string,
  { environment, workingFolder }: Terminal,
  named: Readonly<Record<string, string>> = {},
): Promise<StandAloneConfig> {
  try {
    return await loadStandAloneConfig(file, { ...environment, ...named }, workingFolder);
  } catch (error) {
    if (error instanceof ConfigInvalid) throw new CommandFailed(EXIT_CODES.config, error.message);
    throw error;
  }
}

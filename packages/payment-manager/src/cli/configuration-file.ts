import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigInvalid, type LoadedConfig, loadConfig } from '@payment-manager/configuration';
import type { CommandOptions } from './commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { dfspsIn } from './meant.ts';
import { sandboxFolder } from './running-sandbox.ts';
import type { Terminal } from './terminal.ts';

/** Name of the configuration in the working folder. */
export const USUAL_NAME = 'payment-manager.yaml';

/**
 * The file that the user means: the given one, else that of PM_CONFIG_FILE, else `payment-manager.yaml` in the working folder;
 * undefined: there is none.
 */
export function configurationSource(given: string | undefined, terminal: Terminal): string | undefined {
  const usual = existsSync(resolve(terminal.workingFolder, USUAL_NAME)) ? USUAL_NAME : undefined;
  return given ?? terminal.environment['PM_CONFIG_FILE'] ?? usual;
}

/**
 * The file that the user names: `--config`, or with `--fsp` that of the DFSP in the sandbox; undefined: neither, then `configurationSource`
 * says which. An option outranks PM_CONFIG_FILE, and that a file in the working folder, in every command.
 *
 * @throws CommandFailed (64) where both are named, there is no such DFSP, or a sandbox is named by `--folder` and none of its DFSPs
 */
export function configurationFile(options: CommandOptions, terminal: Terminal): string | undefined {
  const { config, fsp } = options;
  refuseTwo(options);
  const folder = sandboxFolder(options, terminal);
  if (typeof fsp !== 'string') {
    if (config === undefined && typeof options['folder'] === 'string') throw new CommandFailed(EXIT_CODES.usage, whichOf(folder));
    return config as string | undefined;
  }
  const file = join(folder, fsp, USUAL_NAME);
  if (/^[A-Za-z0-9_-]+$/.test(fsp) && existsSync(file)) return file;
  throw new CommandFailed(EXIT_CODES.usage, `The sandbox in ${folder} has no DFSP '${fsp}'. ./pm start creates the sandbox.`);
}

/** Two that are meant at once would leave it to us to guess. @throws CommandFailed (64) */
export function refuseTwo({ config, fsp }: CommandOptions): void {
  if (typeof config === 'string' && typeof fsp === 'string')
    throw new CommandFailed(EXIT_CODES.usage, '--config names a configuration and --fsp a DFSP of the sandbox: give only one of them.');
}

/** A folder that is named and not used would mean another bank. */
function whichOf(folder: string): string {
  const dfsps = [...dfspsIn(folder, USUAL_NAME)].sort();
  if (dfsps.length === 0) return `${folder} is not the folder of a sandbox. ./pm start --folder creates one there.`;
  return `--folder names a sandbox. Add the DFSP: ${dfsps.map((fspId) => `--fsp ${fspId}`).join(' or ')}.`;
}

/** Where neither an option nor a file says what is meant, a sandbox may be. */
function sandboxHint(terminal: Terminal): string {
  const dfsps = dfspsIn(sandboxFolder({}, terminal), USUAL_NAME);
  return dfsps.length === 0 ? '' : ` For a DFSP of the sandbox add ${dfsps.map((fspId) => `--fsp ${fspId}`).join(' or ')}.`;
}

/**
 * The configuration that the user means; without a file the environment alone. `readIn`: the folder from which its relative paths are taken, where
 * that is not the file's. @throws CommandFailed (78) with everything that is wrong.
 */
export async function loadConfiguration(given: string | undefined, terminal: Terminal, readIn?: string): Promise<LoadedConfig> {
  const file = configurationSource(given, terminal);
  try {
    const loaded = await loadConfig(file, terminal.environment, terminal.workingFolder, readIn);
    if (file === USUAL_NAME && given === undefined) checkOwner(loaded);
    return loaded;
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const source = file ?? `the environment alone (there is no ${USUAL_NAME} in this folder, and --config is not given)`;
    const chosen = terminal.environment['PM_ENVIRONMENT'];
    const of = chosen === undefined ? '' : ` (environment ${chosen})`;
    const hint = file === undefined ? sandboxHint(terminal) : '';
    // nothing was configured at all: which keys are missing is not what must be said
    if (file === undefined && !Object.keys(terminal.environment).some((name) => name.startsWith('PM_')))
      throw new CommandFailed(
        EXIT_CODES.config,
        `No configuration found: there is no ${USUAL_NAME} in this folder, and neither --config nor PM_CONFIG_FILE names one.${hint} How to write one: docs/connect-to-a-hub.md`,
      );
    throw new CommandFailed(EXIT_CODES.config, `${error.message}\n\nConfiguration: ${source}${of}.${hint}`);
  }
}

/** Keys whose value is run or loaded as a program. */
const RUNNING: readonly string[] = ['vault.masterKey.command', 'vault.pkcs11.module'];

/**
 * Nobody named a configuration that merely lies in the working folder, perhaps one that everybody may write: what it would run must have
 * been put there by this user or root.
 *
 * @throws CommandFailed (78)
 */
function checkOwner({ origins, file }: LoadedConfig): void {
  const program = RUNNING.find((key) => ['file', 'overlay'].includes(origins.get(key) ?? ''));
  if (program === undefined || file === undefined) return;
  const { uid } = statSync(file);
  const own = process.geteuid?.();
  if (own === undefined || uid === own || uid === 0) return;
  throw new CommandFailed(
    EXIT_CODES.config,
    `${file} belongs to another user (number ${uid}), and its \`${program}\` would be run as this user. Read the file; if it is yours, take it over (chown), or name it with --config.`,
  );
}

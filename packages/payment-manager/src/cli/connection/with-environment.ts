import { stat } from 'node:fs/promises';
import type { Config } from '@payment-manager/configuration';
import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { FileUnusable } from '@payment-manager/connection-manager-client/manual';
import { DatabaseUnavailable } from '@payment-manager/database';
import { recordedLog, systemClock, systemRandom, systemTimers, threadPoolSignatures } from '@payment-manager/runtime';
import { type Environment, VaultError, type VaultErrorCode } from '@payment-manager/vault';
import { openConfiguredVault, vaultFolder } from '@payment-manager/vault/configured';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import type { Terminal } from '../terminal.ts';

/** The environment that a command works on. */
export interface OpenedEnvironment {
  readonly config: Config;
  readonly environment: Environment;
  /** The command that follows its way into the scheme, with the options by which the user means this environment. */
  readonly onboard: string;
}

/**
 * Opens the environment of the vault that the user means, for as long as `work` takes. The product may be running: both may write, and
 * it sees soon what was changed.
 *
 * @throws CommandFailed, also for what the vault says
 */
export async function withEnvironment<T>(
  options: CommandOptions,
  terminal: Terminal,
  work: (opened: OpenedEnvironment) => Promise<T>,
): Promise<T> {
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  return stayAlive(() => explainedVault(() => inVault(config, onboardCommand(config, options), work)));
}

function onboardCommand({ environment }: Config, options: CommandOptions): string {
  const meant = ['config', 'fsp', 'folder'].flatMap((name) => (typeof options[name] === 'string' ? [`--${name} ${options[name]}`] : []));
  return ['./pm onboard', environment, ...meant].join(' ');
}

async function inVault<T>(config: Config, onboard: string, work: (opened: OpenedEnvironment) => Promise<T>): Promise<T> {
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, signatures: threadPoolSignatures, log: recordedLog(1) };
  await refuseOtherUser(config);
  const opened = await openConfiguredVault(config, world);
  if (opened === undefined)
    throw new CommandFailed(
      EXIT_CODES.config,
      'There is no vault (`vault.store` is none): certificates and keys are the files that the configuration names. ./pm config and ./pm doctor check them. How to set up a vault: docs/onboarding.md.',
    );
  try {
    return await work({ config, environment: opened.vault.environment(config.environment), onboard });
  } finally {
    await opened.vault.close();
  }
}

/** What another user writes, the product's user cannot read: all of a vault's files are for one user only. @throws CommandFailed */
export async function refuseOtherUser(config: Config): Promise<void> {
  if (config.vault.store !== 'file' || process.getuid === undefined) return;
  const folder = vaultFolder(config);
  const owner = (await ownerOf(folder)) ?? (await ownerOf(config.dataFolder));
  if (owner === undefined || owner === process.getuid()) return;
  throw new CommandFailed(
    EXIT_CODES.config,
    `The vault ${folder} belongs to the user with the number ${owner}, and you are ${process.getuid()}: the product could not read what you write. Run the command as that user (sudo -u '#${owner}' ./pm …).`,
  );
}

/** Undefined: it is not there. */
async function ownerOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ uid }) => uid,
    () => undefined,
  );
}

const EXIT_OF: Readonly<Partial<Record<VaultErrorCode, ExitCode>>> = {
  VAULT_MASTER_KEY_MISSING: EXIT_CODES.config,
  VAULT_MASTER_KEY_WRONG: EXIT_CODES.config,
  VAULT_NEWER: EXIT_CODES.config,
  VAULT_PERMISSIONS: EXIT_CODES.config,
  VAULT_DAMAGED: EXIT_CODES.config,
  VAULT_COPY_UNUSABLE: EXIT_CODES.config,
  VAULT_REFUSED: EXIT_CODES.unavailable,
  VAULT_UNAVAILABLE: EXIT_CODES.unavailable,
  VAULT_CONFLICT: EXIT_CODES.unavailable,
};

/** What the vault and its files say, as the end of a command. @throws CommandFailed */
export async function explainedVault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VaultError) throw new CommandFailed(EXIT_OF[error.code] ?? EXIT_CODES.failed, `${error.code}: ${error.message}`);
    if (error instanceof CredentialsInvalid) throw new CommandFailed(EXIT_CODES.config, error.message);
    if (error instanceof DatabaseUnavailable) throw new CommandFailed(EXIT_CODES.unavailable, error.message);
    if (error instanceof FileUnusable) throw new CommandFailed(EXIT_CODES.failed, error.message);
    throw error;
  }
}

import { resolve } from 'node:path';
import { ConfigInvalid, loadConfig } from '@payment-manager/configuration';
import { counted } from '@payment-manager/connection-manager-client/counted';
import type { Difference, Verdict } from '@payment-manager/connection-manager-client/onboarding';
import {
  compareEnvironments,
  PromotionRefused,
  type ShownDifference,
  shownDifference,
  writePromotion,
} from '../../onboarding/promotion.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationSource } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { type ManagementDoor, managementDoor } from '../operations/management-door.ts';
import { confirmed, reasonOf } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal, table } from '../terminal.ts';

/** `./pm promote A B`: takes what was tried in one environment over into another, and says what must be made anew there. */
export const promote: Command = async ([from = '', to = ''], options, terminal) => {
  const door = await stayAlive(() => doorOf(options, terminal));
  if (door !== undefined) return stayAlive(() => promoteThrough(door, { from, to }, options, terminal));
  const source = configurationSource(options['config'] as string | undefined, terminal);
  if (source === undefined)
    throw new CommandFailed(
      EXIT_CODES.config,
      'There is no payment-manager.yaml in this folder: name the file with --config. How to write one: docs/connect-to-a-hub.md',
    );
  const file = resolve(terminal.workingFolder, source);
  const differences = await compare(file, from, to);
  if (options['json'] === true) {
    terminal.out(JSON.stringify({ from, to, differences: differences.map(shownDifference) }));
    return EXIT_CODES.ok;
  }
  print(differences.map(shownDifference), from, to, terminal);
  const copied = differences.filter(({ verdict }) => verdict === 'copied');
  if (copied.length > 0) {
    if (!(await confirmed(options, terminal, `Write ${counted(copied.length, 'key')} into environments.${to} of ${file}?`))) {
      terminal.out('Nothing was written.');
      return EXIT_CODES.failed;
    }
    await rewrite(file, to, differences);
    terminal.out(style.good(`Written: ${counted(copied.length, 'key')} into environments.${to} of ${file}.`));
  }
  return tellRest(file, to, terminal);
};

/** Where the configuration cannot be loaded as it is, no product of it runs. */
async function doorOf(options: CommandOptions, terminal: Terminal): Promise<ManagementDoor | undefined> {
  try {
    return await managementDoor(options, terminal);
  } catch (error) {
    if (options['api'] === undefined && error instanceof CommandFailed && error.exitCode === EXIT_CODES.config) return undefined;
    throw error;
  }
}

/** The product that runs with a portal writes its own configuration: who may, and the audit log, hold. */
async function promoteThrough(
  door: ManagementDoor,
  { from, to }: { readonly from: string; readonly to: string },
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  const query = new URLSearchParams({ from, to });
  const { differences } = (await door.ask(`GET /api/connection/promotion?${query}`)) as {
    readonly differences: readonly ShownDifference[];
  };
  if (options['json'] === true) {
    terminal.out(JSON.stringify({ from, to, differences }));
    return EXIT_CODES.ok;
  }
  print(differences, from, to, terminal);
  const copied = differences.filter(({ verdict }) => verdict === 'copied').length;
  if (copied > 0) {
    if (!(await confirmed(options, terminal, `Write ${counted(copied, 'key')} into environments.${to} of the configuration?`))) {
      terminal.out('Nothing was written.');
      return EXIT_CODES.failed;
    }
    await door.ask('POST /api/connection/promotion', { from, to, reason: reasonOf(options, './pm promote') });
    terminal.out(style.good(`Written: ${counted(copied, 'key')} into environments.${to}.`));
  }
  terminal.out(style.bold(`\nTo be created for ${to}`));
  for (const line of NEVER_COPIED) terminal.out(`  ${line}`);
  terminal.out(`\nThen: ./pm onboard ${to}`);
  return EXIT_CODES.ok;
}

async function compare(file: string, from: string, to: string): Promise<readonly Difference[]> {
  try {
    return await compareEnvironments(file, from, to);
  } catch (error) {
    if (error instanceof ConfigInvalid) throw new CommandFailed(EXIT_CODES.config, error.message);
    if (error instanceof PromotionRefused) throw new CommandFailed(EXIT_CODES.usage, error.message);
    throw error;
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = { copied: 'will be copied', kept: 'stays', anew: 'not copied: set its own value' };

function print(differences: readonly ShownDifference[], from: string, to: string, terminal: Terminal): void {
  if (differences.length === 0) {
    terminal.out(`${from} and ${to} have the same values.`);
    return;
  }
  const rows = differences.map((row) => [row.path, row.from, row.to, VERDICTS[row.verdict]]);
  terminal.out(table(['key', from, to, `in ${to}`], rows));
  terminal.out('');
}

async function rewrite(file: string, to: string, differences: readonly Difference[]): Promise<void> {
  try {
    await writePromotion(file, to, differences);
  } catch (error) {
    if (error instanceof PromotionRefused) throw new CommandFailed(EXIT_CODES.failed, error.message);
    throw error;
  }
}

/** What no copy can give. Variables of the other environment are not known here, so what they give may be named as missing. */
async function tellRest(file: string, to: string, terminal: Terminal): Promise<number> {
  terminal.out(style.bold(`\nTo be created for ${to}`));
  const problems = await loadConfig(file, { PM_ENVIRONMENT: to }, terminal.workingFolder).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigInvalid) return error.problems;
      throw error;
    },
  );
  for (const { where, advice } of problems) terminal.out(`  ${where}: ${advice}`);
  for (const line of NEVER_COPIED) terminal.out(`  ${line}`);
  terminal.out(`\nThen: ./pm onboard ${to}`);
  return EXIT_CODES.ok;
}

const NEVER_COPIED: readonly string[] = [
  'where it is: addresses of hub, core and Connection Manager, and our own as the hub calls it',
  'what proves who we are: client and server certificates, JWS key, our CA. They are made in its vault and never copied',
  'secrets: the client secret for the Connection Manager, passwords of databases',
  'whom we trust: the hub’s CA and the peers’ JWS keys',
  'its journal and data folder: payments of two environments never meet',
];

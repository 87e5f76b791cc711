import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigInvalid, configSchema, divide, listKeys, loadConfig, readTree, shown } from '@payment-manager/configuration';
import { counted } from '@payment-manager/connection-manager-client/counted';
import { type Difference, differencesOf, promoted, type Verdict } from '@payment-manager/connection-manager-client/onboarding';
import type { Command } from '../commands.ts';
import { configurationSource } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed } from '../operations/person.ts';
import { style, type Terminal, table } from '../terminal.ts';

/** `./pm promote A B`: takes what was tried in one environment over into another, and says what must be made anew there. */
export const promote: Command = async ([from = '', to = ''], options, terminal) => {
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
  print(differences, from, to, terminal);
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

async function compare(file: string, from: string, to: string): Promise<readonly Difference[]> {
  const keys = listKeys(configSchema);
  try {
    const { overlays, problems } = divide(await readTree(file), keys);
    if (problems.length > 0) throw new ConfigInvalid(problems);
    const model = overlays?.get(from);
    if (from === to || overlays === undefined || model === undefined)
      throw new CommandFailed(
        EXIT_CODES.usage,
        `'${from}' and '${to}' must be two environments of ${file}. It has ${[...(overlays?.keys() ?? [])].join(', ') || 'none: see docs/configuration.md, environments'}.`,
      );
    return differencesOf(keys, model, overlays.get(to) ?? {});
  } catch (error) {
    if (error instanceof ConfigInvalid) throw new CommandFailed(EXIT_CODES.config, error.message);
    throw error;
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = { copied: 'will be copied', kept: 'stays', anew: 'not copied: set its own value' };

function shownDifference({ key, from, to, verdict }: Difference): { path: string; from: string; to: string; verdict: Verdict } {
  const text = (value: unknown): string => (value === undefined ? '' : shown(key.path, value).replace(/^.*? (?=["[{\d]|true|false)/, ''));
  return { path: key.path, from: text(from), to: text(to), verdict };
}

function print(differences: readonly Difference[], from: string, to: string, terminal: Terminal): void {
  if (differences.length === 0) {
    terminal.out(`${from} and ${to} have the same values.`);
    return;
  }
  const rows = differences.map(shownDifference).map((row) => [row.path, row.from, row.to, VERDICTS[row.verdict]]);
  terminal.out(table(['key', from, to, `in ${to}`], rows));
  terminal.out('');
}

/** As a whole or not at all, with the rights that it has. @throws CommandFailed when it cannot be written, or has aliases in the way */
async function rewrite(file: string, to: string, differences: readonly Difference[]): Promise<void> {
  try {
    await write(file, await promoted(await readFile(file, 'utf8'), to, differences));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? 'it has aliases where something is to be written' : `it cannot be written: ${code}`;
    throw new CommandFailed(EXIT_CODES.failed, `${file} was not changed (${why}). Copy the keys above by hand.`);
  }
}

async function write(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode });
  await rename(temporary, file);
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

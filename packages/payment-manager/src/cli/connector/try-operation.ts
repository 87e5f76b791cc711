import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import {
  type CompiledConnector,
  compileConnector,
  FixtureInvalid,
  FolderInvalid,
  readConnectorFolder,
  readFixture,
  runFixture,
} from '@payment-manager/core-connector';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { tellProblems } from './tell-problems.ts';

const EXAMPLE = './pm connector try transfer.prepare --with tests/committed.json --connector connectors/rest-core';

/**
 * `./pm connector try [operation] --with fixture.json`: runs a fixture, and shows each step of the operation with its request, answer, outcome and
 * mapped result; without an operation those of all. What goes before it in the fixture is run, too: a payment is finalised after its prepare.
 */
export async function tryOperation(operation: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const { with: file, connector: given = '.' } = options;
  if (typeof file !== 'string' || typeof given !== 'string') throw new CommandFailed(EXIT_CODES.usage, `Say which fixture: ${EXAMPLE}`);
  if (operation.includes('/')) throw new CommandFailed(EXIT_CODES.usage, `An operation is tried; its folder is --connector: ${EXAMPLE}`);
  const folder = resolve(terminal.workingFolder, given);
  const files = await readConnectorFolder(folder).catch((error: unknown) => {
    if (error instanceof FolderInvalid) throw new CommandFailed(EXIT_CODES.unavailable, `No connector is in ${folder}: ${error.message}.`);
    throw error;
  });
  if (tellProblems(files, terminal) > 0) return EXIT_CODES.failed;
  const { name, text } = await fixtureIn(folder, file, terminal);
  const passed = await runAndTell(compileConnector(files).connector, name, text, terminal, operation);
  return passed ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** The fixture beside the connector, or wherever the path leads from here. */
async function fixtureIn(
  folder: string,
  file: string,
  { workingFolder }: Terminal,
): Promise<{ readonly name: string; readonly text: string }> {
  for (const path of [resolve(folder, file), resolve(workingFolder, file)]) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return { name: path.startsWith(`${folder}/`) ? relative(folder, path) : file, text };
  }
  throw new CommandFailed(EXIT_CODES.unavailable, `There is no ${file} in ${folder}.`);
}

/** Runs a fixture and tells whether it passed; `operation`: its steps are shown, '' shows all, undefined none. */
export async function runAndTell(
  compiled: CompiledConnector,
  name: string,
  text: string,
  terminal: Terminal,
  operation?: string,
): Promise<boolean> {
  try {
    const { test, steps, faults } = await runFixture(compiled, readFixture(text));
    const shown = operation === undefined ? [] : steps.filter(({ operation: its }) => `${its} `.startsWith(operation && `${operation} `));
    if (operation !== undefined && shown.length === 0)
      throw new CommandFailed(
        EXIT_CODES.usage,
        `${name} has no ${printable(operation)}; it has ${[...new Set(steps.map(({ operation: its }) => its))].join(', ')}.`,
      );
    for (const { lines } of shown) for (const line of lines) terminal.out(printable(line));
    terminal.out(`${faults.length === 0 ? style.good('passed') : style.bad('failed')}  ${name}  ${printable(test)}`);
    for (const fault of faults) terminal.out(`        ${printable(fault)}`);
    return faults.length === 0;
  } catch (error) {
    if (!(error instanceof FixtureInvalid)) throw error;
    terminal.out(`${style.bad('failed')}  ${name}  ${printable(error.message)}`);
    return false;
  }
}

import { resolve } from 'node:path';
import {
  type ConnectorFiles,
  compileConnector,
  FixtureInvalid,
  FolderInvalid,
  problemLine,
  readConnectorFolder,
  readFixture,
  readFixtureFiles,
  runFixture,
} from '@payment-manager/core-connector';
import type { Command } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { certifyConnector } from './certify-connector.ts';
import { importOpenApi } from './import-openapi.ts';
import { MOCK_CONNECTOR, mockConnector } from './mock-connector.ts';
import { newConnector } from './new-connector.ts';
import { probeConnector } from './probe-connector.ts';
import { reloadConnector } from './reload-connector.ts';
import { runConnector } from './run-connector.ts';
import { signOffGuess } from './sign-off.ts';

const VERBS = ['lint', 'test', 'try', 'certify', 'mock', 'new', 'reload', 'probe', 'sign-off', 'import', 'run'] as const;

/** `./pm connector lint|test|try|certify [folder]`: what a core connector is worth, before it meets a core; `mock`: a core for it; `new`: one from a template; `run`: it by itself. */
export const connector: Command = async ([verb = '', ...rest], options, terminal) => {
  const known = VERBS.find((each) => each === verb);
  if (known === undefined) throw new CommandFailed(EXIT_CODES.usage, `Unknown action '${verb}'. ./pm connector knows ${VERBS.join(', ')}.`);
  const [folder = '.'] = rest;
  if (known === 'import') return importOpenApi(folder === '.' ? '' : folder, options, terminal);
  if (known === 'new') return newConnector(folder, options, terminal);
  if (known === 'run') return runConnector(rest[0], options, terminal);
  if (known === 'reload') return reloadConnector(options, terminal);
  const place = known === 'mock' && rest[0] === undefined ? MOCK_CONNECTOR : resolve(terminal.workingFolder, folder);
  try {
    if (known === 'sign-off') return await signOffGuess(...guessIn(rest, terminal), options, terminal);
    if (known === 'probe') return await probeConnector(place, options, terminal);
    if (known === 'mock') return await mockConnector(place, options, terminal);
    if (known === 'certify') return await certifyConnector(place, options, terminal);
    return known === 'lint' ? await lint(place, terminal) : await fixtures(place, known === 'try' ? wanted(options) : undefined, terminal);
  } catch (error) {
    if (error instanceof FolderInvalid) throw new CommandFailed(EXIT_CODES.unavailable, `No connector is in ${place}: ${error.message}.`);
    throw error;
  }
};

/** The guess, and the folder of its connector; a folder alone means that no guess is named. */
function guessIn([first = '', second]: readonly string[], { workingFolder }: Terminal): [guess: string, folder: string] {
  if (second === undefined && (first === '' || first === '.' || first.includes('/'))) return ['', resolve(workingFolder, first)];
  return [first, resolve(workingFolder, second ?? '.')];
}

function wanted({ with: file }: Parameters<Command>[1]): string {
  if (typeof file === 'string') return file;
  throw new CommandFailed(EXIT_CODES.usage, 'Say which fixture: ./pm connector try connectors/rest-core --with tests/committed.json');
}

async function lint(folder: string, terminal: Terminal): Promise<number> {
  const problems = tellProblems(await readConnectorFolder(folder), terminal);
  if (problems > 0) return EXIT_CODES.failed;
  terminal.out(style.good('The connector has no fault.'));
  return EXIT_CODES.ok;
}

/** How many there are. */
function tellProblems(files: ConnectorFiles, terminal: Terminal): number {
  const { problems } = compileConnector(files);
  for (const problem of problems) terminal.out(`${printable(problemLine(problem))} ${style.dim(`(${problem.code})`)}`);
  if (problems.length > 0) terminal.out(style.bad(problems.length === 1 ? '1 fault.' : `${problems.length} faults.`));
  return problems.length;
}

/** Runs the fixtures; one alone is shown with each call and answer. */
async function fixtures(folder: string, only: string | undefined, terminal: Terminal): Promise<number> {
  const files = await readConnectorFolder(folder);
  if (tellProblems(files, terminal) > 0) return EXIT_CODES.failed;
  const { connector: compiled } = compileConnector(files);
  const found = [...(await readFixtureFiles(folder))].filter(([name]) => only === undefined || name === only);
  if (found.length === 0)
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      only === undefined ? `There is no fixture in ${folder}/tests.` : `There is no ${only} in ${folder}.`,
    );
  let passed = 0;
  for (const [name, text] of found) {
    try {
      const { test, lines, faults } = await runFixture(compiled, readFixture(text));
      if (only !== undefined) for (const line of lines) terminal.out(printable(line));
      terminal.out(`${faults.length === 0 ? style.good('passed') : style.bad('failed')}  ${name}  ${printable(test)}`);
      for (const fault of faults) terminal.out(`        ${printable(fault)}`);
      if (faults.length === 0) passed++;
    } catch (error) {
      if (!(error instanceof FixtureInvalid)) throw error;
      terminal.out(`${style.bad('failed')}  ${name}  ${printable(error.message)}`);
    }
  }
  terminal.out(`${passed} of ${found.length} passed.`);
  return passed === found.length ? EXIT_CODES.ok : EXIT_CODES.failed;
}

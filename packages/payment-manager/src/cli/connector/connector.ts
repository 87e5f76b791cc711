import { resolve } from 'node:path';
import { compileConnector, FolderInvalid, readConnectorFolder, readFixtureFiles } from '@payment-manager/core-connector';
import type { Command } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';
import { certifyConnector } from './certify-connector.ts';
import { importOpenApi } from './import-openapi.ts';
import { MOCK_CONNECTOR, mockConnector } from './mock-connector.ts';
import { newConnector } from './new-connector.ts';
import { probeConnector } from './probe-connector.ts';
import { reloadConnector } from './reload-connector.ts';
import { replayPayment } from './replay-payment.ts';
import { runConnector } from './run-connector.ts';
import { signOffGuess } from './sign-off.ts';
import { tellProblems } from './tell-problems.ts';
import { runAndTell, tryOperation } from './try-operation.ts';

const VERBS = ['lint', 'test', 'try', 'certify', 'mock', 'new', 'reload', 'probe', 'sign-off', 'import', 'run', 'replay'] as const;

/** `./pm connector lint|test|try|certify [folder]`: what a core connector is worth, before it meets a core; `mock`: a core for it; `new`: one from a template; `run`: it by itself. */
export const connector: Command = async ([verb = '', ...rest], options, terminal) => {
  const known = VERBS.find((each) => each === verb);
  if (known === undefined) throw new CommandFailed(EXIT_CODES.usage, `Unknown action '${verb}'. ./pm connector knows ${VERBS.join(', ')}.`);
  const [folder = '.'] = rest;
  if (known === 'import') return importOpenApi(folder === '.' ? '' : folder, options, terminal);
  if (known === 'new') return newConnector(folder, options, terminal);
  if (known === 'run') return runConnector(rest[0], options, terminal);
  if (known === 'try') return tryOperation(rest.join(' '), options, terminal);
  if (known === 'replay') return replayPayment(rest[0] ?? '', options, terminal);
  if (known === 'reload') return reloadConnector(options, terminal);
  const place = known === 'mock' && rest[0] === undefined ? MOCK_CONNECTOR : resolve(terminal.workingFolder, folder);
  try {
    if (known === 'sign-off') return await signOffGuess(...guessIn(rest, terminal), options, terminal);
    if (known === 'probe') return await probeConnector(place, options, terminal);
    if (known === 'mock') return await mockConnector(place, options, terminal);
    if (known === 'certify') return await certifyConnector(place, options, terminal);
    return known === 'lint' ? await lint(place, terminal) : await fixtures(place, terminal);
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

async function lint(folder: string, terminal: Terminal): Promise<number> {
  const problems = tellProblems(await readConnectorFolder(folder), terminal);
  if (problems > 0) return EXIT_CODES.failed;
  terminal.out(style.good('The connector has no fault.'));
  return EXIT_CODES.ok;
}

/** Runs the fixtures. */
async function fixtures(folder: string, terminal: Terminal): Promise<number> {
  const files = await readConnectorFolder(folder);
  if (tellProblems(files, terminal) > 0) return EXIT_CODES.failed;
  const { connector: compiled } = compileConnector(files);
  const found = [...(await readFixtureFiles(folder))];
  if (found.length === 0) throw new CommandFailed(EXIT_CODES.unavailable, `There is no fixture in ${folder}/tests.`);
  let passed = 0;
  for (const [name, text] of found) if (await runAndTell(compiled, name, text, terminal)) passed++;
  terminal.out(`${passed} of ${found.length} passed.`);
  return passed === found.length ? EXIT_CODES.ok : EXIT_CODES.failed;
}

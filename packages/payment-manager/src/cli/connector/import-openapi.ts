import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { compileConnector, OpenApiInvalid, problemLine, proposeConnector, readOpenApi } from '@payment-manager/core-connector';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** `./pm connector import openapi.yaml --name NAME`: a first draft in connectors/NAME, whose open decisions lint shows. */
export async function importOpenApi(file: string, { name }: CommandOptions, terminal: Terminal): Promise<number> {
  const path = resolve(terminal.workingFolder, file);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (file === '' || text === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `Say which document: ./pm connector import openapi.yaml --name our-core. There is none in ${path}.`,
    );
  const given =
    typeof name === 'string'
      ? name
      : basename(path)
          .replace(/\.(ya?ml|json)$/, '')
          .toLowerCase();
  if (!NAME.test(given))
    throw new CommandFailed(EXIT_CODES.usage, 'A connector is named with small letters, digits and hyphens: --name our-core');
  const place = resolve(terminal.workingFolder, 'connectors', given);
  if ((await stat(place).catch(() => undefined)) !== undefined) throw new CommandFailed(EXIT_CODES.usage, `${place} is there already.`);
  const api = read(text);
  const made = proposeConnector(given, api);
  for (const [part, call] of Object.entries(made.recognised))
    terminal.out(
      `${part.padEnd(8)} ${call === undefined ? style.dim('none recognised') : printable(`${call.method.toUpperCase()} ${call.path}`)}`,
    );
  for (const [path_, content] of [['connector.yaml', made.connector] as const, ...made.operations]) {
    await mkdir(dirname(join(place, path_)), { recursive: true });
    await writeFile(join(place, path_), content);
  }
  await writeFile(join(place, 'README.md'), readme(given, api.title));
  const { problems } = compileConnector(made);
  for (const problem of problems) terminal.out(`${printable(problemLine(problem))} ${style.dim(`(${problem.code})`)}`);
  terminal.out(
    `connectors/${given} is a draft: ${problems.length} places to fill in. ./pm connector lint connectors/${given} shows what is left.`,
  );
  return EXIT_CODES.ok;
}

function read(text: string): ReturnType<typeof readOpenApi> {
  try {
    return readOpenApi(text);
  } catch (error) {
    if (error instanceof OpenApiInvalid) throw new CommandFailed(EXIT_CODES.failed, `The document cannot be used: ${error.message}.`);
    throw error;
  }
}

function readme(name: string, title: string): string {
  return `# ${name}: ${title.replaceAll(/[^\p{L}\p{N} .,:-]+/gu, ' ').slice(0, 100)}

A draft, made of the OpenAPI document of the core. Each call was chosen by its name: look at every one. \`certify.yaml\` and fixtures are still to be written
(docs/connectors/tutorial.md of Payment Manager).

## Guessed

\`guesses\` in \`connector.yaml\`: no document says what they say.
`;
}

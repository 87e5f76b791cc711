import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compileConnector, problemLine, readConnectorFolder } from '@payment-manager/core-connector';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const RENAMED: readonly (readonly [file: string, line: RegExp, key: string])[] = [
  ['connector.yaml', /^connector: .*$/m, 'connector: '],
  ['certify.yaml', /^certify: .*$/m, 'certify: '],
];

/** `./pm connector new <name> --from <template>`: a copy of a template under a name of its own, in `connectors/`. */
export async function newConnector(name: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  if (!NAME.test(name))
    throw new CommandFailed(EXIT_CODES.usage, 'A connector is named with small letters, digits and hyphens, e.g. our-core.');
  const templates = await templatesFolder();
  const known =
    templates === undefined
      ? []
      : (await readdir(templates, { withFileTypes: true })).filter((each) => each.isDirectory()).map((each) => each.name);
  const { from } = options;
  if (typeof from !== 'string' || !known.includes(from) || templates === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `Say from which template: --from ${known.sort().join(' | ')}`);
  const place = resolve(terminal.workingFolder, 'connectors', name);
  if (await isThere(place)) throw new CommandFailed(EXIT_CODES.usage, `${place} is there already.`);
  await mkdir(dirname(place), { recursive: true });
  await cp(join(templates, from), place, { recursive: true });
  for (const [file, line, key] of RENAMED) {
    const text = await readFile(join(place, file), 'utf8');
    await writeFile(join(place, file), text.replace(line, `${key}${name}`));
  }
  const readme = await readFile(join(place, 'README.md'), 'utf8');
  await writeFile(join(place, 'README.md'), readme.replace(/^# .*$/m, `# ${name}`).replaceAll(`connectors/${from}`, `connectors/${name}`));
  const { problems } = compileConnector(await readConnectorFolder(place));
  for (const problem of problems) terminal.out(problemLine(problem));
  if (problems.length > 0) return EXIT_CODES.failed;
  terminal.out(style.good(`connectors/${name} is made from ${from}. The connector has no fault.`));
  terminal.out(`Next: README.md there says what the core must offer. ./pm connector certify connectors/${name}`);
  return EXIT_CODES.ok;
}

/** Where the templates are: beside the packages. Undefined where only the product's one file is. */
async function templatesFolder(): Promise<string | undefined> {
  for (let place = import.meta.dirname; ; place = dirname(place)) {
    if (await isThere(join(place, 'connectors', 'rest-core', 'connector.yaml'))) return join(place, 'connectors');
    if (dirname(place) === place) return undefined;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

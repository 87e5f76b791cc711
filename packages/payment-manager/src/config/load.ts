import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ConfigKey, listKeys } from './keys.ts';
import { shown } from './mask.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';
import { crossChecks } from './rules.ts';
import { type Config, configSchema } from './schema.ts';
import { suggestion } from './suggestion.ts';
import { expectation, fromEnvironment, isValid } from './value.ts';

/** Where the value of a key came from. */
export type Origin = 'file' | 'environment' | 'default' | 'unset';

/** A configuration that passed every check. Paths in it are absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** By path of the key. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read; undefined when everything came from the environment. */
  readonly file: string | undefined;
}

/** Variables that begin with `PM_` and are not configuration. */
export const reservedVariables: readonly string[] = ['PM_FAILPOINT', 'PM_CONFIG_FILE', 'PM_TEST_POSTGRES_URL'];

const maxFileBytes = 1_048_576;

/**
 * Reads `payment-manager.yaml`, lays the environment over it, fills in the defaults and checks everything.
 *
 * `environment` is `process.env` in the product. Without a file everything must come from the environment.
 * Relative paths are taken from the folder of the file (without a file: from `workingFolder`).
 *
 * @throws ConfigInvalid with every problem that was found, not only the first.
 */
export async function loadConfig(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  workingFolder: string,
): Promise<LoadedConfig> {
  const keys = listKeys(configSchema);
  const location = file === undefined ? undefined : resolve(workingFolder, file);
  const tree = location === undefined ? {} : await readTree(location);
  const problems = [...unknownKeys(tree, keys), ...unknownVariables(environment, keys)];
  const origins = new Map<string, Origin>();
  const config: Record<string, unknown> = {};
  const folder = location === undefined ? workingFolder : dirname(location);
  for (const key of keys) {
    const { value, origin } = valueFor(key, tree, environment);
    origins.set(key.path, origin);
    if (value === undefined) {
      if (key.required) problems.push(missing(key));
    } else if (isValid(key, value)) put(config, key, key.schema.kind === 'path' ? absolute(key, folder, value as string) : value);
    else problems.push(invalid(key, value, origin));
  }
  for (const key of keys) makeGroups(config, key.segments);
  if (problems.length === 0) problems.push(...crossChecks(config as unknown as Config));
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return { config: config as unknown as Config, origins, file: location };
}

async function readTree(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigInvalid([
      {
        where: file,
        expected: 'a configuration file that can be read',
        found: error.code === 'ENOENT' ? 'no such file' : `an error when reading it (${error.code ?? error.message})`,
        advice: 'Give its path with --file; docs/connect-to-a-hub.md has a complete example.',
      },
    ]);
  });
  if (text.length > maxFileBytes) throw new ConfigInvalid([fileProblem(file, 'at most 1 MiB', `${text.length} characters`)]);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const first = document.errors[0];
  if (first !== undefined) {
    const at = first.linePos?.[0];
    throw new ConfigInvalid([fileProblem(file, 'valid YAML', `${first.code} at line ${at?.line ?? '?'}, column ${at?.col ?? '?'}`)]);
  }
  const tree: unknown = document.toJS({ maxAliasCount: 20 });
  if (tree === null || tree === undefined) return {};
  if (typeof tree !== 'object' || Array.isArray(tree)) {
    throw new ConfigInvalid([fileProblem(file, 'keys with values, like `fspId: greenbank`', shown('', tree))]);
  }
  return tree as Record<string, unknown>;
}

function fileProblem(file: string, expected: string, found: string): ConfigProblem {
  return { where: file, expected, found, advice: 'Mend the file; docs/configuration.md lists every key.' };
}

function unknownKeys(tree: Record<string, unknown>, keys: readonly ConfigKey[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const visit = (node: Record<string, unknown>, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(node)) {
      const here = [...path, name].join('.');
      if (keys.some((key) => key.path === here)) continue;
      const isGroup = keys.some((key) => key.path.startsWith(`${here}.`));
      if (isGroup && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        visit(value as Record<string, unknown>, [...path, name]);
      } else if (isGroup) {
        if (value !== null)
          problems.push({
            where: here,
            expected: 'a group of keys',
            found: shown(here, value),
            advice: `Indent the keys of \`${here}\` below it.`,
          });
      } else {
        problems.push(unknown(here, value, keys));
      }
    }
  };
  visit(tree, []);
  return problems;
}

function unknown(path: string, value: unknown, keys: readonly ConfigKey[]): ConfigProblem {
  const meant = suggestion(
    path,
    keys.map((key) => key.path),
  );
  return {
    where: path,
    expected: 'a key that exists',
    found: `an unknown key with ${shown(path, value)}`,
    advice:
      meant === undefined
        ? 'Remove it; docs/configuration.md lists every key.'
        : `Did you mean \`${meant}\`? docs/configuration.md lists every key.`,
  };
}

/** A misspelt override must not be ignored: the operator believes that it works. */
function unknownVariables(environment: Readonly<Record<string, string | undefined>>, keys: readonly ConfigKey[]): ConfigProblem[] {
  const known = keys.map((key) => key.environmentName);
  return Object.keys(environment)
    .filter((name) => name.startsWith('PM_') && !known.includes(name) && !reservedVariables.includes(name))
    .map((name) => {
      const meant = suggestion(name, known);
      return {
        where: `environment variable ${name}`,
        expected: 'the name of a key: PM_ and its path in capitals, words divided by _',
        found: 'no such key',
        advice: meant === undefined ? 'Unset it; docs/configuration.md lists every variable.' : `Did you mean ${meant}?`,
      };
    });
}

function valueFor(
  key: ConfigKey,
  tree: Record<string, unknown>,
  environment: Readonly<Record<string, string | undefined>>,
): { value: unknown; origin: Origin } {
  const override = environment[key.environmentName];
  if (override !== undefined) return { value: fromEnvironment(key.schema, override), origin: 'environment' };
  let node: unknown = tree;
  for (const segment of key.segments) {
    node =
      typeof node === 'object' && node !== null && Object.hasOwn(node, segment) ? (node as Record<string, unknown>)[segment] : undefined;
  }
  if (node !== undefined) return { value: node, origin: 'file' };
  if (key.schema.default !== undefined) return { value: structuredClone(key.schema.default), origin: 'default' };
  return { value: undefined, origin: 'unset' };
}

function missing(key: ConfigKey): ConfigProblem {
  return {
    where: key.path,
    expected: expectation(key.schema),
    found: 'nothing: this key has no default',
    advice: `Add \`${key.path}\` to the file or set ${key.environmentName}, for example ${key.schema.example}.`,
  };
}

function invalid(key: ConfigKey, value: unknown, origin: Origin): ConfigProblem {
  const source = origin === 'environment' ? ` in the environment variable ${key.environmentName}` : '';
  const quoted =
    typeof value === 'number' && (key.schema.type === 'string' || typeof key.schema.enum?.[0] === 'string')
      ? ' Put the value into quotes.'
      : '';
  return {
    where: key.path,
    expected: expectation(key.schema),
    found: `${shown(key.path, value)}${source}`,
    advice: `Write for example ${key.schema.example}.${quoted}`,
  };
}

function put(config: Record<string, unknown>, key: ConfigKey, value: unknown): void {
  const group = makeGroups(config, key.segments);
  group[key.segments.at(-1) as string] = value;
}

function makeGroups(config: Record<string, unknown>, segments: readonly string[]): Record<string, unknown> {
  let group = config;
  for (const segment of segments.slice(0, -1)) {
    group[segment] ??= {};
    group = group[segment] as Record<string, unknown>;
  }
  return group;
}

/** The journal file lies in the data folder, wherever that is. */
function absolute(key: ConfigKey, folder: string, value: string): string {
  return key.path === 'journalFile' ? value : resolve(folder, value);
}

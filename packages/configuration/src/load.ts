import { dirname, join, resolve } from 'node:path';
import { checkApart, type Outline } from './apart.ts';
import { coreChecks } from './core-rules.ts';
import { checkChoice, checkOnly, divide, type Environments } from './environments.ts';
import { refuseNewerFormat } from './format.ts';
import { type ConfigKey, listKeys } from './keys.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';
import { invalidValue, missingValue } from './problem-texts.ts';
import { crossChecks } from './rules.ts';
import { type Config, configSchema } from './schema.ts';
import { unknownKeys, unknownVariables } from './unknown-keys.ts';
import { fromEnvironment, isValid } from './value.ts';
import { readTree, type Tree, valueAt } from './yaml-tree.ts';

/**
 * Where the value of a key came from. `overlay`: from the chosen one of the file's `environments`; `derived`: a default or a value for
 * all environments, to which the name of this one was added.
 */
export type Origin = 'file' | 'overlay' | 'environment' | 'default' | 'derived' | 'unset';

/** A configuration that passed every check. Paths in it are absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** By path of the key. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read; undefined when everything came from the environment. */
  readonly file: string | undefined;
  /** Names of the file's environments; `config.environment` is one of them, unless there are none. */
  readonly environments: readonly string[];
}

/** Variables that begin with `PM_` and are not configuration. */
const RESERVED_VARIABLES: readonly string[] = ['PM_FAILPOINT', 'PM_CONFIG_FILE', 'PM_OPERATOR', 'PM_PASSPHRASE', 'PM_TEST_POSTGRES_URL'];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads `payment-manager.yaml`, lays the chosen one of its `environments` over it, and the process's environment over both, fills in
 * the defaults and checks everything, the environments that are not chosen included.
 *
 * `variables` is `process.env` in the product. Without a file everything must come from it.
 * Relative paths are taken from the folder of the file (without a file: from `workingFolder`).
 *
 * @throws ConfigInvalid with every problem that was found, not only the first.
 */
export async function loadConfig(file: string | undefined, variables: Variables, workingFolder: string): Promise<LoadedConfig> {
  const keys = listKeys(configSchema);
  const location = file === undefined ? undefined : resolve(workingFolder, file);
  const folder = location === undefined ? workingFolder : dirname(location);
  const tree = location === undefined ? {} : await readTree(location);
  refuseNewerFormat(variables['PM_FORMAT'] ?? tree['format']);
  const { problems: wrongEnvironments, ...divided } = divide(tree, keys);
  const name = chosenName(divided.everywhere, variables);
  const overlay = divided.overlays?.get(name ?? '');
  const read = readValues(keys, { everywhere: divided.everywhere, overlay, variables, folder, name });
  const problems = [
    ...unknownKeys(divided.everywhere, keys),
    ...unknownVariables(variables, keys, RESERVED_VARIABLES),
    ...wrongEnvironments,
    ...checkChoice(divided, name),
    ...(location === undefined ? [] : checkOnly(divided, variables['PM_ENVIRONMENT'], ownName(divided.everywhere, keys))),
    ...read.problems,
    ...coreChecks(read.config as Config, read.origins),
  ];
  if (problems.length === 0) problems.push(...crossChecks(read.config as Config), ...checkApart(outlines(keys, divided, folder)));
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return { config: read.config as Config, origins: read.origins, file: location, environments: [...(divided.overlays?.keys() ?? [])] };
}

/** The environment that the variable names, else the file. */
function chosenName(everywhere: Tree, variables: Variables): string | undefined {
  const chosen = variables['PM_ENVIRONMENT'] ?? everywhere['environment'];
  return typeof chosen === 'string' ? chosen : undefined;
}

/** The environment of a file that has no others. */
function ownName({ environment }: Tree, keys: readonly ConfigKey[]): string {
  return String(environment ?? keys.find(({ path }) => path === 'environment')?.schema.default);
}

/** The environments as they would be in force without variables: those belong to this process. */
function outlines(keys: readonly ConfigKey[], { everywhere, overlays }: Environments, folder: string): Outline[] {
  return [...(overlays ?? [])].map(([name, overlay]) => ({
    name,
    config: readValues(keys, { everywhere, overlay, variables: {}, folder, name }).config,
  }));
}

/** What values are looked for in: the variable outranks the overlay, the overlay the file. */
interface Sources {
  readonly everywhere: Tree;
  readonly overlay: Tree | undefined;
  readonly variables: Variables;
  /** Relative paths are taken from here. */
  readonly folder: string;
  readonly name: string | undefined;
}

interface ReadValues {
  readonly config: Partial<Config>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly problems: readonly ConfigProblem[];
}

function readValues(keys: readonly ConfigKey[], sources: Sources): ReadValues {
  const origins = new Map<string, Origin>();
  const config: Record<string, unknown> = {};
  const problems: ConfigProblem[] = [];
  for (const key of keys) {
    const { value, origin } = valueFor(key, sources);
    origins.set(key.path, origin);
    if (value === undefined) {
      if (key.required) problems.push(missingValue(key));
    } else if (isValid(key, value)) put(config, key, withPlaces(key, sources.folder, value));
    // of an overlay that is told already, with its place in the file
    else if (origin !== 'overlay') problems.push(invalidValue(key, value, { variable: origin === 'environment' }));
  }
  for (const key of keys) makeGroups(config, key.segments);
  return { config, origins, problems };
}

interface FoundValue {
  readonly value: unknown;
  readonly origin: Origin;
}

function valueFor(key: ConfigKey, sources: Sources): FoundValue {
  const found = firstFound(key, sources);
  const { overlay, name } = sources;
  const add = ownByName[key.path];
  if (overlay === undefined || name === undefined || add === undefined || found.origin === 'overlay') return found;
  return typeof found.value === 'string' ? { value: add(found.value, name), origin: 'derived' } : found;
}

/** What each environment has for itself, unless it says otherwise: never the same journal or key, by construction. */
const ownByName: Readonly<Record<string, (value: string, name: string) => string>> = {
  dataFolder: join,
  'journal.postgresSchema': (schema, name) => `${schema}_${name.replaceAll('-', '_')}`,
};

function firstFound(key: ConfigKey, { everywhere, overlay, variables }: Sources): FoundValue {
  const variable = variables[key.environmentName];
  if (variable !== undefined) return { value: fromEnvironment(key.schema, variable), origin: 'environment' };
  const own = overlay && valueAt(overlay, key.segments);
  if (own !== undefined) return { value: own, origin: 'overlay' };
  const common = valueAt(everywhere, key.segments);
  if (common !== undefined) return { value: common, origin: 'file' };
  if (key.schema.default !== undefined) return { value: structuredClone(key.schema.default), origin: 'default' };
  return { value: undefined, origin: 'unset' };
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

/** Paths are made absolute. */
function withPlaces(key: ConfigKey, folder: string, value: unknown): unknown {
  if (key.schema.kind === 'path') return absolute(key, folder, value as string);
  if (key.schema.kind !== 'paths') return value;
  return Object.fromEntries(Object.entries(value as Record<string, string>).map(([name, path]) => [name, resolve(folder, path)]));
}

/** The journal file lies in the data folder, wherever that is. */
function absolute(key: ConfigKey, folder: string, value: string): string {
  return key.path === 'journalFile' ? value : resolve(folder, value);
}
